"""What the page shows where a draft is written: sections with their numbers, findings, the figures to cite."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString

from campaigns.models import Campaign
from reports import composing
from reports.composing import Composed, Laid, name_of
from reports.documents.content import Paragraph
from reports.documents.html import to_blocks
from reports.figures.catalogue import catalogue
from reports.figures.facets import FACETS
from reports.models import Report
from reports.models.kinds import OutlineRow
from reports.proofreading import claims_of
from reports.proofreading.ledger import ledger_notes
from reports.proofreading.slips import notes_of
from reports.proofreading.verdicts import TOLD
from units.search import folded, spelled


@dataclass(frozen=True)
class SectionView:
    """A section as its editor sees it: the number the system gives, what it drafts, whether it is printed."""

    row: OutlineRow
    name: str
    number: str = ""
    drafted: SafeString | str = ""
    is_left_out: bool = False


@dataclass(frozen=True)
class Finding:
    """Something to look at in a section: what was read, how it was judged, what to do."""

    section: int
    heading: str
    tone: str
    word: str
    text: str
    told: str


@dataclass(frozen=True)
class Desk:
    """A draft as it stands: composed, or what stops it."""

    composed: Composed | None
    problems: tuple[str, ...]


def desk_of(report: Report) -> Desk:
    """Compose a draft; say what is missing, and that nothing can be composed where it cannot."""
    try:
        composed = composing.compose_report(report)
    except ValidationError as error:
        return Desk(None, tuple(error.messages))
    return Desk(composed, composed.missing)


def section_views(sections, desk: Desk) -> list[SectionView]:
    """Return the sections of a draft in their order."""
    laid = {each.row.pk: each for each in desk.composed.sections} if desk.composed else {}
    return [view_of(row, laid.get(row.pk)) for row in sections]


def view_of(row: OutlineRow, laid: Laid | None) -> SectionView:
    """Return one section as its editor sees it."""
    if laid is None:
        return SectionView(row, name_of(row))
    number = laid.heading.text.removesuffix(row.heading) if laid.heading else ""
    drafted = SafeString(to_blocks(laid.drafted)) if laid.drafted else ""  # it escapes every text itself
    return SectionView(row, name_of(row), number, drafted, laid.is_left_out)


def findings(composed: Composed, campaign: Campaign, as_of: date, *, today: date) -> list[Finding]:
    """Proofread the whole text of a draft; each finding names the section it stands in."""
    text, starts, laid = "", [], []
    for each in composed.sections:
        if each.row.is_annex or each.is_left_out:
            continue
        starts.append(len(text))
        laid.append(each)
        # numbers of headings are the system's: a check of their order would find nothing
        words = [block.text for block in each.blocks if isinstance(block, Paragraph)]
        text += "\n".join([each.row.heading, *words, ""])
    found = [
        (claim.start, *TOLD[claim.verdict.value], claim.text, claim.suggestion or claim.formula)
        for claim in claims_of(text)
        if not claim.is_right
    ]
    notes = [*notes_of(text, today=today), *ledger_notes(text, campaign, as_of)]
    found += [(note.start, "warn", NOTE_WORD, note.text, note.message) for note in notes]
    made = []
    for start, *told in sorted(found, key=lambda each: each[0]):
        row = laid[max(bisect_right(starts, start) - 1, 0)].row
        made.append(Finding(row.pk, name_of(row), *told))
    return made


NOTE_WORD = "留意"


def figures_to_cite(report: Report) -> list[dict[str, str]]:
    """Return every figure that may be cited, with its present value and what it is found by.

    Raises MissingFigures where the campaign has no figures yet.
    """
    named = catalogue(composing.read_figures(report, FACETS))
    return [
        {
            "name": name,
            "text": number.text,
            "basis": number.basis,
            "of": number.denominator,
            "search": spelled(folded(name)),
        }
        for name, number in named.items()
    ]
