"""Writing the bureau's rules: schemes, their rows, putting them in force; counts and marks."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns import appraisal
from campaigns.actions.plan import locked
from campaigns.models import Campaign, Mark, Scheme, SchemeRow, ScoreItem
from campaigns.published_rules import COUNT, FIGURE, MARK, RuleSet, adopted_rows, scheme_facts
from units import audit, versions
from units.access import require_role
from units.models import Role, Unit, User


@transaction.atomic
def create_scheme(*, campaign: Campaign, by: User, copy_of: Scheme | None = None, **facts) -> Scheme:
    """Write a new version of a campaign's rules as a draft, with the rows of another scheme where one is named."""
    campaign = locked(campaign, by)
    last = campaign.schemes.order_by("-number").values_list("number", flat=True).first() or 0
    scheme = Scheme(campaign=campaign, number=last + 1, **facts)
    scheme.full_clean()
    scheme.save()
    rows = list(copy_of.rows.all()) if copy_of else []
    for row in rows:
        row.pk, row.scheme = None, scheme
        row._state.adding = True
    SchemeRow.objects.bulk_create(rows)
    _check(scheme)
    audit.record(by, "scheme.created", scheme, before={})
    return scheme


@transaction.atomic
def change_scheme(*, scheme: Scheme, by: User, version: int | None = None, **facts) -> Scheme:
    """Change name, limits, grades or exclusions of a draft."""
    scheme = _draft(scheme, by, version)
    before = audit.snapshot(scheme)
    for name, value in facts.items():
        setattr(scheme, name, value)
    _save(scheme)
    audit.record(by, "scheme.changed", scheme, before=before)
    return scheme


@transaction.atomic
def set_row(
    *, scheme: Scheme, by: User, row: SchemeRow | None = None, version: int | None = None, **facts
) -> SchemeRow:
    """Add a row to a draft, or change one; the whole scheme must still be one that can be worked out."""
    scheme = _draft(scheme, by, version)
    held = scheme.rows.select_related("indicator", "item").get(pk=row.pk) if row else None
    before = audit.snapshot(held) if held else {}
    line = held or SchemeRow(scheme=scheme, order=scheme.rows.count() + 1)
    for name, value in facts.items():
        setattr(line, name, value)
    if line.indicator_id:
        used = scheme.campaign.lines.filter(indicator=line.indicator_id).first()
        if used is None:
            raise ValidationError({"indicator": _("请选择本战役的考核指标")})
        line.measure = used.measure
    line.full_clean()
    line.save()
    _save(scheme)
    audit.record(by, "row.changed" if held else "row.created", line, before=before)
    return line


@transaction.atomic
def remove_row(*, row: SchemeRow, reason: str, by: User, version: int | None = None) -> None:
    """Take a row out of a draft."""
    scheme = _draft(row.scheme, by, version)
    row = scheme.rows.get(pk=row.pk)
    audit.record(by, "row.removed", row, changes={str(row): [row.clause or row.method_label, ""]}, reason=reason)
    row.delete()
    _save(scheme)


@transaction.atomic
def enforce_scheme(*, scheme: Scheme, starts_on: date, document: str, by: User, version: int | None = None) -> Scheme:
    """Put a draft in force from a day on; from then it is never changed, and standings of those days score by it."""
    scheme = _draft(scheme, by, version)
    if not scheme.rows.filter(kind=SchemeRow.Kind.ITEM).exists():
        raise ValidationError(_("还没有计分项，不能施行"))
    if starts_on > scheme.campaign.ends_on:
        raise ValidationError({"starts_on": _("施行日期不能晚于战役结束")})
    before = audit.snapshot(scheme)
    scheme.starts_on, scheme.document = starts_on, document.strip()
    if not scheme.document:
        raise ValidationError({"document": _("请写明依据文件")})
    _save(scheme)
    audit.record(by, "scheme.enforced", scheme, before=before)
    return scheme


@transaction.atomic
def end_scheme(*, scheme: Scheme, ends_on: date, reason: str, by: User) -> Scheme:
    """Let a scheme in force end with a day; after it the earlier one holds again, or indicators are weighted."""
    locked(scheme.campaign, by)
    scheme = Scheme.objects.select_related("campaign__organiser").get(pk=scheme.pk)
    if scheme.is_draft:
        raise ValidationError(_("草案没有施行，不用停止"))
    before = audit.snapshot(scheme)
    scheme.ends_on = ends_on
    versions.bump(scheme)
    scheme.full_clean()
    scheme.save()
    audit.record(by, "scheme.stopped", scheme, before=before, reason=reason)
    return scheme


@transaction.atomic
def create_item(*, name: str, kind: str, by: User) -> ScoreItem:
    """Add something that is counted or marked and is no indicator."""
    require_role(by, Role.EDITOR)
    item = ScoreItem(name=name.strip(), kind=kind)
    item.full_clean()
    item.save()
    audit.record(by, "item.created", item, before={})
    return item


@transaction.atomic
def record_mark(
    *,
    campaign: Campaign,
    item: ScoreItem,
    unit: Unit,
    on: date,
    value: Decimal,
    evidence: str,
    by: User,
    rater: str = "",
) -> Mark:
    """Record a count or mark of a roster unit, dated, with its evidence."""
    campaign = locked(campaign, by)
    if not campaign.roster.filter(unit=unit).exists():
        raise ValidationError({"unit": _("该单位不在参战名单中")})
    if not campaign.starts_on <= on <= campaign.ends_on:
        raise ValidationError({"on": _("日期须在战役期间")})
    mark = Mark(
        campaign=campaign, item=item, unit=unit, on=on, value=value, rater=rater.strip(), evidence=evidence.strip(),
        recorded_by=by,
    )  # fmt: skip
    mark.full_clean()
    mark.save()
    audit.record(by, "mark.created", mark, before={})
    return mark


@transaction.atomic
def withdraw_mark(*, mark: Mark, reason: str, by: User) -> None:
    """Take a count or mark back, with the reason."""
    locked(mark.campaign, by)
    mark = Mark.objects.select_related("item", "unit").get(pk=mark.pk)
    if mark.withdrawn_at is not None:
        raise ValidationError(_("这条记录已经撤回"))
    mark.withdrawn_at = timezone.now()
    mark.save(update_fields=["withdrawn_at"])
    audit.record(by, "mark.withdrawn", mark, changes={str(mark): [mark.text, ""]}, reason=reason)


def _draft(scheme, by, version):
    """Return a scheme, its campaign locked; refuses one that is in force."""
    campaign = locked(scheme.campaign, by)
    scheme = Scheme.objects.get(pk=scheme.pk)
    scheme.campaign = campaign
    versions.check(scheme, version)
    if not scheme.is_draft:
        raise ValidationError(_("施行的办法不再改动；请复制为新的一版再改"))
    return scheme


def _save(scheme):
    """Save a scheme whose rows make sense together; refuse it otherwise, saying why."""
    versions.bump(scheme)
    scheme.full_clean()
    scheme.save()
    _check(scheme)


def _check(scheme):
    """Refuse a scheme that cannot be worked out, saying why."""
    rows = scheme.rows.select_related("indicator", "item").order_by("order", "pk")
    try:
        appraisal.rules_of(scheme, rows)
    except ValueError as error:
        raise ValidationError(str(error)) from error


@transaction.atomic
def adopt_rules(
    *, campaign: Campaign, rules: RuleSet, name: str, chosen: Mapping[str, object], by: User, document: str = ""
) -> Scheme:
    """Write a draft with the rows of a published rule set, each reading what the campaign has for it.

    chosen says by Asked.key what stands for a thing: an Indicator, a ScoreItem or the name of a new one, the name of
    an indicator (tag) or of a group (scope, "" for all); what is missing leaves the rows out that read it.
    """
    scheme = create_scheme(campaign=campaign, by=by, name=name, document=document, **scheme_facts(rules))
    stands = {
        key: create_item(name=value, kind=key.partition(":")[0], by=by)
        if isinstance(value, str) and key.partition(":")[0] in (COUNT, MARK)
        else value
        for key, value in chosen.items()
    }
    measures = dict(campaign.lines.values_list("indicator", "measure"))
    rows = adopted_rows(rules, stands.get, lambda kind, found: fields_of(kind, found, measures))
    if not any(row["kind"] == SchemeRow.Kind.ITEM for row in rows):
        raise ValidationError(_("没有一条计分项对得上本战役的指标或事项，请至少对上一条"))
    for row in rows:
        set_row(scheme=scheme, by=by, **row)
    codes = {row["code"] for row in rows}
    ties = [code for code in rules.data.get("tie_break", ()) if code in codes]
    return change_scheme(scheme=scheme, by=by, tie_break=ties) if ties else Scheme.objects.get(pk=scheme.pk)


def fields_of(kind, found, measures):
    """Return how a stored row names what it reads; measures are those of the campaign's indicators."""
    if kind == "more":
        return [appraisal.figure_key(found.pk), found.name]
    if kind != "need":
        return {"indicator": found} if kind == FIGURE else {"item": found}
    if isinstance(found, ScoreItem):
        return {"key": appraisal.item_key(found.pk), "label": found.name}
    return appraisal.figure_source(found, measures[found.pk])
