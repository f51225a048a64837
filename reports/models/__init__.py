"""What was said: kinds of bulletin, their issues from the draft to the files that went out, screens, the inbox."""

from reports.models.cityforms import CityForm
from reports.models.drafts import Remark, RemarkAnswer, ReportVersion
from reports.models.inbox import Reading
from reports.models.issues import IssuedFile, Report, ReportSection
from reports.models.kinds import KindSection, ReportKind
from reports.models.renderings import Rendering
from reports.models.screens import WallScreen
from reports.models.workflow import Delivery, NotDrafted, Objection, Pin

__all__ = [
    "CityForm",
    "Delivery",
    "IssuedFile",
    "KindSection",
    "NotDrafted",
    "Objection",
    "Pin",
    "Reading",
    "Remark",
    "RemarkAnswer",
    "Rendering",
    "Report",
    "ReportKind",
    "ReportSection",
    "ReportVersion",
    "WallScreen",
]
