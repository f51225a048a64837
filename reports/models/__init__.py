"""What was said: kinds of bulletin, their issues from the draft to the files that went out, screens, the inbox."""

from reports.models.drafts import Remark, RemarkAnswer, ReportVersion
from reports.models.inbox import Reading
from reports.models.issues import IssuedFile, Report, ReportSection
from reports.models.kinds import KindSection, ReportKind
from reports.models.screens import WallScreen

__all__ = [
    "IssuedFile",
    "KindSection",
    "Reading",
    "Remark",
    "RemarkAnswer",
    "Report",
    "ReportKind",
    "ReportSection",
    "ReportVersion",
    "WallScreen",
]
