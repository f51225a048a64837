"""Drafts by rhythm: which bulletins of the running campaigns are due as of a day, each started once."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction

from campaigns.models import Campaign
from reports.drafting import create_report
from reports.models import NotDrafted, Report, ReportKind
from units import audit
from units.access import require, require_role
from units.models import Role, User

LATE = 7  # days for which what is due is still drafted, where nights were missed
LONG = 300  # days of a campaign that is a year's
Rhythm = ReportKind.Rhythm


@dataclass(frozen=True)
class Due:
    """A bulletin that is due: of which campaign and kind, for which days."""

    campaign: Campaign
    kind: ReportKind
    first: date
    last: date


def period_of(rhythm: str, campaign: Campaign, day: date) -> tuple[date, date] | None:
    """Return the last period of a rhythm within a campaign that is over at the end of a day."""
    starts, ends = campaign.starts_on, campaign.ends_on
    if rhythm == Rhythm.MIDWAY:
        middle = starts + timedelta(days=max((campaign.days + 1) // 2 - 1, 0))
        return (starts, middle) if middle <= day else None
    if rhythm == Rhythm.END:
        return (starts, ends) if ends <= day else None
    if rhythm not in CALENDAR or rhythm == Rhythm.YEARLY and campaign.days < LONG:
        return None
    first, last = CALENDAR[rhythm](min(day, ends))
    if min(last, ends) > day:
        first, last = CALENDAR[rhythm](first - timedelta(days=1))
    return (max(first, starts), min(last, ends)) if last >= starts else None


def _week(day):
    first = day - timedelta(days=day.weekday())
    return first, first + timedelta(days=6)


def _half_month(day):
    end = monthrange(day.year, day.month)[1]
    return (day.replace(day=1), day.replace(day=15)) if day.day <= 15 else (day.replace(day=16), day.replace(day=end))


def _month(day):
    return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])


def _year(day):
    return date(day.year, 1, 1), date(day.year, 12, 31)


CALENDAR = {
    Rhythm.WEEKLY: _week,
    Rhythm.HALF_MONTHLY: _half_month,
    Rhythm.MONTHLY: _month,
    Rhythm.YEARLY: _year,
}  # fmt: skip


def scheduled_kinds() -> list[ReportKind]:
    """Return the kinds that are drafted by their rhythm."""
    return list(ReportKind.objects.in_use().exclude(rhythm=Rhythm.NONE).filter(is_scheduled=True).for_list())


def due_reports(as_of: date) -> Iterator[Due]:
    """Yield what is due as of a day and was not started yet."""
    kinds = scheduled_kinds()
    running = Campaign.objects.filter(starts_on__lte=as_of, ends_on__gte=as_of - timedelta(days=LATE))
    left_out = set(NotDrafted.objects.values_list("campaign", "kind"))
    started = list(Report.objects.filter(campaign__in=running).values_list("campaign", "kind", "as_of"))
    for campaign in running.select_related("organiser").order_by("pk"):
        for kind in kinds:
            period = period_of(kind.rhythm, campaign, as_of)
            if period is None or (campaign.pk, kind.pk) in left_out or period[1] < as_of - timedelta(days=LATE):
                continue
            if not any(row[:2] == (campaign.pk, kind.pk) and period[0] <= row[2] <= period[1] for row in started):
                yield Due(campaign, kind, *period)


def draft_due(*, as_of: date, by: User) -> list[Report]:
    """Start the drafts that are due as of a day; run again, it starts none twice."""
    made = []
    for due in list(due_reports(as_of)):
        with transaction.atomic():
            Campaign.objects.select_for_update(of=("self",)).get(pk=due.campaign.pk)  # two nights at once: one waits
            days = (due.first, due.last)
            if Report.objects.filter(campaign=due.campaign, kind=due.kind, as_of__range=days).exists():
                continue
            made.append(create_report(campaign=due.campaign, kind=due.kind, from_on=due.first, as_of=due.last, by=by))
    return made


@transaction.atomic
def choose_kinds(*, campaign: Campaign, kinds: list[ReportKind], by: User) -> Campaign:
    """Say which kinds a campaign wants drafted by their rhythm."""
    campaign = Campaign.objects.select_for_update(of=("self",)).select_related("organiser").get(pk=campaign.pk)
    require(by, Role.EDITOR, campaign.organiser)
    rows = scheduled_kinds()
    wanted, held = {kind.pk for kind in kinds}, NotDrafted.objects.filter(campaign=campaign)
    before = set(held.values_list("kind", flat=True))
    after = {kind.pk for kind in rows} - wanted
    if before == after:
        return campaign
    held.delete()
    NotDrafted.objects.bulk_create(NotDrafted(campaign=campaign, kind=kind) for kind in rows if kind.pk in after)

    def told(left_out):
        return "、".join(kind.name for kind in rows if kind.pk not in left_out)

    label = str(NotDrafted._meta.get_field("kind").verbose_name)
    audit.record(by, "campaign.drafts_chosen", campaign, changes={label: [told(before), told(after)]})
    return campaign


@transaction.atomic
def set_flow(*, kind: ReportKind, objection_days: int, is_scheduled: bool, by: User) -> ReportKind:
    """Say for how many working days a kind lies open to objections, and whether it is drafted by its rhythm."""
    require_role(by, Role.EDITOR)
    kind = ReportKind.objects.select_for_update().get(pk=kind.pk)
    before = audit.snapshot(kind)
    kind.objection_days, kind.is_scheduled = objection_days, is_scheduled
    kind.full_clean()
    kind.save(update_fields=["objection_days", "is_scheduled"])
    if audit.snapshot(kind) != before:
        audit.record(by, "reportkind.changed", kind, before=before)
    return kind
