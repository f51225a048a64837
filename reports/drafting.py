"""Drafts: a kind's outline copied into a report, and what people write in it."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _gettext
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign, Order
from reports import draft_versions, outlines
from reports.composing import name_of
from reports.figures.order import matter_of
from reports.kinds import LETTER, worded
from reports.markup import cleaned
from reports.models import KindSection, Report, ReportKind, ReportSection, ReportVersion
from reports.models.kinds import OutlineRow
from reports.periods import first_of_period
from reports.sentences.clauses import day_text
from reports.sentences.parts import PARTS
from units import audit, versions
from units.access import require
from units.models import Role, User

LONGEST = 20000  # characters of a section
TOLD_WHOLE = 200  # characters of a text that the trail keeps whole; of a longer one it keeps what changed
SETTINGS = ("heading", "part", "is_written")  # of a section, beside its text


def title_of(kind: ReportKind, campaign: Campaign, first: date, last: date) -> str:
    """Return the title a new issue of a kind starts with."""
    form, name = kind.title_form, campaign.name
    if name[:1] in "“《":
        form = form.replace("“{campaign}”", "{campaign}")
    return worded(
        form,
        organiser=campaign.organiser.name,
        campaign=name,
        year=last.year,
        month=last.month,
        first=day_text(first),
        last=day_text(last),
    )


@transaction.atomic
def create_report(
    *,
    campaign: Campaign,
    kind: ReportKind,
    as_of: date,
    by: User,
    from_on: date | None = None,
    outline: Iterable[Mapping] | None = None,
    texts: Mapping[str, str] | None = None,
    carry: bool = False,
    **facts,
) -> Report:
    """Start a draft of a kind, with its outline or one of its own; texts go to the sections of these headings.

    With carry, what people typed in the last issue of the campaign and kind is taken over, marked as old.
    """
    require(by, Role.EDITOR, campaign.organiser)
    first = from_on or first_day(kind, campaign, as_of)
    facts = {"addressee": kind.addressee, "cc": kind.cc, "issuer": campaign.organiser.name} | facts
    facts.setdefault("title", title_of(kind, campaign, first, as_of))
    report = Report(campaign=campaign, kind=kind, as_of=as_of, from_on=first, **facts)
    refuse_other_days(report)
    report.full_clean()
    report.save()
    texts = dict(texts or {})
    rows = [
        ReportSection(
            report=report,
            text=cleaned(texts.pop(row.heading, "")) if row.heading else "",
            **row.told,
        )
        for row in (kind.sections.all() if outline is None else outlined(outline))
    ]
    if texts:
        raise ValidationError(_("该种类没有这些段落：%(names)s") % {"names": "、".join(texts)})
    if carry:
        rows = carried_over(report, rows)
    ReportSection.objects.bulk_create(rows)
    draft_versions.keep(report, by=by, told=_gettext("新建"))
    audit.record(by, "report.created", report, before={})
    return report


def outlined(rows: Iterable[Mapping]) -> list[OutlineRow]:
    """Return the rows of an issue's own outline in their order, each checked as a row of a kind's is."""
    made = [KindSection(position=place, **row) for place, row in enumerate(rows, start=1)]
    for row in made:
        row.clean_fields(exclude=["kind"])
    return made


def first_day(kind: ReportKind, campaign: Campaign, as_of: date) -> date:
    """Return the first day that an issue of a kind speaks of: its period's, never before the campaign's.

    A newsletter without a rhythm takes up where the last one of its kind ended.
    """
    first = first_of_period(kind.rhythm, as_of)
    if first is None and kind.head == ReportKind.Head.NEWSLETTER:
        issued = Report.objects.filter(campaign=campaign, kind=kind, status=Report.Status.ISSUED, as_of__lt=as_of)
        last = issued.aggregate(last=Max("as_of"))["last"]
        first = last and last + timedelta(days=1)
    return max(campaign.starts_on, first or campaign.starts_on)


@transaction.atomic
def start_issue(*, campaign: Campaign, kind: ReportKind, as_of: date, by: User) -> tuple[Report, bool]:
    """Return the issue of a kind for the period of a day, and whether it was started here.

    One that went out as of the same day is it, else a draft of the same period; for a kind without periods a draft
    as of the same day.
    """
    campaign = Campaign.objects.select_for_update(of=("self",)).select_related("organiser").get(pk=campaign.pk)
    require(by, Role.EDITOR, campaign.organiser)
    first = first_day(kind, campaign, as_of)
    held = Report.objects.filter(campaign=campaign, kind=kind, from_on=first).order_by("-as_of", "-pk")
    drafts = held.filter(status=Report.Status.DRAFT)
    if first_of_period(kind.rhythm, as_of) is None:
        drafts = drafts.filter(as_of=as_of)
    if found := held.filter(as_of=as_of).first() or drafts.first():
        return found, False
    return create_report(campaign=campaign, kind=kind, as_of=as_of, from_on=first, by=by), True


@transaction.atomic
def start_letter(*, order: Order, as_of: date, by: User) -> tuple[Report, bool]:
    """Return the letter that serves a supervision order, and whether its draft was started here."""
    order = Order.objects.select_for_update(of=("self",)).with_parts().get(pk=order.pk)
    require(by, Role.EDITOR, order.campaign.organiser)
    if found := order.letters.order_by("-pk").first():
        return found, False
    kind = ReportKind.objects.filter(code=LETTER).first()
    if kind is None:
        raise ValidationError(_("期次种类里没有督办单，请先恢复"))
    campaign, longest = order.campaign, Report._meta.get_field("title").max_length
    facts = {
        "order": order, "number": order.label, "addressee": order.unit.name,
        "title": (_("关于%(title)s的督办通知") % {"title": matter_of(order)})[:longest],
    }  # fmt: skip
    day = max(campaign.starts_on, min(as_of, campaign.ends_on))
    return create_report(campaign=campaign, kind=kind, as_of=day, by=by, **facts), True


def last_issue(campaign: Campaign, kind: ReportKind, as_of: date, *, but: Report | None = None) -> Report | None:
    """Return the last issue of a campaign and kind until a day, issued or not."""
    rows = Report.objects.filter(campaign=campaign, kind=kind, as_of__lte=as_of)
    if but is not None:
        rows = rows.exclude(pk=but.pk)
    return rows.order_by("-as_of", "-pk").first()


def carried_over(report: Report, rows: list[ReportSection]) -> list[ReportSection]:
    """Fill the empty sections of a new outline with what was typed in the last issue; each is stale until touched.

    A typed section whose heading the outline does not have any more is added behind the body.
    """
    last = last_issue(report.campaign, report.kind, report.as_of, but=report)
    typed = [row for row in last.sections.all() if row.text.strip()] if last else []
    for old in typed:
        row = next((each for each in rows if each.heading == old.heading and not each.text), None)
        if row is None:
            row = ReportSection(report=report, **old.told)
            rows.append(row)
        row.text, row.is_stale = old.text, True
    return outlines.counted(rows)


@transaction.atomic
def change_report(
    *,
    report: Report,
    by: User,
    version: int | None = None,
    texts: Mapping[int, str] | None = None,
    settings: Mapping[int, Mapping] | None = None,
    order: str = "",
    **facts,
) -> Report:
    """Change a draft; texts and settings by the number of their section, then one order to its outline.

    An issued report never changes.
    """
    report = lock_draft(report, by=by, version=version)
    before = audit.snapshot(report)
    for name, value in facts.items():
        setattr(report, name, value)
    refuse_other_days(report)
    versions.bump(report)
    report.full_clean()
    report.save()
    changes = audit.difference(before, audit.snapshot(report)) | write_sections(report, texts or {}, settings or {})
    if order:
        changes |= rearrange(report, order)
    draft_versions.keep(report, by=by)
    audit.record(by, "report.outlined" if order else "report.changed", report, changes=changes)
    return report


@transaction.atomic
def save_texts(
    *, report: Report, by: User, version: int, texts: Mapping[int, str], bases: Mapping[int, str]
) -> Report:
    """Save what somebody is typing, by the number of its section; bases are the texts the typing began from.

    What others saved meanwhile in other sections is no conflict; in the same section it is, and nothing is written.
    """
    report = lock_draft(report, by=by, version=None)
    if version != report.version and collided(report, texts, bases):
        raise versions.Conflict(report)
    if changes := write_sections(report, texts, {}):
        versions.bump(report)
        report.save()
        draft_versions.keep(report, by=by)
        audit.record(by, "report.changed", report, changes=changes)
    return report


def collided(report: Report, texts: Mapping[int, str], bases: Mapping[int, str]) -> list[int]:
    """Return the sections that somebody else changed, or removed, since one began to type in them."""
    standing = {row.pk: row.text for row in report.sections.all()}
    return [
        number
        for number, text in texts.items()
        if standing.get(number) not in {cleaned(bases.get(number, "")), cleaned(text)}
    ]


def write_sections(report: Report, texts: Mapping[int, str], settings: Mapping[int, Mapping]) -> dict[str, list[str]]:
    """Write texts and settings of sections; return what changed by heading, as the trail keeps it."""
    changes, changed = {}, []
    for section in report.sections.all():
        before, label = (section.text, *(getattr(section, name) for name in SETTINGS)), name_of(section)
        text = cleaned(texts.get(section.pk, section.text))
        if text != section.text:
            if len(text) > LONGEST:
                raise ValidationError(
                    _("「%(name)s」超过 %(most)s 字，请分成几段") % {"name": label, "most": LONGEST}
                )
            changes[label] = trimmed(section.text, text)
            section.text, section.is_stale = text, False
        changes |= set_up(section, settings.get(section.pk, {}), PARTS)
        if before != (section.text, *(getattr(section, name) for name in SETTINGS)):
            changed.append(section)
    ReportSection.objects.bulk_update(changed, ["text", "is_stale", *SETTINGS])
    return changes


def set_up(row: OutlineRow, settings: Mapping, parts: Mapping) -> dict[str, list[str]]:
    """Set heading, drafted part and the like on a row; return what changed, as the trail keeps it."""
    changes, name_before = {}, name_of(row)
    for name in settings:
        old, new = getattr(row, name), settings[name]
        if old == new:
            continue
        if name == "part" and new and new not in parts:
            raise ValidationError(_("「%(part)s」不是系统能起草的内容") % {"part": new})
        setattr(row, name, new)
        label = f"{name_before}·{type(row)._meta.get_field(name).verbose_name}"
        changes[label] = [audit.text_of(old), audit.text_of(new)]
    if changes and not (row.heading or row.part):
        raise ValidationError(_("一段至少要有标题，或由系统起草"))
    return changes


def trimmed(old: str, new: str) -> list[str]:
    """Return two texts without what they begin and end with alike, where they are long."""
    if len(old) <= TOLD_WHOLE or len(new) <= TOLD_WHOLE:
        return [old, new]
    start, most = 0, min(len(old), len(new))
    while start < most and old[start] == new[start]:
        start += 1
    end = 0
    while end < most - start and old[-1 - end] == new[-1 - end]:
        end += 1
    head = "…" if start else ""
    return [f"{head}{text[start : len(text) - end]}{'…' if end else ''}" for text in (old, new)]


def rearrange(report: Report, order: str) -> dict[str, list[str]]:
    """Obey one order to a locked draft's outline; return what changed."""
    rows = list(report.sections.all())
    before = outline_text(rows)
    new = outlines.rearranged(rows, order, lambda **facts: ReportSection(report=report, **facts))
    gone = {row.pk for row in rows} - {row.pk for row in new}
    report.sections.filter(pk__in=gone).delete()
    for row in new:
        row.save()
    return {_gettext("提纲"): [before, outline_text(new)]}


def outline_text(rows: Iterable[OutlineRow]) -> str:
    """Return an outline as text, a line for each row."""
    return "\n".join(f"{'　' * max(row.level - 1, 0)}{name_of(row)}" for row in rows)


@transaction.atomic
def restore_version(*, report: Report, version_kept: ReportVersion, by: User, version: int | None = None) -> Report:
    """Bring an older version of a draft back; that is a new version, and nothing between is lost."""
    report = lock_draft(report, by=by, version=version)
    before = audit.snapshot(report) | {"outline": (_gettext("提纲"), outline_text(report.sections.all()))}
    draft_versions.bring_back(report, version_kept)
    refuse_other_days(report)
    versions.bump(report)
    report.full_clean()
    report.save()
    told = _gettext("恢复 %(when)s 的版本") % {"when": audit.text_of(version_kept.saved_at)}
    draft_versions.keep(report, by=by, told=told)
    after = audit.snapshot(report) | {"outline": (_gettext("提纲"), outline_text(report.sections.all()))}
    audit.record(by, "report.restored", report, changes=audit.difference(before, after), reason=told)
    return report


@transaction.atomic
def keep_old_text(*, report: Report, section: int, by: User, version: int | None = None) -> Report:
    """Confirm that a section taken over from the last issue still holds."""
    report = lock_draft(report, by=by, version=version)
    row = report.sections.filter(pk=section, is_stale=True).first()
    if row is None:
        raise ValidationError(_("这一段已不是旧稿"))
    row.is_stale = False
    row.save(update_fields=["is_stale"])
    versions.bump(report)
    report.save()
    draft_versions.keep(report, by=by)
    audit.record(by, "report.kept", report, changes={name_of(row): [_gettext("旧稿"), _gettext("确认沿用")]})
    return report


def lock_draft(report: Report, *, by: User, version: int | None) -> Report:
    """Lock a draft that its editor is about to change; refuse another's version and what went out."""
    report = (
        Report.objects.select_for_update(of=("self",)).select_related("campaign__organiser", "kind").get(pk=report.pk)
    )
    require(by, Role.EDITOR, report.campaign.organiser)
    refuse_issued(report)
    if not report.is_draft:
        raise ValidationError(_("该期已送审，不能再改；要改请先退回"))
    versions.check(report, version)
    if not report.versions.exists():  # begun before versions were kept
        draft_versions.keep(report, by=by, told=_gettext("原稿"))
    return report


def unwritten(sections: Iterable[OutlineRow]) -> list[str]:
    """Return the headings of the sections that people still have to write."""
    return [name_of(row) for row in sections if row.is_written and not getattr(row, "text", "").strip()]


def stale(sections: Iterable[OutlineRow]) -> list[str]:
    """Return the headings of the sections taken over from the last issue that nobody touched or confirmed."""
    return [name_of(row) for row in sections if getattr(row, "is_stale", False)]


def refuse_issued(report):
    """Refuse to touch what went out."""
    if report.is_issued:
        raise ValidationError(_("该期已印发，不能再改；如有更正，请作修订"))


def refuse_other_days(report):
    """Refuse days outside the campaign, and a period that ends before it begins."""
    campaign = report.campaign
    if not campaign.starts_on <= report.as_of <= campaign.ends_on:
        raise ValidationError({"as_of": _("数据截至日须在战役期间之内")})
    if not campaign.starts_on <= report.from_on <= report.as_of:
        raise ValidationError({"from_on": _("本期起日须在战役开始日与数据截至日之间")})
