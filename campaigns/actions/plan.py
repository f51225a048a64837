"""Setting up: indicators, campaigns, rosters, lines, the dated table, the draft of quotas."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.actions.figures import follow_dates
from campaigns.models import (
    Campaign,
    CampaignIndicator,
    CampaignUnit,
    Entry,
    FurtherUnit,
    Indicator,
    IndustryTarget,
    Phase,
    Stage,
    Target,
    TargetStage,
    TargetVersion,
)
from campaigns.numbers import percent_text
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


def open_draft(campaign: Campaign) -> TargetVersion:
    """Return the draft of a locked campaign's quotas; a new one begins as a copy of the last issued version."""
    last = campaign.target_versions.first()
    if last is not None and last.is_draft:
        return last
    draft = campaign.target_versions.create(number=last.number + 1 if last else 1)
    held = list(last.targets.prefetch_related("stages", "industries")) if last else []
    kept = ("line_id", "unit_id", "amount", "stretch", "growth", "base")
    copies = [Target(version=draft, **{name: getattr(row, name) for name in kept}) for row in held]
    Target.objects.bulk_create(copies)
    TargetStage.objects.bulk_create(
        TargetStage(target=copy, on=stage.on, amount=stage.amount)
        for row, copy in zip(held, copies, strict=True)
        for stage in row.stages.all()
    )
    IndustryTarget.objects.bulk_create(
        IndustryTarget(target=copy, industry=part.industry, amount=part.amount)
        for row, copy in zip(held, copies, strict=True)
        for part in row.industries.all()
    )
    return draft


def locked(campaign, by):
    """Return the campaign's locked row; refuses who is no editor of its organiser."""
    campaign = Campaign.objects.select_for_update(of=("self",)).select_related("organiser").get(pk=campaign.pk)
    require(by, Role.EDITOR, campaign.organiser)
    return campaign


def record_parts(campaign: Campaign, action: str, *, by: User, changes: Mapping, reason: str = "") -> None:
    """Record what changed in the parts of a locked campaign: a new version of it, one row of the trail."""
    versions.bump(campaign)
    campaign.save(update_fields=["version"])
    audit.record(by, action, campaign, changes=changes, reason=reason)


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
    owing = Target.objects.working(campaign).filter(unit__in=gone).select_related("unit").first()
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
        record_parts(campaign, "campaign.roster_set", by=by, changes=changes)


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
        record_parts(campaign, "campaign.phases_set", by=by, changes=changes)


def _phased(row):
    """Return a demand as the trail keeps it."""
    return _("%(name)s（%(first)s 至 %(last)s）%(demand)s，时限 %(due)s") % {
        "name": row.name, "first": row.starts_on, "last": row.ends_on, "demand": row.demand, "due": row.due_on,
    }  # fmt: skip


@transaction.atomic
def set_lines(*, campaign: Campaign, lines: Sequence[Mapping], by: User, version: int | None = None) -> None:
    """Replace the indicators of a campaign: {indicator, measure, basis, weight} in their order.

    An indicator with targets stays until they are emptied.
    """
    campaign = locked(campaign, by)
    versions.check(campaign, version)
    held = {line.indicator_id: line for line in campaign.lines.select_related("indicator")}
    changes, kept, reweighted = {}, set(), False
    for order, line in enumerate(lines, start=1):
        indicator = line["indicator"]
        if indicator.pk in kept:
            raise ValidationError(_("%(indicator)s 出现了两次") % {"indicator": indicator})
        kept.add(indicator.pk)
        row = held.get(indicator.pk) or CampaignIndicator(campaign=campaign, indicator=indicator)
        old, weight = _told(row) if row.pk else "", row.weight
        for name in ("measure", "basis", "weight"):
            if name in line:
                setattr(row, name, line[name])
        row.order = order
        row.full_clean()
        row.save()
        reweighted |= bool(old) and weight != row.weight
        if old != _told(row):
            changes[str(indicator)] = [old, _told(row)]
    gone = set(held) - kept
    owed = Target.objects.filter(line__campaign=campaign, line__indicator__in=gone)
    owed = owed.select_related("version", "line__indicator").order_by("-version__number").first()
    if owed and owed.version.is_draft:
        raise ValidationError(_("%(indicator)s 还有目标任务，请先清空再移出") % {"indicator": owed.line})
    if owed:
        raise ValidationError(
            _("%(indicator)s 已在%(version)s下达过目标，移出会改变过去的名次；可清空目标、把权重设为 0")
            % {"indicator": owed.line, "version": owed.version}
        )
    for indicator_id in gone:
        changes[str(held[indicator_id].indicator)] = [_told(held[indicator_id]), ""]
    campaign.lines.filter(indicator__in=gone).delete()
    if reweighted and campaign.target_versions.exists():
        open_draft(campaign)  # a weight holds from the day it is issued with the targets
    if changes:
        record_parts(campaign, "campaign.lines_set", by=by, changes=changes)


@transaction.atomic
def set_stages(
    *, campaign: Campaign, stages: Sequence[tuple[date, Decimal, str]], by: User, version: int | None = None
) -> None:
    """Replace the dated table of a campaign: (day, share due by it, name); later days never ask for less."""
    campaign = locked(campaign, by)
    versions.check(campaign, version)
    rows = sorted((Stage(campaign=campaign, on=on, share=share, name=name) for on, share, name in stages), key=_day)
    for row in rows:
        row.clean_fields(exclude=["campaign"])
        if not campaign.starts_on <= row.on <= campaign.ends_on:
            raise ValidationError(_("%(day)s 不在战役期间内") % {"day": row.on})
        if not 0 <= row.share <= 1:
            raise ValidationError(_("%(day)s：应完成比例须在 0 至 100%% 之间") % {"day": row.on})
    for earlier, later in pairwise(rows):
        if earlier.on == later.on:
            raise ValidationError(_("%(day)s 有两个阶段，同一天只能有一个") % {"day": later.on})
        if earlier.share > later.share:
            raise ValidationError(_("%(day)s 的应完成比例低于前一阶段") % {"day": later.on})
    before, after = ({str(row.on): _due(row) for row in held} for held in (campaign.stages.all(), rows))
    changes = audit.compared(before, after)
    if changes:
        campaign.stages.all().delete()
        Stage.objects.bulk_create(rows)
        record_parts(campaign, "campaign.stages_set", by=by, changes=changes)


def _day(stage):
    return stage.on


def _due(stage):
    return f"{percent_text(stage.share)} {stage.name}".strip()


def _told(line):
    return f"{line.measure} {line.get_basis_display()} {audit.text_of(line.weight)}"
