"""Drafts: a kind's outline copied into a report, and what people write in it."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign, Order
from reports.figures.order import matter_of
from reports.kinds import LETTER, worded
from reports.models import Report, ReportKind, ReportSection
from reports.models.kinds import OutlineRow
from reports.periods import first_of_period
from reports.sentences.clauses import day_text
from units import audit, versions
from units.access import require
from units.models import Role, User

LONGEST = 20000  # characters of a section


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
    texts: Mapping[str, str] | None = None,
    **facts,
) -> Report:
    """Start a draft of a kind; texts go to the sections of these headings."""
    require(by, Role.EDITOR, campaign.organiser)
    first = from_on or first_day(kind, campaign, as_of)
    facts = {"addressee": kind.addressee, "cc": kind.cc, "issuer": campaign.organiser.name} | facts
    facts.setdefault("title", title_of(kind, campaign, first, as_of))
    report = Report(campaign=campaign, kind=kind, as_of=as_of, from_on=first, **facts)
    refuse_other_days(report)
    report.full_clean()
    report.save()
    texts = dict(texts or {})
    ReportSection.objects.bulk_create(
        ReportSection(
            report=report,
            text=texts.pop(row.heading, "") if row.heading else "",
            **{name: getattr(row, name) for name in ReportSection.TOLD},
        )
        for row in kind.sections.all()
    )
    if texts:
        raise ValidationError(_("该种类没有这些段落：%(names)s") % {"names": "、".join(texts)})
    audit.record(by, "report.created", report, before={})
    return report


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


@transaction.atomic
def change_report(
    *, report: Report, by: User, version: int | None = None, texts: Mapping[int, str] | None = None, **facts
) -> Report:
    """Change a draft, texts by the number of their section; an issued report never changes."""
    report = lock_draft(report, by=by, version=version)
    before = audit.snapshot(report)
    for name, value in facts.items():
        setattr(report, name, value)
    refuse_other_days(report)
    versions.bump(report)
    report.full_clean()
    report.save()
    changes = audit.difference(before, audit.snapshot(report)) | write_sections(report, texts or {})
    audit.record(by, "report.changed", report, changes=changes)
    return report


def write_sections(report: Report, texts: Mapping[int, str]) -> dict[str, list[str]]:
    """Write the texts of sections; return what changed by heading, as the trail keeps it."""
    changes, changed = {}, []
    for section in report.sections.all():
        text = texts.get(section.pk, section.text).replace("\r\n", "\n")
        if text == section.text:
            continue
        if len(text) > LONGEST:
            raise ValidationError(_("「%(name)s」超过 %(most)s 字，请分成几段") % {"name": section, "most": LONGEST})
        changes[str(section)] = [section.text, text]
        section.text = text
        changed.append(section)
    ReportSection.objects.bulk_update(changed, ["text"])
    return changes


def lock_draft(report: Report, *, by: User, version: int | None) -> Report:
    """Lock a draft that its editor is about to change; refuse another's version and what went out."""
    report = (
        Report.objects.select_for_update(of=("self",)).select_related("campaign__organiser", "kind").get(pk=report.pk)
    )
    require(by, Role.EDITOR, report.campaign.organiser)
    refuse_issued(report)
    versions.check(report, version)
    return report


def unwritten(sections: Iterable[OutlineRow]) -> list[str]:
    """Return the headings of the sections that people still have to write."""
    return [str(row) for row in sections if row.is_written and not getattr(row, "text", "").strip()]


def refuse_issued(report):
    """Refuse to touch what went out."""
    if report.is_issued:
        raise ValidationError(_("该期已印发，不能再改；如有更正，请另起一期"))


def refuse_other_days(report):
    """Refuse days outside the campaign, and a period that ends before it begins."""
    campaign = report.campaign
    if not campaign.starts_on <= report.as_of <= campaign.ends_on:
        raise ValidationError({"as_of": _("数据截至日须在战役期间之内")})
    if not campaign.starts_on <= report.from_on <= report.as_of:
        raise ValidationError({"from_on": _("本期起日须在战役开始日与数据截至日之间")})
