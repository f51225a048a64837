"""The demo's bulletins: drafts with the paragraphs that people write."""

from reports.demo import tables
from reports.drafting import create_report
from reports.kinds import MAIN
from reports.models import ReportKind


def title(folder="drive"):
    """Return the title of a campaign's draft."""
    return tables.outline(f"{folder}/report")["title"]


def create_draft(campaign, office, folder="drive"):
    """Start a campaign's bulletin; issuing it is left to whoever tries the demo."""
    draft = tables.outline(f"{folder}/report")
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
