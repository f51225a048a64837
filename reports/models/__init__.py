"""What was said: kinds of bulletin, their issues from the draft to the files that went out, screens, the inbox."""

from reports.models.inbox import Reading
from reports.models.issues import IssuedFile, Report, ReportSection
from reports.models.kinds import KindSection, ReportKind
from reports.models.screens import WallScreen
from reports.models.workflow import Delivery, NotDrafted, Objection, Pin

__all__ = [
    "Delivery",
    "IssuedFile",
    "KindSection",
    "NotDrafted",
    "Objection",
    "Pin",
    "Reading",
    "Report",
    "ReportKind",
    "ReportSection",
    "WallScreen",
]
