"""Facets of an issue: the same figures as the standings, each with its rows, at a cost that does not grow."""

from dataclasses import fields, is_dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns import actions
from projects.rows import Drill
from reports.figures import Number, Previous, Window, campaign_figures
from reports.figures.catalogue import catalogue
from reports.figures.facets import FACETS
from tests.campaigns.drives import day, make_drive
from tests.campaigns.test_rulebook import rule_of
from tests.reports.factories import sign
from tests.reports.periodic_drives import SEPTEMBER, campaign_of, make_periodic_drive, order, write_lists
from units.models import User

pytestmark = pytest.mark.django_db
FIRST = day(9, 1)


@pytest.fixture
def drive():
    """Return the drive of two months."""
    return make_periodic_drive()


def figures_of(drive, names=FACETS, as_of=SEPTEMBER, **window):
    window = {"first": FIRST, "last": as_of, "rhythm": "monthly"} | window
    return campaign_figures(campaign_of(drive), as_of, window=Window(**window), facets=names)


def facet(drive, name, **more):
    return figures_of(drive, [name], **more).facet(name)


# --- the period ---------------------------------------------------------------------------------


def test_month_is_the_difference_of_two_standings(drive):
    now, eve = drive.standings(SEPTEMBER), drive.standings(FIRST - timedelta(days=1))
    rows = facet(drive, "month").rows
    for row, line in zip(rows, now.totals.values(), strict=True):
        assert row.whole.value == line.done - (eve.totals[line.column.line_id].done or 0)
        units = now.of_column(line.column.line_id)
        for gain, unit in zip(row.units, units, strict=True):
            before = eve.lines[unit.unit_id, line.column.line_id].done
            assert gain.value == (None if unit.done is None else unit.done - (before or 0)), (row.name, unit.unit)


def test_month_stands_beside_the_same_days_of_the_month_before(drive):
    month = facet(drive, "month")
    assert (month.word, month.before_word, month.first, month.last) == ("本月", "上月同期", FIRST, SEPTEMBER)
    assert [(row.name, row.whole.gained.text, row.before.text, row.more) for row in month.rows] == [
        ("招商信息", "13条", "12条", "1条"),
        ("新签项目", "1个", "1个", ""),
        ("签约合同资金", "1.2亿元", "8000万元", "4000万元"),
    ]
    assert [[unit.unit for unit in row.top] for row in month.rows] == [["甲镇"], ["东园"], ["东园"]]
    assert month.idle == ("丙镇",)


def test_month_has_nothing_before_the_campaign(drive):
    month = facet(drive, "month", as_of=day(8, 20), first=day(8, 1))
    assert [row.before_value for row in month.rows] == [None, Decimal(0), Decimal(0)]  # leads: nothing was reported
    july = day(7, 31)
    drive.read("招商信息", day(7, 5), 甲镇=1)
    month = facet(drive, "month", as_of=july, first=day(7, 1))
    assert (month.before_word, [row.before for row in month.rows]) == ("", [None, None, None])


def test_number_of_a_month_opens_to_the_rows_that_were_added(drive, client):
    state, (leads, *_rest) = drive.standings(SEPTEMBER), facet(drive, "month").rows
    number = leads.whole.gained
    line = drive.lines["招商信息"]
    page = f"/campaigns/{drive.campaign.pk}/rows/?line={line}&unit=&basis=reported&as_of=2026-09-20&since=2026-09-01"
    assert number == Number("13条", page, "招商信息", "上报", "2026-09-01", "2026-09-20")
    drill = Drill(state, state.columns[0], None, drive.editor, since=FIRST)
    assert (drill.total, sum(row.amount for row in drill.rows())) == (Decimal(13), Decimal(13))
    client.force_login(drive.editor)
    text = client.get(number.href).content.decode()
    assert "本期新增" in text
    assert "13 条" in text


# --- places -------------------------------------------------------------------------------------


def test_moves_compare_with_the_places_that_were_frozen(drive):
    before = figures_of(drive, [], as_of=day(8, 31)).places
    assert [(place.unit, place.rank) for place in before] == [("甲镇", 1), ("乙镇", 2), ("丙镇", 3), ("东园", 1)]
    swapped = tuple(
        type(place)(**{**vars(place), "rank": {"甲镇": 2, "乙镇": 1}.get(place.unit, place.rank)})
        for place in before
        if place.unit != "丙镇"
    )
    previous = Previous("八月通报", "第1期", day(8, 31), swapped)
    moves = facet(drive, "moves", previous=previous)
    assert (moves.title, moves.number, moves.as_of) == ("八月通报", "第1期", day(8, 31))
    assert [[(row.place.unit, row.before, row.change) for row in group.rows] for group in moves.groups] == [
        [("甲镇", 2, 1), ("乙镇", 1, -1), ("丙镇", None, None)], [("东园", 1, 0)],
    ]  # fmt: skip
    assert dict(moves.numbers())["乙镇·位次升降"].text == "下降1位"


def test_a_unit_that_changed_its_group_is_not_compared(drive):
    before = figures_of(drive, [], as_of=day(8, 31)).places
    elsewhere = tuple(type(place)(**{**vars(place), "group": "别组"}) for place in before)
    moves = facet(drive, "moves", previous=Previous("八月通报", "", day(8, 31), elsewhere))
    assert {row.before for group in moves.groups for row in group.rows} == {None}


def test_moves_without_an_issue_before(drive):
    moves = facet(drive, "moves")
    assert (moves.title, moves.as_of) == ("", None)
    assert {row.change for group in moves.groups for row in group.rows} == {None}


# --- pace and zero ------------------------------------------------------------------------------


def test_pace_sorts_units_by_the_time_progress(drive):
    pace = facet(drive, "pace")
    towns, park = pace.groups
    leads, contracts = towns.rows
    assert [(unit.unit, unit.lead) for unit in leads.keeping] == [("甲镇", Fraction(21, 20) - Fraction(82, 92))]
    assert [(unit.unit, unit.text) for unit in leads.behind] == [
        ("丙镇", "欠序时进度89.1个百分点"), ("乙镇", "欠序时进度69.1个百分点"),
    ]  # fmt: skip
    assert [unit.unit for unit in contracts.keeping] == ["甲镇"]
    assert (towns.all_keeping, towns.all_behind) == (("甲镇",), ("乙镇", "丙镇"))
    assert [row.name for row in park.rows] == ["新签项目"]
    assert [(need.name, need.gap.text, need.a_week, need.is_behind) for need in pace.needs] == [
        ("招商信息", "35条", "每周需24.5条", True), ("新签项目", "2个", "每周需1.4个", True),
    ]  # fmt: skip
    assert dict(pace.numbers())["剩余天数"].text == "10天"


def test_units_of_the_pace_are_all_who_owe(drive):
    state = drive.standings(SEPTEMBER)
    for name, line_id in drive.lines.items():
        owing = [line for line in state.of_column(line_id) if line.target]
        rows = [row for group in facet(drive, "pace").groups for row in group.rows if row.name == name]
        assert sum(row.owing for row in rows) == len(owing)


def test_zero_keeps_zero_and_silence_apart(drive):
    drive.owe("招商信息", 东园=5)
    zero = facet(drive, "zero")
    assert [(row.name, row.owing, row.zero, row.silent) for row in zero.rows] == [
        ("招商信息", 4, ("丙镇",), ("东园",)), ("新签项目", 4, ("乙镇", "丙镇"), ()),
    ]  # fmt: skip
    assert (zero.nothing, zero.owing) == (("丙镇",), 4)


# --- years, forecast, breakdown -------------------------------------------------------------------


def test_years_are_those_of_the_ledger(drive):
    last = make_drive("去年会战", groups={"乡镇": ["甲镇", "乙镇"]}, starts=day(7, 1, 2025), ends=day(9, 30, 2025))
    last.add("招商信息", "甲镇", day(8, 5, 2025), 20)
    last.add("招商信息", "乙镇", day(9, 25, 2025), 9)  # after the same day
    years = facet(drive, "year_on_year")
    leads = years.rows[0]
    assert (leads.now.text, leads.before.text, leads.change, leads.growth) == ("25条", "20条", 5, Fraction(1, 4))
    assert (leads.before.first, leads.before.last) == ("2025-07-01", "2025-09-20")
    assert [row.name for row in years.known] == ["招商信息"]
    numbers = dict(years.numbers())
    assert numbers["招商信息·同比增减"].text == "增5条"
    assert numbers["甲镇·招商信息·同比增幅"].text == "增5%"


def test_forecast_is_said_or_reckoned(drive):
    line = drive.campaign.lines.select_related("campaign").get(pk=drive.lines["招商信息"])
    facts = {"line": line, "unit": drive.organiser, "amount": Decimal(55), "on": day(9, 15), "said_by": "区招商局"}
    actions.say_forecast(by=drive.editor, **facts)
    leads, contracts, money = facet(drive, "forecast").rows
    assert (leads.amount.text, leads.share, leads.by, leads.on) == (
        "55条",
        Fraction(55, 60),
        "区招商局",
        "2026-09-15",
    )
    assert (contracts.amount.text, contracts.share) == ("2个", Fraction(92, 164))
    assert (money.amount.text, money.share, money.percent, money.by) == ("2.24亿元", None, "—", "")
    assert facet(drive, "forecast", as_of=day(9, 30)).rows == ()


def test_breakdown_adds_up_to_the_figure(drive):
    state = drive.standings(SEPTEMBER)
    done = {line.column.name: line.done for line in state.totals.values()}
    sides = facet(drive, "breakdown").sides
    assert {(side.name, side.side) for side in sides} == {
        (name, side) for name in ("新签项目", "签约合同资金") for side in ("industry", "origin")
    }
    for side in sides:
        assert sum(piece.value for piece in side.pieces) == done[side.name], (side.name, side.side)
        assert sum(piece.share for piece in side.pieces) == 1
    industry = next(side for side in sides if (side.name, side.side) == ("签约合同资金", "industry"))
    assert [(piece.label, piece.amount.text, piece.percent) for piece in industry.pieces] == [
        ("工业", "2亿元", "100%")
    ]


def test_breakdown_leaves_out_who_is_not_on_the_roster_and_what_was_withdrawn(drive):
    before = facet(drive, "breakdown")
    elsewhere = make_drive("别的", groups={"外": ["外镇"]})
    sign(elsewhere, "外镇", "外面的项目", 500, day(9, 9))
    assert facet(drive, "breakdown") == before


# --- lists, attention, order ----------------------------------------------------------------------


def test_lists_are_printed_with_their_exemptions(drive):
    write_lists(drive)
    red, black = facet(drive, "lists").lists
    assert (red.name, red.is_red, [row.unit for row in red.rows]) == ("红榜", True, ["甲镇"])
    assert (black.name, [row.unit for row in black.rows]) == ("黑榜", ["乙镇"])
    told = "丙镇免予适用“黑榜”：不可抗力，洪涝停工。区政府主要负责人签批，2026-09-01 至 2026-09-30"
    assert [(row.unit, exemption) for row, exemption in black.spared] == [("丙镇", told)]


def test_attention_is_what_was_open_on_the_day(drive):
    rule_of(drive, kind="zero", threshold=None, level="red", name="红灯")
    actions.evaluate_rules(campaign=drive.campaign, as_of=day(9, 10), by=User.objects.system())
    order(drive)
    order(drive, issued_on=day(9, 25), due_on=day(9, 28))
    attention = facet(drive, "attention")
    assert [(row.level, row.rule, row.unit) for row in attention.findings] == [("红牌", "红灯", "丙镇")]
    assert [(row.unit, row.days_late, row.is_replied) for row in attention.orders] == [("乙镇", 10, False)]
    assert facet(drive, "attention", as_of=day(9, 5)).findings == ()
    assert facet(drive, "attention", as_of=day(9, 5)).overdue == ()


def test_order_gives_its_facts_and_none_without_one(drive):
    row = order(drive)
    facts = facet(drive, "order", order_id=row.pk)
    assert (facts.label, facts.title, facts.unit, facts.person) == ("督办〔2026〕1号", "台账不实", "乙镇", "张某")
    assert (facts.due_on, facts.sentence, facts.inputs) == (day(9, 10), "", ())
    assert facet(drive, "order") is None


# --- all of them --------------------------------------------------------------------------------


def parts(value):
    """Yield every value within a facet."""
    yield value
    if is_dataclass(value):
        for field in fields(value):
            yield from parts(getattr(value, field.name))
    elif isinstance(value, tuple):
        for item in value:
            yield from parts(item)


def test_facets_are_frozen_and_their_numbers_are_never_blank(drive):
    write_lists(drive)
    order(drive)
    figures = figures_of(drive)
    for name, value in figures.facets.items():
        for part in parts(value):
            assert not isinstance(part, list | set), name
            if is_dataclass(part):
                assert part.__dataclass_params__.frozen, type(part)
    for name, number in catalogue(figures).items():
        assert number.text.strip(), name
        assert "None" not in number.text, name


def test_numbers_of_ledger_figures_say_what_they_are(drive):
    figures = figures_of(drive)
    for name in (
        "招商信息·本期",
        "招商信息·上期",
        "甲镇·招商信息·本期",
        "签约合同资金·产业·工业",
        "招商信息·期末预计",
    ):
        number = catalogue(figures)[name]
        assert number.href.startswith(f"/campaigns/{drive.campaign.pk}/rows/"), name
        assert all((number.indicator, number.basis, number.first, number.last)), name


@pytest.mark.parametrize("name", FACETS)
def test_facet_costs_the_same_at_any_number_of_units(name):
    def cost(many):
        names = [f"{many}号{n}镇" for n in range(many)]
        drive = make_drive(f"战役{many}", groups={"乡镇": names}, organiser=None)
        drive.owe("招商信息", **dict.fromkeys(names, 10))
        drive.read("招商信息", day(8, 1), **dict.fromkeys(names, 3))
        drive.editor = User.objects.system()
        row = order(drive, names[0])
        for unit in names[1:]:
            order(drive, unit)
        figures_of(drive, [name], order_id=row.pk)
        with CaptureQueriesContext(connection) as queries:
            figures_of(drive, [name], order_id=row.pk)
        return len(queries)

    assert cost(1) == cost(30)
