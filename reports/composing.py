"""An issue as a document: its outline filled with what the system drafts and what people wrote."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from django.db import connection, transaction
from django.utils.translation import gettext as _

from reports import markup
from reports.documents.content import Block, Document, Figure, Heading, Paragraph, Span, Table, from_json
from reports.figures import CampaignFigures, MissingFigures, Number, Previous, Window, campaign_figures
from reports.figures.catalogue import catalogue
from reports.kinds import worded
from reports.models import Report
from reports.models.kinds import HEADING_LEVELS, OutlineRow
from reports.sentences.clauses import chinese_number, day_text
from reports.sentences.parts import PARTS

UNWRITTEN = "（本节待编报单位填写）"
STALE = "〔旧稿：以下文字沿用上期，尚未核对〕"  # stands in a draft; such a draft is never issued


def name_of(row: OutlineRow) -> str:
    """Return what a row of an outline is called: its heading, or else what the system drafts there."""
    if row.heading or row.part not in PARTS:
        return row.heading or row.part or _("（无标题）")
    return str(PARTS[row.part].label)


@dataclass(frozen=True)
class Laid:
    """A section as it was laid out: its heading with its number, what the system drafted, what people typed."""

    row: OutlineRow
    heading: Heading | None = None
    drafted: tuple[Block, ...] = ()
    typed: tuple[Block, ...] = ()
    is_left_out: bool = False  # nothing stands in it: its heading is not printed and counts for nothing

    @property
    def blocks(self) -> tuple[Block, ...]:
        """All of it, in the order of the document."""
        return ((self.heading,) if self.heading else ()) + self.drafted + self.typed


@dataclass(frozen=True)
class Composed:
    """A document, what of it is missing (such a document is never issued), and its sections one by one."""

    document: Document
    missing: tuple[str, ...] = ()
    sections: tuple[Laid, ...] = ()


class Numbering:
    """Counts headings: 一、 （一） 1. （1）; a heading starts those below it anew."""

    def __init__(self):
        self.counts = [0] * HEADING_LEVELS

    def heading(self, level: int, text: str) -> Heading:
        """Return the next heading of a level with its number."""
        level = min(max(level, 1), HEADING_LEVELS)
        self.counts[level - 1] += 1
        self.counts[level:] = [0] * (HEADING_LEVELS - level)
        count = self.counts[level - 1]
        sign = (f"{chinese_number(count)}、", f"（{chinese_number(count)}）", f"{count}.", f"（{count}）")[level - 1]
        return Heading(level, f"{sign}{text}")


def read_figures(report: Report, facets: Collection[str] = (), cites: Collection[str] = ()) -> CampaignFigures:
    """Read all figures of a report in one consistent snapshot of the database."""
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        return _read(report, facets, cites)
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return _read(report, facets, cites)


def _read(report, facets, cites):
    window = Window(
        first=report.from_on,
        last=report.as_of,
        previous=previous_issue(report),
        rhythm=report.kind.rhythm if report.kind_id else "",
        order_id=report.order_id,
    )
    return campaign_figures(
        report.campaign, report.as_of, basis=report.basis or None, window=window, facets=facets, cites=cites
    )


def previous_issue(report: Report) -> Previous | None:
    """Return the last issue of the same campaign that went out before a report, by what it froze.

    What was revised since counts by its revision; a letter that serves an order is no bulletin.
    """
    rows = Report.objects.in_force().filter(campaign=report.campaign, as_of__lt=report.as_of, order=None)
    for row in rows.exclude(pk=report.pk).order_by("-as_of", "-pk")[:5]:
        document = from_json(row.frozen)
        if document.places:
            return Previous(title=row.title, number=row.number, as_of=row.as_of, places=document.places)
    return None


def needed(sections: Sequence[OutlineRow]) -> set[str]:
    """Return the facets that the drafted parts of an outline read."""
    return set().union(*(PARTS[row.part].needs for row in sections if row.part in PARTS))


def cited(sections: Sequence[OutlineRow]) -> set[str]:
    """Return the names of the figures that the typed text of an outline cites."""
    return {name for row in sections for name in markup.cites(getattr(row, "text", ""))}


def compose_report(report: Report, *, dated: date | None = None, draft: bool = True) -> Composed:
    """Compose a draft from the ledger as it stands now."""
    return compose_outline(report, list(report.sections.all()), dated=dated, draft=draft)


def compose_outline(
    report: Report, sections: Sequence[OutlineRow], *, dated: date | None = None, draft: bool = True
) -> Composed:
    """Compose an outline, that of a report or of a kind, from the ledger as it stands now."""
    figures = read_figures(report, needed(sections), cited(sections))
    return compose(figures, sections, report, dated=dated, draft=draft)


def document_of(report: Report, *, dated: date | None = None, draft: bool = True) -> Document:
    """Return what a report says: what is frozen of an issued one, pinned of one open to objections, live of a draft.

    Raises MissingFigures where it is to be final and a figure is missing.
    """
    if report.is_issued:
        return from_json(report.frozen)
    if pin := report.pinned:
        return from_json(pin.text)
    composed = compose_report(report, dated=dated, draft=draft)
    if composed.missing and not draft:
        raise MissingFigures(composed.missing)
    return composed.document


def compose(
    figures: CampaignFigures,
    sections: Sequence[OutlineRow],
    report: Report,
    *,
    dated: date | None = None,
    draft: bool = True,
) -> Composed:
    """Fill an outline; every figure comes from the value, every heading gets its number here."""
    named, missing = catalogue(figures), []
    laid = lay_out(figures, [row for row in sections if not row.is_annex], named, missing)
    laid += lay_out(figures, [row for row in sections if row.is_annex], named, missing)
    body = [block for each in laid if not each.row.is_annex for block in each.blocks]
    annexes = [block for each in laid if each.row.is_annex for block in each.blocks if isinstance(block, Table)]
    kind = report.kind
    document = Document(
        title=report.title,
        issuer=report.issuer,
        mark=worded(kind.mark, issuer=report.issuer),
        number=report.full_number,
        addressee=f"{report.addressee}：" if report.addressee else "",
        blocks=tuple(body),
        annexes=tuple(annexes),
        date_text=day_text(dated or figures.as_of),
        draft=draft,
        cc=report.cc,
        head=kind.head,
        status=_("最终") if report.is_final else _("初步"),
        cut_off=day_text(figures.as_of),
        basis=figures.basis and f"{figures.basis}数",
        figures=tuple(_said(named, sections, body)),
        places=figures.places,
    )
    return Composed(document, tuple(dict.fromkeys(missing)), tuple(laid))


def _said(named: Mapping[str, Number], sections, body):
    """Yield the figures that the text says, with where they come from: cited, or drafted with their rows."""
    names = cited(sections)
    linked = {(span.text, span.href) for block in body if isinstance(block, Paragraph) for span in block.spans}
    for name, number in named.items():
        if name in names or (number.href and (number.text, number.href) in linked):
            yield Figure(name=name, **asdict(number))


def lay_out(
    figures: CampaignFigures, sections: Sequence[OutlineRow], named: dict[str, Number], missing: list[str]
) -> list[Laid]:
    """Fill the sections of an outline and number their headings; what is missing is added to `missing`."""
    numbering, laid = Numbering(), []
    contents = [_content(figures, row, named, missing) for row in sections]
    filled = [drafted + typed for drafted, typed in contents]
    for place, (row, (drafted, typed)) in enumerate(zip(sections, contents, strict=True)):
        if not filled[place] and row.is_written and not row.is_annex:
            typed = [Paragraph((Span(UNWRITTEN),))]
        if not (drafted or typed) and not _holds_something(sections, filled, place):
            laid.append(Laid(row, is_left_out=True))
            continue
        heading = numbering.heading(row.level, row.heading) if row.heading and not row.is_annex else None
        base = row.level if row.heading else max(row.level - 1, 0)
        numbered = [
            tuple(
                numbering.heading(base + each.level, each.text) if isinstance(each, Heading) else each
                for each in part
            )
            for part in (drafted, typed)
        ]
        laid.append(Laid(row, heading, *numbered))
    return laid


def _holds_something(sections, contents, place):
    """Say whether a section below a heading has something to say."""
    for row, content in zip(sections[place + 1 :], contents[place + 1 :], strict=True):
        if row.level <= sections[place].level:
            return False
        if content or row.is_written:
            return True
    return False


def _content(figures, row, named: dict[str, Number], missing: list[str]) -> tuple[list[Block], list[Block]]:
    """Return what the system drafts in a section, and what people wrote; what is taken over unread says so."""
    drafted: list[Block] = []
    if row.part:
        part = PARTS.get(row.part)
        if part is None:
            missing.append(_("「%(part)s」不是系统能起草的内容") % {"part": row.part})
        try:
            drafted = list(part.compose(figures)) if part else []
        except MissingFigures as error:
            missing += error.names
            drafted = [Paragraph((Span(markup.MISSING % "、".join(error.names)),))]
    uncited: list[str] = []
    typed = markup.blocks(getattr(row, "text", ""), named, uncited)
    missing += [_("文中引用的「%(name)s」") % {"name": name} for name in uncited]
    if typed and getattr(row, "is_stale", False):
        typed = [Paragraph((Span(STALE, strong=True),)), *typed]
    return drafted, typed
