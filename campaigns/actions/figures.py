"""Entering tallies, correcting them, taking them back, recognising them."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Min, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns import ledger, tallies
from campaigns.models import Basis, Campaign, Indicator, Period, Recognition, Tally
from campaigns.numbers import plain
from units import audit, versions
from units.access import require
from units.models import Role, Unit, User


@transaction.atomic
def record_tally(
    *,
    campaign: Campaign,
    indicator: Indicator,
    unit: Unit,
    on: date,
    amount: Decimal,
    by: User,
    is_reading: bool = False,
    note: str = "",
    today: date | None = None,
) -> Tally:
    """Enter a figure of a unit, in the indicator's base measure, and post what it adds.

    Refuses days outside the campaign, in a closed month or after today, a second feed of one day, and readings
    for two campaigns at a time.
    """
    require(by, Role.CLERK, unit)
    _lock([unit.pk])
    tally = draft_tally(
        campaign=campaign, indicator=indicator, unit=unit, on=on, amount=amount, is_reading=is_reading,
        note=note, by=by, today=today,
    )  # fmt: skip
    tally.save()
    _post({(indicator.pk, unit.pk)})
    audit.record(by, "tally.created", tally, before={})
    return tally


def draft_tally(
    *,
    campaign: Campaign,
    indicator: Indicator,
    unit: Unit,
    on: date,
    amount: Decimal,
    by: User,
    is_reading: bool = False,
    note: str = "",
    today: date | None = None,
) -> Tally:
    """Return the tally that record_tally would save, checked and unsaved, so that a page can show what it adds."""
    if not campaign.lines.filter(indicator=indicator).exists():
        raise ValidationError(_("「%(indicator)s」不是该战役的考核指标") % {"indicator": indicator})
    _check_seat(campaign, unit)
    tally = Tally(
        campaign=campaign, indicator=indicator, unit=unit, on=on, amount=amount, is_reading=is_reading,
        note=note, recorded_by=by,
    )  # fmt: skip
    _check(tally, today)
    tally.full_clean()
    return tally


@transaction.atomic
def correct_tally(
    *,
    tally: Tally,
    amount: Decimal,
    on: date,
    reason: str,
    by: User,
    is_reading: bool | None = None,
    note: str | None = None,
    version: int | None = None,
    today: date | None = None,
) -> Tally:
    """Correct a figure that was not recognised yet; later readings keep their day's figure."""
    tally = _locked_tally(tally)
    require(by, Role.CLERK, tally.unit)
    versions.check(tally, version)
    refuse_settled(tally)
    before = audit.snapshot(tally)
    tally.amount, tally.on, tally.recorded_by = amount, on, by
    if tally.recognition == Recognition.REFUSED:  # a corrected figure waits again
        tally.recognition, tally.recognised_by, tally.recognition_reason = Recognition.WAITING, None, ""
    if is_reading is not None:
        tally.is_reading = is_reading
    if note is not None:
        tally.note = note
    if not reason.strip():
        raise ValidationError({"reason": _("请写明更正理由")})
    _check(tally, today)
    versions.bump(tally)
    tally.full_clean()
    tally.save()
    _post({(tally.indicator_id, tally.unit_id)})
    audit.record(by, "tally.changed", tally, before=before, reason=reason)
    return tally


@transaction.atomic
def withdraw_tally(*, tally: Tally, reason: str, by: User, version: int | None = None) -> Tally:
    """Take a figure back; its entries are reversed, the row stays."""
    tally = _locked_tally(tally)
    require(by, Role.CLERK, tally.unit)
    before = audit.snapshot(tally)
    settle_withdrawal(tally, reason=reason, version=version)
    tally.save()
    _post({(tally.indicator_id, tally.unit_id)})
    audit.record(by, "tally.withdrawn", tally, before=before, reason=reason)
    return tally


@transaction.atomic
def recognise_tally(
    *,
    tally: Tally,
    verdict: str,
    on: date | None,
    by: User,
    amount: Decimal | None = None,
    number: str = "",
    reason: str = "",
    version: int | None = None,
) -> Tally:
    """Recognise a tally in full, for less, or not at all; or send it back to waiting."""
    tally = _locked_tally(tally)
    require(by, Role.VERIFIER, tally.unit)
    versions.check(tally, version)
    if tally.amount is None:
        raise ValidationError(_("这是直接导入的认定数，没有上报数可以认定；要改动请重新导入通报表"))
    before = audit.snapshot(tally)
    settle_recognition(
        tally,
        verdict=verdict,
        reported=tally.amount,
        amount=amount,
        on=on,
        number=number,
        reason=reason,
        by=by,
    )
    tally.save()
    _post({(tally.indicator_id, tally.unit_id)})
    audit.record(by, "tally.recognised", tally, before=before, reason=reason)
    return tally


def settle_recognition(fact, *, verdict, reported, amount, on, number, reason, by, fact_on=None):
    """Write a verdict into a locked fact, without saving it.

    Four eyes: who entered a figure never recognises it; that binds people, not the system user. Less than
    reported, nothing at all, and taking a verdict back need a reason.
    """
    if fact.is_withdrawn:
        raise ValidationError(_("该记录已撤回，不能认定"))
    if not by.is_system and fact.recorded_by_id == by.pk:
        raise ValidationError(_("本人填报的数不能由本人认定，请由另一位认定员处理"))
    if verdict in {Recognition.REDUCED, Recognition.REFUSED, Recognition.WAITING} and not reason.strip():
        raise ValidationError({"reason": _("核减、不予认定或撤销认定须写明理由")})
    fact.recognised_amount = fact.recognised_on = fact.recognised_by = None
    fact.recognised_number, fact.recognition_reason = "", reason.strip()
    fact.recognition = verdict
    if verdict in {Recognition.FULL, Recognition.REDUCED}:
        if on is None:
            raise ValidationError({"on": _("请填写认定日期")})
        happened = fact_on or fact.on
        if on < happened:
            raise ValidationError({"on": _("认定日期不能早于发生日期 %(day)s") % {"day": happened.isoformat()}})
        if verdict == Recognition.REDUCED:
            if reported is None:
                raise ValidationError(_("该记录没有数额，只能全额认定或不予认定"))
            if amount is None:
                raise ValidationError({"amount": _("请填写核减后的认定数")})
            if not 0 <= amount < reported:
                raise ValidationError({"amount": _("核减后的认定数须小于上报数 %(n)s") % {"n": plain(reported)}})
        fact.recognised_amount = amount if verdict == Recognition.REDUCED else reported
        fact.recognised_on, fact.recognised_number = on, number.strip()
    if verdict != Recognition.WAITING:
        fact.recognised_by = by
    versions.bump(fact)


def settle_withdrawal(fact, *, reason, version):
    """Write a withdrawal into a locked fact, without saving it; needs a reason, and what was recognised stays."""
    versions.check(fact, version)
    refuse_settled(fact)
    if not reason.strip():
        raise ValidationError({"reason": _("请写明撤回理由")})
    fact.withdrawn_at = timezone.now()
    versions.bump(fact)


def refuse_settled(fact):
    """Refuse to change what was withdrawn or recognised already."""
    if fact.is_withdrawn:
        raise ValidationError(_("该记录已撤回，不能再改"))
    if fact.is_recognised:
        raise ValidationError(_("该记录已认定。要更正或撤回，请认定员先撤销认定"))


@transaction.atomic
def write_readings(
    *,
    campaign: Campaign,
    on: date,
    readings: Mapping[tuple[int, int], Mapping[str, Decimal]],
    by: User,
    note: str = "",
) -> int:
    """Write published figures of a day as readings: {(indicator id, unit id): {basis: figure}}.

    A figure on the recognised basis is recognised as of the day. Only what differs is written; what is not named
    stays. Returns how many tallies were added or changed. Commands call this as the system user.
    """
    require(by, Role.EDITOR, campaign.organiser)
    _lock({pair[1] for pair in readings})
    _check_overlap(campaign, readings)
    held = {
        (tally.indicator_id, tally.unit_id): tally
        for tally in Tally.objects.live().filter(
            campaign=campaign,
            on=on,
            is_reading=True,
            indicator__in={pair[0] for pair in readings},
            unit__in={pair[1] for pair in readings},
        )
    }
    units = Unit.objects.in_bulk({pair[1] for pair in readings})
    indicators = Indicator.objects.in_bulk({pair[0] for pair in readings})
    made, changed, changes = [], [], {}
    for (indicator_id, unit_id), figures in readings.items():
        tally = held.get((indicator_id, unit_id)) or Tally(
            campaign=campaign, indicator_id=indicator_id, unit_id=unit_id, on=on, is_reading=True,
            note=note, recorded_by=by,
        )  # fmt: skip
        before = (tally.amount, tally.recognised_amount, tally.recognised_on)
        if Basis.REPORTED in figures:
            tally.amount = figures[Basis.REPORTED]
        if Basis.RECOGNISED in figures:
            tally.recognised_amount, tally.recognised_on, tally.recognised_by = figures[Basis.RECOGNISED], on, by
        if (tally.amount, tally.recognised_amount, tally.recognised_on) == before:
            continue
        if tally.recognised_on is not None:
            reduced = tally.amount is not None and tally.recognised_amount < tally.amount
            tally.recognition = Recognition.REDUCED if reduced else Recognition.FULL
        label = f"{on} {units[unit_id]} · {indicators[indicator_id]}（{indicators[indicator_id].measure_word}）"
        changes[label] = [_told(*before[:2]), _told(tally.amount, tally.recognised_amount)]
        if tally.pk:
            versions.bump(tally)
            changed.append(tally)
        else:
            made.append(tally)
    Tally.objects.bulk_create(made)
    fields = ["amount", "recognised_amount", "recognised_on", "recognition", "recognised_by", "version"]
    Tally.objects.bulk_update(changed, fields)
    _post({(tally.indicator_id, tally.unit_id) for tally in (*made, *changed)})
    if changes:
        audit.record(by, "campaign.readings_written", campaign, changes=changes, reason=note)
    return len(made) + len(changed)


def _told(reported, recognised):
    pairs = ((Basis.REPORTED, reported), (Basis.RECOGNISED, recognised))
    return " ".join(f"{basis.label} {plain(amount)}" for basis, amount in pairs if amount is not None)


def follow_dates(campaign):
    """Hold a campaign's figures against its new dates, and derive its readings anew from its new start."""
    rows = Tally.objects.live().filter(campaign=campaign)
    days = rows.order_by().aggregate(first=Min("on"), last=Max("on"))
    if days["first"] and days["first"] < campaign.starts_on:
        raise ValidationError({"starts_on": _("已有 %(day)s 的填报，开始日期不能晚于它") % {"day": days["first"]}})
    if days["last"] and days["last"] > campaign.ends_on:
        raise ValidationError({"ends_on": _("已有 %(day)s 的填报，结束日期不能早于它") % {"day": days["last"]}})
    pairs = set(rows.filter(is_reading=True).values_list("indicator_id", "unit_id"))
    if pairs:
        _lock({pair[1] for pair in pairs})
        _check_overlap(campaign, pairs)
        _post(pairs)


def _lock(unit_ids):
    """Lock the units whose series are about to be derived, in one order for everybody."""
    list(Unit.objects.select_for_update(no_key=True).filter(pk__in=unit_ids).order_by("pk").values_list("pk"))


def _locked_tally(tally):
    _lock([tally.unit_id])
    return (
        Tally.objects.select_for_update(of=("self",))
        .select_related("unit", "indicator", "campaign", "recorded_by", "recognised_by")
        .get(pk=tally.pk)
    )


def _post(pairs):
    """Derive the whole series of each (indicator, unit) anew and post what differs."""
    if not pairs:
        return
    rows = Tally.objects.filter(indicator__in={pair[0] for pair in pairs}, unit__in={pair[1] for pair in pairs})
    ledger.post_many(tallies.KIND, tallies.derive_all(rows))


def _check_seat(campaign, unit):
    seated = Q(unit__in=unit.lineage) | Q(further__unit__in=unit.lineage)
    if unit.pk != campaign.organiser_id and not campaign.roster.filter(seated).exists():
        raise ValidationError(_("%(unit)s 不在该战役的参战名单中") % {"unit": unit})


def _check(tally, today):
    campaign, indicator = tally.campaign, tally.indicator
    if indicator.fed_by != Indicator.Feed.TALLY or indicator.kind == Indicator.Kind.RATIO:
        raise ValidationError(
            _("「%(indicator)s」由台账事实计数，不能直接填数；请登记走访、签约等事实") % {"indicator": indicator}
        )
    if not campaign.starts_on <= tally.on <= campaign.ends_on:
        raise ValidationError(
            {
                "on": _("日期须在战役期间 %(first)s 至 %(last)s 之内")
                % {"first": campaign.starts_on.isoformat(), "last": campaign.ends_on.isoformat()}
            }
        )
    if today is not None and tally.on > today:
        raise ValidationError({"on": _("日期不能晚于今天 %(day)s") % {"day": today.isoformat()}})
    if not tally.recorded_by.is_system and Period.objects.filter(month=tally.on.replace(day=1), closed=True).exists():
        raise ValidationError(
            {"on": _("%(month)s 已封账，请填开放账期内的日期") % {"month": tally.on.strftime("%Y年%m月")}}
        )
    series = Tally.objects.live().filter(indicator=indicator, unit=tally.unit).exclude(pk=tally.pk)
    if tally.is_reading:
        _check_overlap(campaign, [(indicator.pk, tally.unit_id)])
        if series.filter(campaign=campaign, on=tally.on, is_reading=True).exists():
            raise ValidationError({"on": _("这一天已有累计数，请更正原来的记录")})
    elif indicator.kind == Indicator.Kind.LEVEL:
        raise ValidationError({"is_reading": _("水平值只能填当日数值，不能填新增")})
    else:
        if tally.amount < 0:
            raise ValidationError({"amount": _("本次新增不能为负；要改小，请更正原来的记录")})
        reading = series.filter(on=tally.on, is_reading=True).first()
        if reading is not None and tally.amount:
            raise ValidationError(
                {
                    "amount": _("这一天已报累计数 %(n)s，新增已包含在内；请更正该累计数，或改填其他日期")
                    % {"n": plain(reading.amount if reading.amount is not None else reading.recognised_amount)}
                }
            )


def _check_overlap(campaign, pairs):
    """Refuse readings of one unit and indicator for two campaigns whose windows overlap, naming the first."""
    other = (
        Tally.objects.live()
        .filter(
            is_reading=True,
            indicator__in={pair[0] for pair in pairs},
            unit__in={pair[1] for pair in pairs},
            campaign__starts_on__lte=campaign.ends_on,
            campaign__ends_on__gte=campaign.starts_on,
        )
        .exclude(campaign=campaign)
        .select_related("campaign", "unit", "indicator")
    )
    for tally in other:
        if (tally.indicator_id, tally.unit_id) in set(pairs):
            raise ValidationError(
                _("%(unit)s 的「%(indicator)s」已在「%(campaign)s」中填累计数，两个战役时间重叠，不能再填累计数")
                % {"unit": tally.unit, "indicator": tally.indicator, "campaign": tally.campaign}
            )
