"""Starting a campaign from a template, and filing plans for it."""

from datetime import date

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns import actions
from campaigns.models import Campaign, Indicator
from projects.actions.evidence import add_papers
from projects.actions.rules import create_rule
from projects.campaign_templates import ORGANISER, Ratio, Template
from projects.models import Plan
from units import audit
from units.access import require_promiser
from units.models import Unit, User


@transaction.atomic
def start_campaign(
    *, template: Template, name: str, organiser: Unit, starts_on: date, with_targets: bool, by: User
) -> Campaign:
    """Start a campaign from a template: phases, indicators, the organiser's next units in groups; quotas by choice.

    An indicator that is known already keeps its rules; one that is new gets those of the template, from the first
    day of the year.
    """
    campaign = actions.create_campaign(
        organiser=organiser, name=name, starts_on=starts_on, ends_on=template.ends_on(starts_on), by=by,
        **template.facts,
    )  # fmt: skip
    actions.set_phases(campaign=campaign, phases=template.phases_from(starts_on), by=by)
    indicators = [_indicator(row, starts_on.replace(month=1, day=1), by) for row in template.indicators]
    lines = [
        {"indicator": indicator, "measure": row.measure.word, "basis": row.basis, "weight": row.weight}
        for indicator, row in zip(indicators, template.indicators, strict=True)
    ]
    actions.set_lines(campaign=campaign, lines=lines, by=by)
    groups = template.kind_group()
    units = [unit for unit in organiser.children.standing().order_by("path") if unit.kind in groups]
    units.sort(key=lambda unit: list(template.groups).index(groups[unit.kind]))
    seats = [{"unit": unit, "group": groups[unit.kind]} for unit in units]
    actions.set_roster(campaign=campaign, seats=seats, by=by)
    if with_targets:
        targets = {
            (line.pk, unit.pk): row.targets[kind]
            for line, row in zip(campaign.lines.all(), template.indicators, strict=True)
            for unit, kind in [(organiser, ORGANISER), *((unit, unit.kind) for unit in units)]
            if kind in row.targets
        }
        actions.set_targets(campaign=campaign, targets=targets, by=by)
    campaign.refresh_from_db()
    return campaign


@transaction.atomic
def start_ratio(*, ratio: Ratio, since: date, by: User) -> Indicator:
    """Add a usual ratio (R36) with the indicators it is made of; those that are new count from a day on."""
    known = {"name": ratio.indicator.name, "dimension": ratio.indicator.measure.dimension}
    if Indicator.objects.filter(**known).exists():
        raise ValidationError(_("已有指标“%s”") % ratio.indicator.name)
    return _indicator(ratio.indicator, since, by)


def _indicator(row, since, by):
    """Return the indicator of a template's row; a new one with its rules, a ratio with its parts."""
    known = {"name": row.name, "dimension": row.measure.dimension}
    if indicator := Indicator.objects.filter(**known).first():
        return indicator
    parts = dict(zip(("numerator", "denominator"), (_indicator(part, since, by) for part in row.parts), strict=False))
    indicator = actions.create_indicator(**known, **parts, kind=row.kind, fed_by=row.fed_by, by=by)
    for rule in row.rules:
        create_rule(indicator=indicator, from_on=since, by=by, **rule)
    return indicator


@transaction.atomic
def file_plan(
    *,
    campaign: Campaign,
    unit: Unit,
    on: date,
    files: list[File],
    by: User,
    note: str = "",
    today: date | None = None,
) -> Plan:
    """File a unit's plan for a campaign; the organiser's is the campaign's own. More files add up."""
    campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    require_promiser(by, unit)
    if today is not None and on > today:
        raise ValidationError({"on": _("报送日期不能晚于今天")})
    seated = campaign.roster.filter(Q(unit=unit) | Q(further__unit=unit)).exists()
    if unit.pk != campaign.organiser_id and not seated:
        raise ValidationError(_("%(unit)s 不在该战役的参战名单中") % {"unit": unit})
    plan = Plan.objects.filter(campaign=campaign, unit=unit).first()
    before = audit.snapshot(plan) if plan else {}
    plan = plan or Plan(campaign=campaign, unit=unit)
    plan.on, plan.note, plan.recorded_by = on, note.strip(), by
    plan.full_clean()
    plan.save()
    audit.record(by, "plan.filed", plan, before=before)
    add_papers(record=plan, files=files, by=by)
    return plan
