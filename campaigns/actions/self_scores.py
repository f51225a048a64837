"""Asking units to assess themselves, what they hand in, what the assessor says to it."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.actions.plan import locked
from campaigns.models import Scheme, SelfScore, SelfSheet
from campaigns.numbers import plain
from campaigns.scoring.trace import shown
from campaigns.self_scores import asked
from units import audit, versions
from units.access import require
from units.models import Role, User


@transaction.atomic
def ask_for_self_scores(*, scheme: Scheme, as_of: date, opens_on: date, due_on: date, by: User) -> list[SelfSheet]:
    """Open a sheet for every unit that the scheme scores and that has none for the day; an open one stays."""
    campaign = locked(scheme.campaign, by)
    scheme = Scheme.objects.get(pk=scheme.pk)
    if scheme.is_draft:
        raise ValidationError(_("草案还没有施行，不能布置自评"))
    if not campaign.starts_on <= as_of <= campaign.ends_on:
        raise ValidationError({"as_of": _("考核截止日须在战役期间")})
    if not scheme.starts_on <= as_of or (scheme.ends_on and as_of > scheme.ends_on):
        raise ValidationError({"as_of": _("这一天不按该办法计分")})
    left_out = {unit_id for unit_id, _reason in scheme.excluded}
    there = set(SelfSheet.objects.filter(scheme=scheme, as_of=as_of).values_list("unit", flat=True))
    seats = campaign.roster.select_related("unit").exclude(unit__in=left_out | there)
    made = []
    for seat in seats:
        sheet = SelfSheet(
            scheme=scheme, unit=seat.unit, person=seat.leader, as_of=as_of, opens_on=opens_on, due_on=due_on
        )
        sheet.full_clean()
        made.append(sheet)
    if not made:
        raise ValidationError(_("各单位都已有截至这一天的自评表"))
    SelfSheet.objects.bulk_create(made)
    told = _("截至 %(as_of)s，%(first)s 至 %(last)s 填报，%(n)d 个单位") % {
        "as_of": as_of.isoformat(), "first": opens_on.isoformat(), "last": due_on.isoformat(), "n": len(made),
    }  # fmt: skip
    audit.record(by, "scheme.self_asked", scheme, changes={_("自评"): ["", told]})
    return made


@transaction.atomic
def fill_self_sheet(
    *, sheet: SelfSheet, scores: Mapping[int, tuple[Decimal | None, str]], submit: bool, on: date, by: User,
    version: int | None = None,
) -> SelfSheet:  # fmt: skip
    """Write what a unit gives itself, {row: (points or None, evidence)}; handed in, every clause must have points."""
    sheet = locked_sheet(sheet, version)
    require(by, Role.CLERK, sheet.unit)
    if on < sheet.opens_on:
        raise ValidationError(_("自评 %s 开始，还不能填写") % sheet.opens_on.isoformat())
    if on > sheet.due_on:
        raise ValidationError(_("自评已于 %s 截止；确需补报，请联系组织单位延期") % sheet.due_on.isoformat())
    clauses = {part.row.pk: part for part in asked(sheet)}
    if strange := set(scores) - set(clauses):
        raise ValidationError(_("自评表里没有第 %s 条") % min(strange))
    submit = submit or sheet.submitted_on is not None
    wrong = {}
    for pk, part in clauses.items():
        wrong |= problems(part, *scores.get(pk, (None, "")), submit)
    if wrong:
        raise ValidationError(wrong)
    before = told(sheet)
    kept = {score.row_id: score for score in sheet.scores.all()}
    for pk, (points, evidence) in scores.items():
        score = kept.get(pk) or SelfScore(sheet=sheet, row_id=pk)
        if points is None:
            if score.pk:
                score.delete()
            continue
        score.points, score.evidence = points, evidence.strip()
        score.save()
    if submit:
        sheet.submitted_on, sheet.submitted_by = sheet.submitted_on or on, by
    versions.bump(sheet)
    sheet.save()
    action = "self_sheet.handed_in" if submit else "self_sheet.drafted"
    audit.record(by, action, sheet, changes=audit.compared(before, told(sheet)))
    return sheet


def problems(part, points, evidence, submit):
    """Return {field: what is wrong} of a clause: points out of its limits, without evidence, or missing."""
    label = str(part.row)
    if points is None:
        told = _("报送前请填写「%s」的自评分") % label
        return {field("points", part.row): told} if submit else {}
    found = {}
    if part.high is not None and Fraction(points) > part.high:
        found[field("points", part.row)] = _("「%(row)s」最高 %(high)s 分") % {"row": label, "high": shown(part.high)}
    if part.low is not None and Fraction(points) < part.low:
        found[field("points", part.row)] = _("「%(row)s」最低 %(low)s 分") % {"row": label, "low": shown(part.low)}
    if not evidence.strip():
        found[field("evidence", part.row)] = _("请写明「%s」的自评依据") % label
    return found


def field(name, row):
    """Return what a form calls a value of a clause."""
    return f"{name}_{row.pk}"


@transaction.atomic
def review_self_sheet(
    *, sheet: SelfSheet, opinions: Mapping[int, str], by: User, version: int | None = None
) -> SelfSheet:
    """Write down what the assessor says to the clauses of a sheet that was handed in: {row: text}."""
    sheet = locked_sheet(sheet, version)
    require(by, Role.EDITOR, sheet.scheme.campaign.organiser)
    if sheet.submitted_on is None:
        raise ValidationError(_("该单位还没有报送自评，不能审核"))
    before = said(sheet)
    for score in sheet.scores.all():
        if score.row_id in opinions:
            score.opinion = opinions[score.row_id].strip()
            score.full_clean()
            score.save(update_fields=["opinion"])
    versions.bump(sheet)
    sheet.save()
    audit.record(by, "self_sheet.reviewed", sheet, changes=audit.compared(before, said(sheet)))
    return sheet


@transaction.atomic
def extend_self_sheet(
    *, sheet: SelfSheet, due_on: date, reason: str, by: User, version: int | None = None
) -> SelfSheet:
    """Give a unit until a later day to assess itself."""
    sheet = locked_sheet(sheet, version)
    require(by, Role.EDITOR, sheet.scheme.campaign.organiser)
    if due_on <= sheet.due_on:
        raise ValidationError({"due_on": _("须晚于现在的截止日 %s") % sheet.due_on.isoformat()})
    before = audit.snapshot(sheet)
    sheet.due_on = due_on
    versions.bump(sheet)
    sheet.full_clean()
    sheet.save()
    audit.record(by, "self_sheet.extended", sheet, before=before, reason=reason)
    return sheet


def locked_sheet(sheet, version):
    """Return a sheet's locked row, if it is the one that was looked at."""
    found = SelfSheet.objects.select_for_update(of=("self",)).with_scheme()
    sheet = found.get(pk=sheet.pk)
    versions.check(sheet, version)
    return sheet


def told(sheet):
    """Return {clause: points and evidence} of a sheet, for the trail, with whether it is handed in."""
    scores = sheet.scores.select_related("row").order_by("row__order", "pk")
    made = {str(score.row): _("%(points)s 分（%(evidence)s）") % {
        "points": plain(score.points), "evidence": score.evidence} for score in scores}  # fmt: skip
    return made | ({_("报送日期"): sheet.submitted_on.isoformat()} if sheet.submitted_on else {})


def said(sheet):
    """Return {clause: the assessor's opinion} of a sheet, for the trail."""
    return {str(score.row): score.opinion for score in sheet.scores.select_related("row") if score.opinion}
