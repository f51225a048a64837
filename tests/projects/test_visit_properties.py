"""Whatever is recorded, corrected, withdrawn and recognised: figures counted from visits equal the visits."""

from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.models import Basis, Entry, Indicator
from projects import actions
from projects.models import Visit
from projects.reconciling import differences
from tests.campaigns.drives import undone
from tests.factories import make_unit
from tests.projects.factories import add_rule
from units.models import Unit, User

pytestmark = pytest.mark.django_db

FIRST = date(2026, 5, 1)
DAYS = st.integers(0, 89).map(lambda number: FIRST + timedelta(days=number))
PLACE = st.integers(0, 5)  # of a visit, unit or company; taken modulo how many there are
DIRECTION = st.sampled_from(Visit.Direction.values)
HEADS = st.integers(1, 40).map(Decimal)
OPERATIONS = st.one_of(
    st.tuples(st.just("record"), PLACE, PLACE, DIRECTION, DAYS, HEADS, st.booleans()),
    st.tuples(st.just("record"), PLACE, PLACE, DIRECTION, DAYS, HEADS, st.booleans()),
    st.tuples(st.just("correct"), PLACE, PLACE, DIRECTION, DAYS, HEADS, st.booleans()),
    st.tuples(st.just("recognise"), PLACE, st.sampled_from(["full", "reduced", "refused", "waiting"]), DAYS),
    st.tuples(st.just("withdraw"), PLACE),
)


def heads_of(visit, basis):
    """Return the heads of a visit on a basis: the verifier may have recognised fewer."""
    return visit.recognised_amount if basis == Basis.RECOGNISED else visit.heads


def one(visit, basis):
    """Return what a visit is worth as a meeting."""
    return Decimal(1)


def one_if_led(visit, basis):
    """Return what a visit is worth that a top leader has to lead."""
    return Decimal(visit.led_by_top)


RULES = {  # indicator → (direction, what a rule is given, what a visit that it counts is worth)
    "走访企业": ("outbound", {"measure": "count"}, one),
    "走访人次": ("outbound", {"measure": "persons"}, heads_of),
    "主要领导走访": (
        "outbound",
        {"measure": "count", "led_by_top": True},
        one_if_led,
    ),
    "邀请企业": ("inbound", {"measure": "count"}, one),
    "来访人次": ("inbound", {"measure": "persons"}, heads_of),
}


class World:
    """Two units, three companies, a rule for everything that a visit may count toward."""

    def __init__(self):
        self.by = User.objects.system()
        district = make_unit("示范区")
        self.units = [make_unit(name, Unit.Kind.TOWNSHIP, district) for name in ("甲镇", "乙镇")]
        self.companies = [
            actions.create_company(name=name, unit=self.units[0], by=self.by)
            for name in ("子公司", "丑公司", "寅公司")
        ]
        for name, (direction, facts, _worth) in RULES.items():
            add_rule(name, "人次" if facts["measure"] == "persons" else "家", fact=f"visit.{direction}", **facts)
        Indicator.objects.update(recounting=False)

    def visit(self, place):
        """Return one of the visits recorded so far."""
        rows = list(Visit.objects.order_by("pk"))
        if not rows:
            raise ValidationError("nothing was recorded")
        return rows[place % len(rows)]

    def record(self, unit, company, direction, on, heads, led):
        """Record a visit."""
        actions.record_visit(
            unit=self.units[unit % 2], company=self.companies[company % 3], direction=direction, on=on, heads=heads,
            led_by_top=led, by=self.by,
        )  # fmt: skip

    def correct(self, place, company, direction, on, heads, led):
        """Correct one."""
        actions.correct_visit(
            visit=self.visit(place), company=self.companies[company % 3], direction=direction, on=on, heads=heads,
            led_by_top=led, reason="核对", by=self.by,
        )  # fmt: skip

    def recognise(self, place, verdict, on):
        """Recognise one in full, in part or not at all."""
        visit = self.visit(place)
        amount = {"full": visit.heads, "reduced": visit.heads - 1}.get(verdict)
        reason = "" if verdict == "full" else "依据不足"
        actions.recognise_visit(visit=visit, verdict=verdict, on=on, amount=amount, reason=reason, by=self.by)

    def withdraw(self, place):
        """Take one back."""
        actions.withdraw_visit(visit=self.visit(place), reason="重复", by=self.by)


def figures():
    """Return {(indicator, unit, basis): sum} of the ledger, without zeros."""
    rows = Entry.objects.values_list("indicator__name", "unit_id", "basis").annotate(total=Sum("amount"))
    return {tuple(key): total for *key, total in rows.order_by() if total}


def truth():
    """Return the same sums from the visits themselves, reckoned without the counting of the product."""
    sums = {}
    for visit in Visit.objects.filter(withdrawn_at__isnull=True):
        for basis in Basis.values:
            if basis == Basis.RECOGNISED and not visit.is_recognised:
                continue
            for name, (direction, _facts, worth) in RULES.items():
                if visit.direction == direction and (value := worth(visit, basis)):
                    key = (name, visit.unit_id, basis)
                    sums[key] = sums.get(key, Decimal(0)) + value
    return sums


@settings(max_examples=40)
@given(operations=st.lists(OPERATIONS, min_size=4, max_size=15))
def test_figures_counted_from_visits_equal_the_ledger_after_any_sequence(operations):
    with undone():
        world = World()
        for name, *arguments in operations:
            with suppress(ValidationError), transaction.atomic():
                getattr(world, name)(*arguments)
        assert figures() == truth()
        assert [row.text for row in differences()] == []
