"""Quotas: set in a draft, issued from a day on, in parts by day, industry and person; what is expected of them."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns import quotas
from campaigns.actions.plan import locked, open_draft, record_parts
from campaigns.models import (
    Campaign,
    CampaignIndicator,
    CampaignUnit,
    Forecast,
    IndustryTarget,
    LineWeight,
    PersonTarget,
    Target,
    TargetStage,
    TargetVersion,
)
from campaigns.numbers import amount_text
from units import audit, versions
from units.access import require_promiser
from units.models import Unit, User

FIGURES = ("amount", "stretch", "growth", "base")


@transaction.atomic
def set_targets(
    *,
    campaign: Campaign,
    targets: Mapping[tuple[int, int], Decimal | tuple[Decimal, Decimal | None] | None],
    by: User,
    made_of: Mapping[tuple[int, int], tuple[Decimal, Decimal]] | None = None,
    version: int | None = None,
) -> int:
    """Set targets by (line id, unit id) in the draft, in the base measure; None takes one away.

    Returns how many changed. A pair gives floor and stretch. Units are on the roster, or the organiser itself. What
    was issued stays as it is; the draft begins as a copy of it. made_of gives (growth in percent, last year's figure)
    of targets stated as growth over last year; one that is set anew without is stated so no longer.
    """
    campaign = locked(campaign, by)
    versions.check(campaign, version)
    lines = {line.pk: line for line in campaign.lines.select_related("indicator")}
    seats = {seat.unit_id: seat.unit for seat in campaign.roster.select_related("unit")}
    seats.setdefault(campaign.organiser_id, campaign.organiser)
    held = {(row.line_id, row.unit_id): row for row in Target.objects.working(campaign)}
    wanted, changes, made_of = {}, {}, made_of or {}
    for (line_id, unit_id), value in targets.items():
        if line_id not in lines or unit_id not in seats:
            raise ValidationError(_("目标只能下达给参战单位或组织单位的考核指标"))
        row, line = held.get((line_id, unit_id)), lines[line_id]
        pair = value if isinstance(value, tuple) else (value, None)
        made = made_of.get((line_id, unit_id))
        same = pair == ((row.amount, row.stretch) if row else (None, None)) or (row is None and pair[0] is None)
        if same and (made is None or row is None or made == (row.growth, row.base)):
            continue
        label = f"{seats[unit_id]} · {line}"
        if label in changes:  # the same name in another dimension
            label += f"（{line.measure}）"
        target = None if pair[0] is None else checked(line, seats[unit_id], *pair, label)
        if target and (made or (row and pair[0] == row.amount)):
            target.growth, target.base = made or (row.growth, row.base)
        wanted[line_id, unit_id] = target
        changes[label] = [owed_text(row, line) if row else "", owed_text(target, line) if target else ""]
    if changes:
        _write(open_draft(campaign), wanted)
        record_parts(campaign, "campaign.targets_set", by=by, changes=changes)
    return len(changes)


def checked(line, unit, amount, stretch, label):
    """Return an unsaved target that may be stored."""
    target = Target(line=line, unit=unit, amount=amount, stretch=stretch)
    target.clean_fields(exclude=["version", "line", "unit"])  # looked up by the caller
    if amount < 0:
        raise ValidationError(_("%(label)s：目标不能为负") % {"label": label})
    if stretch is not None and stretch < amount:
        raise ValidationError(_("%(label)s：力争目标不能低于确保目标") % {"label": label})
    return target


def _write(draft: TargetVersion, wanted: Mapping[tuple[int, int], Target | None]) -> None:
    """Write targets into a draft; the stages of one that stays are kept."""
    held = {(row.line_id, row.unit_id): row for row in draft.targets.all()}
    made, changed, gone = [], [], []
    for key, target in wanted.items():
        row = held.get(key)
        if target is None:
            gone.append(row.pk)
        elif row is None:
            target.version = draft
            made.append(target)
        else:
            for name in FIGURES:
                setattr(row, name, getattr(target, name))
            changed.append(row)
    Target.objects.bulk_create(made)
    Target.objects.bulk_update(changed, FIGURES)
    draft.targets.filter(pk__in=gone).delete()


def owed_text(target, line):
    """Return a target as the trail keeps it: in the line's measure, with the growth it was stated as."""
    told = amount_text(target.amount, line.measure)
    if target.stretch is not None:
        stretch = amount_text(target.stretch, line.measure)
        told = _("%(floor)s，力争 %(stretch)s") % {"floor": told, "stretch": stretch}
    made = quotas.growth_text(target.base, target.growth, line.measure, in_points=quotas.grows_by_points(line))
    return f"{told}（{made}）" if made else told


@transaction.atomic
def issue_targets(
    *,
    campaign: Campaign,
    holds_from: date,
    today: date,
    by: User,
    document: str = "",
    note: str = "",
    version: int | None = None,
) -> TargetVersion:
    """Issue the draft (下达): its targets and today's weights hold from a day on, and never change again."""
    campaign = locked(campaign, by)
    versions.check(campaign, version)
    draft, *issued = campaign.target_versions.all()[:2] or [None]
    if draft is None or not draft.is_draft:
        raise ValidationError(_("没有待下达的修改"))
    if not draft.targets.exists():
        raise ValidationError(_("还没有填写任何目标，不能下达"))
    if not campaign.starts_on <= holds_from <= campaign.ends_on:
        raise ValidationError({"holds_from": _("生效日期须在战役期间内")})
    if issued and holds_from < issued[0].holds_from:
        raise ValidationError(
            {
                "holds_from": _("生效日期不能早于%(version)s的 %(day)s")
                % {"version": issued[0], "day": issued[0].holds_from}
            }
        )
    before = audit.snapshot(draft)
    draft.document, draft.note, draft.holds_from, draft.issued_on = document.strip(), note.strip(), holds_from, today
    draft.full_clean()
    draft.save()
    LineWeight.objects.bulk_create(
        LineWeight(version=draft, line=line, weight=line.weight) for line in campaign.lines.all()
    )
    told = {str(_("版本")): ["", str(draft)], **audit.difference(before, audit.snapshot(draft))}
    record_parts(campaign, "campaign.targets_issued", by=by, changes=told, reason=note)
    return draft


@transaction.atomic
def discard_targets(*, campaign: Campaign, by: User, version: int | None = None) -> None:
    """Throw the draft away, so that the last issued version is shown again, with its weights."""
    campaign = locked(campaign, by)
    versions.check(campaign, version)
    draft, *issued = campaign.target_versions.all()[:2] or [None]
    if draft is None or not draft.is_draft or not issued:
        raise ValidationError(_("没有可以放弃的修改"))
    draft.delete()
    weights = dict(issued[0].weights.values_list("line", "weight"))
    lines = [line for line in campaign.lines.all() if weights.get(line.pk, line.weight) != line.weight]
    for line in lines:
        line.weight = weights[line.pk]
    CampaignIndicator.objects.bulk_update(lines, ["weight"])
    record_parts(campaign, "campaign.targets_discarded", by=by, changes={str(_("版本")): [str(draft), ""]})


@transaction.atomic
def set_target_stages(
    *,
    campaign: Campaign,
    unit: Unit,
    stages: Mapping[tuple[int, date], Decimal],
    by: User,
    version: int | None = None,
) -> None:
    """Replace what is due of a unit's targets by which days, by (line id, day), in the draft."""
    for _line_id, on in stages:
        if not campaign.starts_on <= on <= campaign.ends_on:
            raise ValidationError(_("%(day)s 不在战役期间内") % {"day": on})
    _set_parts(TargetStage, "on", campaign, unit, stages, by, version)


@transaction.atomic
def set_industry_targets(
    *,
    campaign: Campaign,
    unit: Unit,
    targets: Mapping[tuple[int, str], Decimal],
    by: User,
    version: int | None = None,
) -> None:
    """Replace what a unit owes in which industries, by (line id, industry), in the draft; it need not add up."""
    _set_parts(IndustryTarget, "industry", campaign, unit, targets, by, version)


PARTS = {  # what a part of a target is called, and the trail's word
    TargetStage: (gettext_lazy("阶段目标"), "campaign.target_stages_set"),
    IndustryTarget: (gettext_lazy("产业目标"), "campaign.target_industries_set"),
}


def _set_parts(model, key, campaign, unit, parts, by, version):
    """Replace the parts of one unit's targets in the draft, each known by its line and its key."""
    campaign = locked(campaign, by)
    versions.check(campaign, version)
    word, action = PARTS[model]
    lines = {line.pk: line for line in campaign.lines.select_related("indicator")}
    rows = model.objects.filter(target__in=Target.objects.working(campaign).filter(unit=unit))
    held = {(row.target.line_id, getattr(row, key)): row.amount for row in rows.select_related("target")}
    if held == parts:
        return
    draft = open_draft(campaign)
    targets = {target.line_id: target for target in draft.targets.filter(unit=unit)}
    made = []
    for (line_id, name), amount in parts.items():
        if line_id not in targets:
            raise ValidationError(_("没有目标的指标不能设%(word)s") % {"word": word})
        if amount < 0:
            raise ValidationError(_("%(label)s：目标不能为负") % {"label": f"{name} {lines[line_id]}"})
        row = model(target=targets[line_id], amount=amount, **{key: name})
        row.clean_fields(exclude=["target"])
        made.append(row)
    model.objects.filter(target__in=targets.values()).delete()
    model.objects.bulk_create(made)
    record_parts(campaign, action, by=by, changes=_shared(unit, lines, held, parts))


@transaction.atomic
def set_person_targets(
    *, seat: CampaignUnit, targets: Mapping[tuple[int, str], Decimal], by: User, version: int | None = None
) -> None:
    """Replace what the persons of a roster unit take on, by (line id, person); it need not add up to the quota."""
    seat = CampaignUnit.objects.select_for_update(of=("self",)).select_related("unit", "campaign").get(pk=seat.pk)
    require_promiser(by, seat.unit)
    versions.check(seat, version)
    lines = {line.pk: line for line in seat.campaign.lines.select_related("indicator")}
    rows = PersonTarget.objects.filter(line__in=lines, unit=seat.unit)
    held = {(row.line_id, row.person): row.amount for row in rows}
    made = []
    for (line_id, person), amount in targets.items():
        if line_id not in lines:
            raise ValidationError(_("目标只能下达给参战单位或组织单位的考核指标"))
        row = PersonTarget(line=lines[line_id], unit=seat.unit, person=person, amount=amount)
        row.clean_fields(exclude=["line", "unit"])
        if amount < 0:
            raise ValidationError(_("%(label)s：目标不能为负") % {"label": row})
        made.append(row)
    changes = _shared(seat.unit, lines, held, targets)
    if changes:
        rows.delete()
        PersonTarget.objects.bulk_create(made)
        versions.bump(seat)
        seat.save(update_fields=["version"])
        audit.record(by, "campaign.persons_set", seat.campaign, changes=changes)


def _shared(unit, lines, before, after):
    """Return what changed among the parts of a unit's targets, by (line id, day or person), for the trail."""

    def texts(parts):
        return {
            f"{unit} {key} · {lines[line_id]}（{lines[line_id].measure}）": amount_text(
                amount, lines[line_id].measure
            )
            for (line_id, key), amount in parts.items()
        }

    return audit.compared(texts(before), texts(after))


@transaction.atomic
def say_forecast(
    *,
    line: CampaignIndicator,
    unit: Unit,
    on: date,
    amount: Decimal | None,
    said_by: str,
    by: User,
    note: str = "",
    today: date | None = None,
) -> Forecast:
    """Write down what somebody expects of a unit at the campaign's end; without an amount it is computed again."""
    campaign = locked(line.campaign, by)
    seated = unit.pk == campaign.organiser_id or campaign.roster.filter(unit=unit).exists()
    if not seated:
        raise ValidationError({"unit": _("%(unit)s 不在该战役的参战名单中") % {"unit": unit}})
    if not campaign.starts_on <= on <= campaign.ends_on:
        raise ValidationError({"on": _("%(day)s 不在战役期间内") % {"day": on}})
    if today is not None and on > today:
        raise ValidationError({"on": _("预计日期不能晚于今天")})
    before = Forecast.objects.known(campaign, on).filter(line=line, unit=unit).first()
    if amount is None and (before is None or before.amount is None):
        raise ValidationError({"amount": _("没有可以撤回的预计，请填预计期末数")})
    row = Forecast(
        line=line, unit=unit, on=on, amount=amount, said_by=said_by.strip(), note=note.strip(), recorded_by=by
    )
    row.full_clean()
    row.save()

    def told(forecast):
        """Print an expectation, "" where there is none."""
        return "" if forecast is None or forecast.amount is None else amount_text(forecast.amount, line.measure)

    changes = {f"{unit} · {line}（{on} {row.said_by}）": [told(before), told(row) or str(_("按进度推算"))]}
    audit.record(by, "campaign.forecast_said", campaign, changes=changes, reason=row.note)
    return row
