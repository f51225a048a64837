"""A campaign like an earlier one."""

from datetime import date, timedelta

from django.db import transaction

from campaigns.actions.plan import create_campaign, locked, set_lines, set_phases, set_roster, set_stages
from campaigns.actions.schemes import create_scheme
from campaigns.actions.targets import set_targets
from campaigns.models import Campaign, Target
from units.models import User

OF_SCHEME = (
    "name", "decimals", "rank_rounded", "low", "high", "rescaled", "bonus_cap", "penalty_cap", "promotions_most",
    "barred_after", "grades", "tie_break", "excluded",
)  # fmt: skip
KEPT = ("clock", "green_at", "yellow_at", "score_cap", "full_score", "slogan", "themes", "leading_group", "office")


@transaction.atomic
def copy_campaign(*, source: Campaign, name: str, starts_on: date, with_targets: bool, by: User) -> Campaign:
    """Start a campaign like an earlier one: as long, with its roster, indicators, weights, phases moved along.

    A calendar year stays one: a year of 366 days is followed by one of 365. Targets come along only where asked for,
    and units that were merged into others stay behind. The rules of scoring come along as a draft: those that held
    at the end, else the newest version.
    """
    source = locked(source, by)
    later = _moved(source.starts_on, starts_on)
    ends_on, after = source.ends_on + (starts_on - source.starts_on), source.ends_on + timedelta(days=1)
    if (after.month, after.day) == (source.starts_on.month, source.starts_on.day):
        years = after.year - source.starts_on.year
        ends_on = starts_on.replace(year=starts_on.year + years, day=1) + timedelta(days=starts_on.day - 2)
    campaign = create_campaign(
        organiser=source.organiser, name=name, starts_on=starts_on, ends_on=ends_on, by=by,
        **{field: getattr(source, field) for field in KEPT},
    )  # fmt: skip
    seats = source.roster.select_related("unit").prefetch_related("further__unit")
    set_roster(
        campaign=campaign,
        seats=[
            {
                **{field: getattr(seat, field) for field in ("unit", "group", "leader", "title")},
                "further": [row.unit for row in seat.further.all() if row.unit.ended_on is None],
            }
            for seat in seats
            if seat.unit.ended_on is None
        ],
        by=by,
    )
    lines = list(source.lines.select_related("indicator"))
    fields = ("indicator", "measure", "basis", "weight")
    set_lines(campaign=campaign, lines=[{name: getattr(line, name) for name in fields} for line in lines], by=by)
    phases = [
        {
            **{field: min(later(getattr(row, field)), ends_on) for field in ("starts_on", "ends_on", "due_on")},
            "name": row.name,
            "demand": row.demand,
        }
        for row in source.phases.all()
    ]
    set_phases(campaign=campaign, phases=phases, by=by)
    stages = [(min(later(row.on), ends_on), row.share, row.name) for row in source.stages.all()]
    set_stages(campaign=campaign, stages=stages, by=by)
    if with_targets:
        line_of = dict(zip((line.pk for line in lines), campaign.lines.values_list("pk", flat=True), strict=True))
        owed = Target.objects.working(source).filter(unit__ended_on=None)
        targets = {(line_of[row.line_id], row.unit_id): (row.amount, row.stretch) for row in owed}
        set_targets(campaign=campaign, targets=targets, by=by)
    scheme = source.schemes.in_force(source.ends_on).first() or source.schemes.order_by("-number").first()
    if scheme is not None:
        facts = {field: getattr(scheme, field) for field in OF_SCHEME}
        create_scheme(campaign=campaign, copy_of=scheme, by=by, **facts)
    campaign.refresh_from_db()
    return campaign


def _moved(first, again):
    """Return how days move along: by whole years where the start does, so that month ends stay; by days otherwise."""
    if (first.month, first.day) != (again.month, again.day):
        return lambda day: day + (again - first)
    years = again.year - first.year

    def later(day):
        is_leap_day = (day.month, day.day) == (2, 29)
        return (day - timedelta(days=is_leap_day)).replace(year=day.year + years)

    return later
