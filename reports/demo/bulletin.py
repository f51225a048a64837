"""The demo's first bulletin: a draft of the drive's summary with the paragraphs that people write."""

from reports.demo import tables
from reports.drafting import create_report
from reports.kinds import MAIN
from reports.models import ReportKind


def title():
    """Return the draft's title."""
    return tables.outline("drive/report")["title"]


def create_draft(campaign, office):
    """Start the summary of the drive; issuing it is left to whoever tries the demo."""
    draft = tables.outline("drive/report")
    return create_report(
        campaign=campaign,
        as_of=tables.day(draft["as_of"]),
        title=draft["title"],
        issuer=draft["issuer"],
        number=draft["number"],
        kind=ReportKind.objects.get(code=MAIN),
        texts={heading: "\n".join(lines) for heading, lines in draft["texts"].items()},
        by=office.editor,
    )
