"""Writing exchange rates, and converting by them; a changed one is committed first, then its milestones follow."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from campaigns import ledger
from campaigns.models import Period
from campaigns.numbers import plain, round_half_up
from projects import counting
from projects.models import Currency, ExchangeRate, Milestone, Project
from units import audit, versions
from units.access import require_role
from units.models import Role, User

BATCH = 2000  # projects in one transaction
LIMIT = Decimal(1000)  # no currency is worth as many yuan: that is a slip of the pen


def create_rate(*, by: User, **facts) -> ExchangeRate:
    """Add a rate and convert anew what it now holds for."""
    with transaction.atomic():
        require_role(by, Role.EDITOR)
        row = ExchangeRate(**facts)
        _lock(row.currency)
        _check(row)
        row.save()
        audit.record(by, "rate.created", row, before={})
    transaction.on_commit(lambda: convert_anew(row=row, since=row.from_on, by=by))
    return row


def change_rate(*, row: ExchangeRate, by: User, version: int | None = None, **facts) -> ExchangeRate:
    """Change a rate and convert anew what it held for and now holds for; its currency stays."""
    with transaction.atomic():
        require_role(by, Role.EDITOR)
        _lock(row.currency)
        row = ExchangeRate.objects.get(pk=row.pk)
        versions.check(row, version)
        before, since, currency = audit.snapshot(row), row.from_on, row.currency
        for name, value in facts.items():
            setattr(row, name, value)
        row.currency = currency
        versions.bump(row)
        _check(row)
        row.save()
        audit.record(by, "rate.changed", row, before=before)
    transaction.on_commit(lambda: convert_anew(row=row, since=min(since, row.from_on), by=by))
    return row


def _lock(currency):
    """Lock the rates of a currency; waits for whoever is about to save a milestone at one of them."""
    list(ExchangeRate.objects.select_for_update().filter(currency=currency).order_by("pk").values_list("pk"))


def _check(row):
    if row.rate is not None and row.rate >= LIMIT:
        raise ValidationError({"rate": _("汇率过大。请填 1 外币折合人民币多少元")})
    row.full_clean()


def convert_anew(*, row: ExchangeRate, since: date, by: User) -> int:
    """Convert anew what took its rate from the table and happened from a day on; return how many milestones moved.

    What happened in a closed month keeps its rate and its amount; a recognised amount is a verdict and stays.
    """
    moved = last = 0
    while True:
        with transaction.atomic():
            concerned = _concerned(row.currency, since).filter(project_id__gt=last).order_by("project_id")
            ids = list(concerned.values_list("project_id", flat=True).distinct()[:BATCH])
            if not ids:
                return moved
            moved += _convert_batch(row, since, ids, by)
        last = ids[-1]


def _concerned(currency, since):
    return Milestone.objects.live().done().filter(currency=currency, rate_row__isnull=False, on__gte=since)


def _convert_batch(row, since, project_ids, by):
    projects = Project.objects.select_for_update().filter(pk__in=project_ids).order_by("pk").in_bulk()
    milestones = _concerned(row.currency, since).filter(project__in=projects).order_by("pk")
    closed = set(Period.objects.filter(closed=True).values_list("month", flat=True))
    table, moved, kept = {}, [], 0
    for milestone in milestones.select_for_update(of=("self",)):
        if milestone.on not in table:
            table[milestone.on] = ExchangeRate.objects.in_force(row.currency, milestone.on)
        now = table[milestone.on]
        if now is None or (now.pk == milestone.rate_row_id and now.rate == milestone.rate):
            continue
        if milestone.on.replace(day=1) in closed:
            kept += 1
            continue
        milestone.project = projects[milestone.project_id]
        _convert(milestone, now, by)
        moved.append(milestone)
    if not moved and not kept:
        return 0
    Milestone.objects.bulk_update(moved, ["rate", "rate_row", "amount_cny", "version"])
    ids = {milestone.pk for milestone in moved}
    ids |= counting.dependents(Milestone.objects.filter(pk__in=ids))
    ledger.post_many("projects.milestone", counting.milestone_entries(Milestone.objects.filter(pk__in=ids)))
    changes = {str(_("重新折算的节点")): ["", str(_("%(n)s 个") % {"n": len(moved)})]}
    if kept:
        changes[str(_("月份已封账而不变的节点"))] = ["", str(_("%(n)s 个") % {"n": kept})]
    audit.record(by, "rate.converted", row, changes=changes)
    return len(moved)


def _convert(milestone, row, by):
    """Put a locked milestone on a rate of the table, with a row of its own in the trail; saves nothing."""
    before = (milestone.rate, milestone.amount_cny)
    milestone.rate, milestone.rate_row = row.rate, row
    milestone.amount_cny = converted(milestone)
    versions.bump(milestone)
    names = [Milestone._meta.get_field(name).verbose_name for name in ("rate", "amount_cny")]
    values = zip(before, (milestone.rate, milestone.amount_cny), strict=True)
    changes = {str(name): [plain(old), plain(new)] for name, (old, new) in zip(names, values, strict=True)}
    audit.record(by, "milestone.converted", milestone, changes=changes, reason=str(row.in_words))


def converted(milestone):
    """Return an amount in its own currency in yuan, at the rate kept beside it."""
    return round_half_up(Fraction(milestone.amount) * Fraction(milestone.rate), 6)


def settle_amount(milestone, held=None, find=None):
    """Work out the amount in yuan: at the rate that was typed, else at the table's rate of the milestone's day.

    held is (currency, day, row, rate) of a milestone that is corrected: in a closed month what it took from the
    table stays. find(currency, day) looks the table up, for whoever has read it already. Saves nothing.
    """
    if milestone.amount is None or milestone.currency == Currency.CNY:
        milestone.amount_cny, milestone.rate, milestone.rate_row = milestone.amount, None, None
        return
    if milestone.rate is None or milestone.rate_row_id:
        _take_from_table(milestone, held, find or rate_on)
    elif not 0 < milestone.rate < LIMIT:
        raise ValidationError({"rate": _("折算汇率须大于 0、小于 1000：1 外币折合人民币多少元")})
    milestone.amount_cny = converted(milestone)


def _take_from_table(milestone, held, find):
    day = milestone.on or milestone.due_on
    if day is None:
        raise ValidationError({"on": _("请先填日期，才能按汇率表折算")})
    if held and held[2] and held[:2] == (milestone.currency, milestone.on) and _is_closed(day):
        milestone.rate_row, milestone.rate = held[2:]
        return
    row = find(milestone.currency, day)
    if row is None:
        told = {"currency": milestone.get_currency_display(), "day": day.isoformat()}
        text = _("汇率表里没有 %(day)s 的%(currency)s汇率。请在这里填折算汇率，或请编报员先在「设置→汇率」中登记")
        raise ValidationError({"rate": text % told})
    milestone.rate_row, milestone.rate = row, row.rate


def _is_closed(day):
    return Period.objects.filter(month=day.replace(day=1), closed=True).exists()


def rate_on(currency, day):
    """Return the table's rate of a currency on a day, which nobody changes until we are done; None without one."""
    row = ExchangeRate.objects.in_force(currency, day)
    if row is None:
        return None
    _hold([row.pk])
    return ExchangeRate.objects.in_force(currency, day)


def held_rates():
    """Return the whole table, the latest first, which nobody changes until we are done."""
    _hold(list(ExchangeRate.objects.order_by("pk").values_list("pk", flat=True)))
    return list(ExchangeRate.objects.order_by("-from_on", "-pk"))


def _hold(ids):
    """Keep the currencies of some rates as they are until we are done: whoever changes a rate locks all of its own.

    Others may hold a row too, which select_for_update() cannot say; SQLite has one writer at a time anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM projects_exchangerate WHERE id = ANY(%s) ORDER BY id FOR SHARE", [ids])
