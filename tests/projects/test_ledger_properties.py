"""In whatever order things are done: ledger and sources agree, units add up to the district, closed months stay."""

from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns import actions as campaign_actions
from campaigns.models import Basis, Entry, Indicator, Period
from campaigns.standings import standings
from projects import actions, counting
from projects.models import Milestone, Project
from projects.reconciling import differences
from tests.campaigns.drives import undone
from tests.factories import make_unit
from tests.projects.factories import READY, add_rule, make_campaign, sign_off
from units.models import Unit, User

pytestmark = pytest.mark.django_db

FIRST = date(2026, 5, 1)
DAYS = st.integers(0, 119).map(lambda number: FIRST + timedelta(days=number))  # May to August
LAST = FIRST + timedelta(days=400)
MONTHS = [date(2026, month, 1) for month in (5, 6, 7, 8)]
KINDS = ("contract", "funding", "groundbreaking", "intent", "tax")
AMOUNTS = st.integers(1, 10**10).map(lambda millionths: Decimal(millionths) / 10**6)
PLACE = st.integers(0, 5)  # of a project or milestone; taken modulo how many there are
ORIGIN = st.sampled_from(["city", "country", "abroad"])

OPERATIONS = st.one_of(
    st.tuples(st.just("record"), PLACE, st.sampled_from(KINDS), DAYS, AMOUNTS, st.booleans()),
    st.tuples(st.just("record"), PLACE, st.sampled_from(KINDS), DAYS, AMOUNTS, st.booleans()),
    st.tuples(st.just("correct"), PLACE, DAYS, AMOUNTS, st.sampled_from(["", "abroad", "city"])),
    st.tuples(st.just("share"), PLACE, st.permutations([0, 1, 2, 3]), st.integers(0, 100), st.integers(0, 100), DAYS),
    st.tuples(st.just("change"), PLACE, st.sampled_from(["industry", "services"]), st.sampled_from(["", "市高新区"])),
    st.tuples(st.just("origin"), PLACE, ORIGIN),
    st.tuples(st.just("rate"), st.integers(5, 9), DAYS),
    st.tuples(st.just("recognise"), PLACE, st.sampled_from(["full", "reduced", "refused", "waiting"]), DAYS),
    st.tuples(st.just("withdraw"), PLACE),
    st.tuples(st.just("close"), st.sampled_from(MONTHS)),
    st.tuples(st.just("reopen"), st.sampled_from(MONTHS)),
)


class World:
    """A district with two projects, rules that read everything they may, and one method for each operation."""

    def __init__(self):
        self.by = User.objects.system()
        self.district = make_unit("示范区")
        self.units = [make_unit(name, Unit.Kind.TOWNSHIP, self.district) for name in ("甲镇", "乙镇", "丙镇")]
        self.campaign = make_campaign(self.district, self.units, start=FIRST, end=LAST)
        for name, fact, measure, conditions in (
            ("签约项目", "contract", "count", {"min_amount": {"USD": "100", "CNY": "1000"}}),
            ("签约金额", "contract", "amount", {"sectors": ["industry"], "lands": ["inside"]}),
            ("到位资金", "funding", "amount", {}),
            ("省外到资", "funding", "amount", {"origins": ["country", "abroad"]}),
            ("区外项目", "groundbreaking", "count", {"lands": ["outside"]}),
            ("意向", "intent", "count", {}),
            ("税收", "tax", "amount", {"sectors": ["services"]}),
        ):
            add_rule(name, "money" if measure == "amount" else "个", fact=f"milestone.{fact}", measure=measure,
                     **conditions)  # fmt: skip
        Indicator.objects.update(recounting=False)
        lines = [{"indicator": row, "measure": "万元" if row.dimension == "money" else "个"} for row in
                 Indicator.objects.all()]  # fmt: skip
        campaign_actions.set_lines(campaign=self.campaign, lines=lines, by=self.by)
        self.row = actions.create_rate(currency="USD", rate=Decimal("6.48"), from_on=date(2020, 1, 1), by=self.by)
        company = actions.create_company(name="蓝天公司", unit=self.units[0], by=self.by)
        for unit in self.units[:2]:
            project = actions.create_project(name=f"{unit}项目", company=company, unit=unit, by=self.by, **READY)
            sign_off(project)
            actions.record_milestone(project=project, kind="intent", on=FIRST, by=self.by)
        dollars = {"amount": Decimal(150), "currency": "USD"}
        actions.record_milestone(project=project, kind="contract", on=FIRST, by=self.by, **dollars)

    def project(self, place):
        """Return a project as it stands."""
        rows = list(Project.objects.order_by("pk"))
        return rows[place % len(rows)]

    def milestone(self, place):
        """Return a milestone as it stands."""
        rows = list(Milestone.objects.order_by("-pk"))
        return rows[place % len(rows)]

    def record(self, place, kind, on, amount, foreign):
        """Record a milestone, of dollars at the table's rate or of yuan."""
        facts = {"amount": amount, "currency": "USD" if foreign else "CNY"} if kind in KINDS[:2] + KINDS[4:] else {}
        actions.record_milestone(project=self.project(place), kind=kind, on=on, by=self.by, **facts)

    def correct(self, place, on, amount, source):
        """Correct a milestone: its day, its amount, where its money comes from."""
        milestone = self.milestone(place)
        facts = {"amount": amount, "source_origin": source} if milestone.amount is not None else {}
        actions.correct_milestone(milestone=milestone, on=on, reason="更正", by=self.by, **facts)

    def share(self, place, order, first, second, since):
        """Share a project between units and the district, from a day on."""
        units = [[*self.units, self.district][index] for index in order]
        second = min(second, 100 - first)
        parts = (first, second, 100 - first - second)
        roles = ("introducing", "landing", "leading")
        shares = [(unit, role, Decimal(part)) for unit, role, part in zip(units, roles, parts, strict=False)]
        actions.set_shares(project=self.project(place), shares=shares, from_on=since, document="纪要", by=self.by)

    def change(self, place, sector, outside):
        """Change what a project is and where it lands."""
        actions.change_project(project=self.project(place), sector=sector, outside=outside, by=self.by)

    def origin(self, place, origin):
        """Change where the company's capital comes from."""
        actions.change_company(company=self.project(place).company, origin=origin, by=self.by)

    def rate(self, rate, since):
        """Add a rate, and convert by it."""
        row = actions.create_rate(currency="USD", rate=Decimal(rate), from_on=since, by=self.by)
        actions.rates.convert_anew(row=row, since=since, by=self.by)

    def recognise(self, place, verdict, on):
        """Decide on a milestone."""
        milestone = self.milestone(place)
        amount = milestone.amount_cny / 2 if verdict == "reduced" and milestone.amount_cny else None
        amount = amount.quantize(Decimal("0.000001")) if amount else None
        actions.recognise_milestone(
            milestone=milestone, verdict=verdict, on=on, amount=amount, reason="核实", by=self.by
        )

    def withdraw(self, place):
        """Take a milestone back."""
        actions.withdraw_milestone(milestone=self.milestone(place), reason="误报", by=self.by)

    def close(self, month):
        """Close a month."""
        campaign_actions.close_month(month=month, reason="已通报", by=self.by)

    def reopen(self, month):
        """Open a month again."""
        campaign_actions.reopen_month(month=month, reason="更正", by=self.by)

    def sums(self):
        """Return what every closed month holds: {(month, indicator, unit, basis): (amount, signs)}."""
        closed = set(Period.objects.filter(closed=True).values_list("month", flat=True))
        rows = Entry.objects.values_list("on", "indicator", "unit", "basis", "amount", "sign")
        held = {}
        for on, *figure, amount, sign in rows:
            if (month := on.replace(day=1)) in closed:
                total, signs = held.get((month, *figure), (Decimal(0), 0))
                held[month, *figure] = (total + amount, signs + sign)
        return closed, held

    def check(self):
        """Fail unless ledger and sources agree, and the district is the sum of its units and itself."""
        assert [row.text for row in differences()] == []
        own = Entry.objects.filter(unit=self.district).values_list("indicator", "basis")
        own = {tuple(key): total for *key, total in own.annotate(total=Sum("amount"))}
        for basis in Basis.values:
            state = standings(self.campaign, LAST, basis=basis)
            for column in state.columns:
                units = sum((line.done for line in state.of_column(column.line_id)), Decimal(0))
                itself = own.get((column.indicator_id, basis), Decimal(0))
                assert state.totals[column.line_id].done == units + itself
                assert state.totals[column.line_id].done == truth(column.indicator_id, basis)


def truth(indicator_id, basis):
    """Return what an indicator holds by the facts alone, whoever shares them: each counted once."""
    rules, total = counting.Rules(), Decimal(0)
    for milestone in Milestone.objects.select_related("project__company", "event"):
        for on, day in counting.both_bases(milestone):
            said = counting.said_by_milestone(milestone, on)
            found = rules.counting(f"milestone.{milestone.kind}", day, said) if on == basis else ()
            total += sum((amount for rule, amount in found if rule.indicator_id == indicator_id), Decimal(0))
    return total


def run(operations):
    """Do what may be done, in order; after each step the months that stayed closed hold what they held."""
    world = World()
    for name, *arguments in operations:
        closed, held = world.sums()
        with suppress(ValidationError), transaction.atomic():
            getattr(world, name)(*arguments)
        still, holds = world.sums()
        unmoved = closed & still
        assert {key: value for key, value in holds.items() if key[0] in unmoved} == {
            key: value for key, value in held.items() if key[0] in unmoved
        }
    world.check()


@settings(max_examples=60)
@given(operations=st.lists(OPERATIONS, min_size=6, max_size=20))
def test_ledger_says_what_the_sources_say_after_any_sequence(operations):
    with undone():
        run(operations)
