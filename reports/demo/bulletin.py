"""The demo's bulletins: drafts with the paragraphs that people write."""

from reports.demo import tables
from reports.drafting import create_report
from reports.kinds import MAIN
from reports.models import ReportKind


def title(folder="drive"):
    """Return the title of a campaign's draft."""
    return tables.outline(f"{folder}/report")["title"]


def create_draft(campaign, office, folder="drive"):
    """Start a campaign's bulletin; issuing it is left to whoever tries the demo.

    Beside the texts by heading, its file may name a kind, the first day of its period, and an outline of its own.
    """
    draft = tables.outline(f"{folder}/report")
    return create_report(
        campaign=campaign,
        kind=ReportKind.objects.get(code=draft.get("kind", MAIN)),
        as_of=tables.day(draft["as_of"]),
        from_on=tables.day(draft.get("from_on")),
        outline=draft.get("outline"),
        texts={heading: "\n".join(lines) for heading, lines in draft["texts"].items()},
        by=office.editor,
        **tables.filled(draft, "title", "issuer", "number", "addressee", "cc", "is_final"),
    )
