"""Setting up: indicators, campaigns, rosters, lines and targets."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.actions.figures import follow_dates
from campaigns.models import Campaign, CampaignIndicator, CampaignUnit, Entry, FurtherUnit, Indicator, Phase, Target
from campaigns.numbers import amount_text
from units import audit, versions
from units.access import require, require_role
from units.models import Role, Unit, User


@transaction.atomic
def create_indicator(*, name: str, dimension: str, by: User, **facts) -> Indicator:
    """Add an indicator; known by name and dimension for all campaigns."""
    require_role(by, Role.EDITOR)
    indicator = Indicator(name=name.strip(), dimension=dimension, **facts)
    indicator.full_clean()
    indicator.save()
    audit.record(by, "indicator.created", indicator, before={})
    return indicator


@transaction.atomic
def change_indicator(*, indicator: Indicator, by: User, **facts) -> Indicator:
    """Change an indicator's name or whole; what feeds it stays as it is once something was entered."""
    require_role(by, Role.EDITOR)
    indicator = Indicator.objects.select_for_update().get(pk=indicator.pk)
    before = audit.snapshot(indicator)
    settled = {"kind", "fed_by", "dimension"} & {
        name for name, value in facts.items() if getattr(indicator, name) != value
    }
    if settled and Entry.objects.filter(indicator=indicator).exists():
        raise ValidationError(_("该指标已有数据，不能再改类型、来源或量纲；请另建一项指标"))
    for name, value in facts.items():
        setattr(indicator, name, value)
    if indicator.part_of_id == indicator.pk:
        raise ValidationError({"part_of": _("指标不能是自己的其中项")})
    indicator.full_clean()
    indicator.save()
    audit.record(by, "indicator.changed", indicator, before=before)
    return indicator


@transaction.atomic
def create_campaign(*, organiser: Unit, by: User, **facts) -> Campaign:
    """Start a campaign; by is an editor of the organiser."""
    require(by, Role.EDITOR, organiser)
    campaign = Campaign(organiser=organiser, **facts)
    campaign.full_clean()
    campaign.save()
    audit.record(by, "campaign.created", campaign, before={})
    return campaign


@transaction.atomic
def change_campaign(*, campaign: Campaign, by: User, version: int | None = None, **facts) -> Campaign:
    """Change name, dates, clock or thresholds of a campaign."""
    campaign = locked(campaign, by)
    versions.check(campaign, version)
    before, dates = audit.snapshot(campaign), (campaign.starts_on, campaign.ends_on)
    for name, value in facts.items():
        setattr(campaign, name, value)
    versions.bump(campaign)
    campaign.full_clean()
    campaign.save()
    if (campaign.starts_on, campaign.ends_on) != dates:
        follow_dates(campaign)
    audit.record(by, "campaign.changed", campaign, before=before)
    return campaign


def locked(campaign, by):
    """Return the campaign's locked row; refuses who is no editor of its organiser."""
    campaign = Campaign.objects.select_for_update(of=("self",)).select_related("organiser").get(pk=campaign.pk)
    require(by, Role.EDITOR, campaign.organiser)
    return campaign


@transaction.atomic
def set_roster(*, campaign: Campaign, seats: Sequence[Mapping], by: User, version: int | None = None) -> None:
    """Replace the roster: seats are {unit, group, leader, title, further units} in their order.

    What a seat does not name of title and further stays. A unit that already owes something keeps its seat: taking
    it off is refused, naming it. A unit stands on one line: with a seat of its own, or as one of a seat's further.
    """
    campaign = locked(campaign, by)
    versions.check(campaign, version)
    held = {seat.unit_id: seat for seat in campaign.roster.select_related("unit")}
    joined = defaultdict(list)
    for row in FurtherUnit.objects.filter(campaign=campaign).select_related("unit").order_by("unit__path"):
        joined[row.seat_id].append(row.unit)
    changes, rows, wanted = {}, {}, {}
    for order, seat in enumerate(seats, start=1):
        unit = seat["unit"]
        row = held.get(unit.pk) or CampaignUnit(campaign=campaign, unit=unit)
        was = joined[row.pk] if row.pk else []
        further = list(seat.get("further", was))
        for each in (unit, *further):
            _check_place(campaign, each, {*rows, *wanted})
            (rows if each is unit else wanted)[each.pk] = (row, each)
        old = _seated(row, was) if row.pk else ""
        placed = (seat.get("group", ""), seat.get("leader", ""), seat.get("title", row.title), order)
        if row.pk is None or placed != (row.group, row.leader, row.title, row.order):
            row.group, row.leader, row.title, row.order = placed
            row.full_clean()
            row.save()
        new = _seated(row, further)
        if unit.pk not in held or old != new:
            changes[str(unit)] = [old if unit.pk in held else "", new or str(_("列入"))]
    gone = set(held) - set(rows)
    owing = Target.objects.filter(line__campaign=campaign, unit__in=gone).select_related("unit").first()
    if owing:
        raise ValidationError(_("%(unit)s 还有目标任务，请先清空其目标再移出名单") % {"unit": owing.unit})
    for unit_id in gone:
        changes[str(held[unit_id].unit)] = [str(_("列入")), str(_("移出"))]
    campaign.roster.filter(unit__in=gone).delete()
    if changes:
        FurtherUnit.objects.filter(campaign=campaign).delete()
        FurtherUnit.objects.bulk_create(
            FurtherUnit(campaign=campaign, seat=row, unit=unit) for row, unit in wanted.values()
        )
        versions.bump(campaign)
        campaign.save(update_fields=["version"])
        audit.record(by, "campaign.roster_set", campaign, changes=changes)


def _check_place(campaign, unit, taken):
    """Refuse a unit that stands on the roster already, and one of another tree."""
    if unit.pk in taken:
        raise ValidationError(_("%(unit)s 在名单中出现了两次") % {"unit": unit})
    if unit.lineage[0] != campaign.organiser.lineage[0]:
        raise ValidationError(
            _("%(unit)s 与组织单位 %(organiser)s 不在同一个组织树中，不能列入名单")
            % {"unit": unit, "organiser": campaign.organiser}
        )


def _seated(row, further):
    """Return a line of the roster as the trail keeps it."""
    names = "、".join(unit.name for unit in further)
    return " ".join(part for part in (row.group, row.leader, row.title, names and f"+{names}") if part)


@transaction.atomic
def set_phases(*, campaign: Campaign, phases: Sequence[Mapping], by: User, version: int | None = None) -> None:
    """Replace the phases: {name, starts_on, ends_on, demand, due_on}, all within the campaign's days."""
    campaign = locked(campaign, by)
    versions.check(campaign, version)
    held = {_phased(row): row for row in campaign.phases.all()}
    rows = [Phase(campaign=campaign, **phase) for phase in phases]
    for row in rows:
        row.full_clean()
        if not campaign.starts_on <= row.starts_on <= row.ends_on <= campaign.ends_on:
            told = {"phase": row.name, "first": campaign.starts_on, "last": campaign.ends_on}
            raise ValidationError(_("“%(phase)s”须在战役期间 %(first)s 至 %(last)s 之内") % told)
    changes = audit.compared(dict.fromkeys(held, str(_("有"))), dict.fromkeys(map(_phased, rows), str(_("有"))))
    if changes:
        campaign.phases.all().delete()
        Phase.objects.bulk_create(rows)
        versions.bump(campaign)
        campaign.save(update_fields=["version"])
        audit.record(by, "campaign.phases_set", campaign, changes=changes)


def _phased(row):
    """Return a demand as the trail keeps it."""
    return _("%(name)s（%(first)s 至 %(last)s）%(demand)s，时限 %(due)s") % {
        "name": row.name, "first": row.starts_on, "last": row.ends_on, "demand": row.demand, "due": row.due_on,
    }  # fmt: skip


@transaction.atomic
def copy_campaign(*, source: Campaign, name: str, starts_on: date, with_targets: bool, by: User) -> Campaign:
    """Start a campaign like an earlier one: as long, with its roster, indicators, weights, phases moved along.

    A calendar year stays one: a year of 366 days is followed by one of 365. Targets come along only where asked for.
    """
    source = locked(source, by)
    moved = starts_on - source.starts_on
    ends_on, after = source.ends_on + moved, source.ends_on + timedelta(days=1)
    if (after.month, after.day) == (source.starts_on.month, source.starts_on.day):
        years = after.year - source.starts_on.year
        ends_on = starts_on.replace(year=starts_on.year + years, day=1) + timedelta(days=starts_on.day - 2)
    kept = (
        "clock",
        "green_at",
        "yellow_at",
        "score_cap",
        "full_score",
        "slogan",
        "themes",
        "leading_group",
        "office",
    )
    campaign = create_campaign(
        organiser=source.organiser, name=name, starts_on=starts_on, ends_on=ends_on, by=by,
        **{field: getattr(source, field) for field in kept},
    )  # fmt: skip
    seats = source.roster.select_related("unit").prefetch_related("further__unit")
    set_roster(
        campaign=campaign,
        seats=[
            {
                **{field: getattr(seat, field) for field in ("unit", "group", "leader", "title")},
                "further": [row.unit for row in seat.further.all()],
            }
            for seat in seats
        ],
        by=by,
    )
    lines = list(source.lines.select_related("indicator"))
    fields = ("indicator", "measure", "basis", "weight")
    set_lines(campaign=campaign, lines=[{name: getattr(line, name) for name in fields} for line in lines], by=by)
    phases = [
        {
            **{field: min(getattr(row, field) + moved, ends_on) for field in ("starts_on", "ends_on", "due_on")},
            "name": row.name,
            "demand": row.demand,
        }
        for row in source.phases.all()
    ]
    set_phases(campaign=campaign, phases=phases, by=by)
    if with_targets:
        line_of = dict(zip((line.pk for line in lines), campaign.lines.values_list("pk", flat=True), strict=True))
        owed = Target.objects.filter(line__campaign=source)
        targets = {(line_of[row.line_id], row.unit_id): (row.amount, row.stretch) for row in owed}
        set_targets(campaign=campaign, targets=targets, by=by)
    campaign.refresh_from_db()
    return campaign


@transaction.atomic
def set_lines(*, campaign: Campaign, lines: Sequence[Mapping], by: User, version: int | None = None) -> None:
    """Replace the indicators of a campaign: {indicator, measure, basis, weight} in their order.

    An indicator with targets stays until they are emptied.
    """
    campaign = locked(campaign, by)
    versions.check(campaign, version)
    held = {line.indicator_id: line for line in campaign.lines.select_related("indicator")}
    changes, kept = {}, set()
    for order, line in enumerate(lines, start=1):
        indicator = line["indicator"]
        if indicator.pk in kept:
            raise ValidationError(_("%(indicator)s 出现了两次") % {"indicator": indicator})
        kept.add(indicator.pk)
        row = held.get(indicator.pk) or CampaignIndicator(campaign=campaign, indicator=indicator)
        old = _told(row) if row.pk else ""
        for name in ("measure", "basis", "weight"):
            if name in line:
                setattr(row, name, line[name])
        row.order = order
        row.full_clean()
        row.save()
        if old != _told(row):
            changes[str(indicator)] = [old, _told(row)]
    gone = set(held) - kept
    owed = Target.objects.filter(line__campaign=campaign, line__indicator__in=gone).first()
    if owed:
        raise ValidationError(_("%(indicator)s 还有目标任务，请先清空再移出") % {"indicator": owed.line.indicator})
    for indicator_id in gone:
        changes[str(held[indicator_id].indicator)] = [_told(held[indicator_id]), ""]
    campaign.lines.filter(indicator__in=gone).delete()
    if changes:
        versions.bump(campaign)
        campaign.save(update_fields=["version"])
        audit.record(by, "campaign.lines_set", campaign, changes=changes)


def _told(line):
    return f"{line.measure} {line.get_basis_display()} {audit.text_of(line.weight)}"


@transaction.atomic
def set_targets(
    *,
    campaign: Campaign,
    targets: Mapping[tuple[int, int], Decimal | tuple[Decimal, Decimal | None] | None],
    by: User,
    version: int | None = None,
) -> int:
    """Set targets by (line id, unit id), in the base measure; None takes one away. Returns how many changed.

    A pair gives floor and stretch. Units are on the roster, or the organiser itself.
    """
    campaign = locked(campaign, by)
    versions.check(campaign, version)
    lines = {line.pk: line for line in campaign.lines.select_related("indicator")}
    seats = {seat.unit_id: seat.unit for seat in campaign.roster.select_related("unit")}
    seats.setdefault(campaign.organiser_id, campaign.organiser)
    held = {(row.line_id, row.unit_id): row for row in Target.objects.filter(line__campaign=campaign)}
    made, changed, gone, changes = [], [], [], {}
    for (line_id, unit_id), value in targets.items():
        if line_id not in lines or unit_id not in seats:
            raise ValidationError(_("目标只能下达给参战单位或组织单位的考核指标"))
        amount, stretch = value if isinstance(value, tuple) else (value, None)
        row = held.get((line_id, unit_id))
        old = _owed(row, lines[line_id]) if row else ""
        label = f"{seats[unit_id]} · {lines[line_id]}"
        if label in changes:  # the same name in another dimension
            label += f"（{lines[line_id].measure}）"
        if amount is None:
            if row:
                gone.append(row.pk)
                changes[label] = [old, ""]
            continue
        if row and row.amount == amount and row.stretch == stretch:
            continue
        target = row or Target(line=lines[line_id], unit=seats[unit_id])
        target.amount, target.stretch = amount, stretch
        target.clean_fields(exclude=["line", "unit"])  # both are looked up above
        if amount < 0:
            raise ValidationError(_("%(label)s：目标不能为负") % {"label": label})
        if stretch is not None and stretch < amount:
            raise ValidationError(_("%(label)s：力争目标不能低于确保目标") % {"label": label})
        (changed if row else made).append(target)
        changes[label] = [old, _owed(target, lines[line_id])]
    Target.objects.bulk_create(made)
    Target.objects.bulk_update(changed, ["amount", "stretch"])
    Target.objects.filter(pk__in=gone).delete()
    if changes:
        versions.bump(campaign)
        campaign.save(update_fields=["version"])
        audit.record(by, "campaign.targets_set", campaign, changes=changes)
    return len(made) + len(changed) + len(gone)


def _owed(target, line):
    """Return a target as the trail keeps it: in the line's measure."""
    floor = amount_text(target.amount, line.measure)
    if target.stretch is None:
        return floor
    stretch = amount_text(target.stretch, line.measure)
    return _("%(floor)s，力争 %(stretch)s") % {"floor": floor, "stretch": stretch}
