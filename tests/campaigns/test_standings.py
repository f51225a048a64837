"""Standings: what is added up, who is ranked, how scores come about, and what the command prints."""

import csv
import io
import json
from decimal import Decimal
from fractions import Fraction

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns import actions
from campaigns.models import Campaign, CampaignIndicator, Entry, Indicator
from campaigns.places import competition_ranks
from campaigns.standings import standings
from campaigns.standings_json import LINE_KEYS, decimal_text
from tests.campaigns.drives import day, make_drive
from tests.factories import make_unit
from units.models import Unit, User

pytestmark = pytest.mark.django_db
END = day(9, 30)


def told(drive, as_of="2026-09-30", **options):
    """Return what the command prints as JSON."""
    out = io.StringIO()
    call_command("standings", drive.campaign.name, as_of=as_of, format="json", stdout=out, **options)
    return json.loads(out.getvalue())


def ranks(drive, indicator="招商信息", as_of=END, **more):
    """Return {unit: place} on an indicator."""
    return {line.unit: line.rank for line in drive.standings(as_of, **more).of_column(drive.lines[indicator])}


def places(drive, as_of=END, **more):
    """Return {unit: (score, place)}."""
    return {row.unit: (row.score, row.rank) for row in drive.standings(as_of, **more).scores.values()}


# --- places -------------------------------------------------------------------------------------


def test_equal_values_share_a_place_and_the_next_is_skipped():
    assert competition_ranks({"a": 5, "b": 7, "c": 5, "d": 1}) == {
        "b": (1, False), "a": (2, True), "c": (2, True), "d": (4, False),
    }  # fmt: skip


def test_units_are_ranked_within_their_group_by_exact_completion():
    drive = make_drive(groups={"乡镇": ["甲镇", "乙镇", "丁镇"], "部门": ["丙局", "戊局"]})
    drive.owe("招商信息", 甲镇=3, 乙镇=6, 丁镇=10000, 丙局=10, 戊局=10)
    drive.read("招商信息", day(7, 9), 甲镇=1, 乙镇=2, 丁镇=3333, 丙局=2, 戊局=1)
    assert ranks(drive) == {"甲镇": 1, "乙镇": 1, "丁镇": 3, "丙局": 1, "戊局": 2}
    table = drive.standings(END)
    assert [line.tied for line in table.of_column(drive.lines["招商信息"])] == [True, True, False, False, False]
    assert {line.completion for line in table.of_unit(drive.units["甲镇"].pk)} == {Fraction(1, 3)}


def test_a_zero_is_ranked_and_what_was_not_reported_is_not():
    drive = make_drive(groups={"乡镇": ["甲镇", "乙镇", "丁镇", "戊镇"]})
    drive.owe("招商信息", 甲镇=3, 乙镇=3, 丁镇=0)
    drive.read("招商信息", day(7, 9), 乙镇=0, 丁镇=5, 戊镇=7)
    assert ranks(drive) == {"甲镇": None, "乙镇": 1, "丁镇": None, "戊镇": None}
    lines = {line.unit: line for line in drive.standings(END).of_column(drive.lines["招商信息"])}
    assert (lines["甲镇"].done, lines["甲镇"].completion, lines["甲镇"].light) == (None, None, "")
    assert (lines["乙镇"].done, lines["乙镇"].completion, lines["乙镇"].light) == (0, 0, "red")
    assert (lines["丁镇"].target, lines["丁镇"].completion) == (0, None)
    assert (lines["戊镇"].target, lines["戊镇"].done) == (None, 7)


def test_without_any_quota_units_are_ranked_by_value_also_below_zero():
    drive = make_drive(groups={"乡镇": ["甲镇", "乙镇", "丁镇", "戊镇"]}, indicators={"增速": "%"},
                       kinds={"增速": {"kind": "level"}})  # fmt: skip
    drive.read("增速", day(7, 9), 甲镇="-3.5", 乙镇=0, 丁镇="8.1", 示范区=4)
    assert ranks(drive, "增速") == {"甲镇": 3, "乙镇": 2, "丁镇": 1, "戊镇": None}
    drive.owe("增速", 示范区=5)  # the organiser's own quota is none of a unit's
    assert ranks(drive, "增速") == {"甲镇": 3, "乙镇": 2, "丁镇": 1, "戊镇": None}
    assert drive.standings(END).totals[drive.lines["增速"]].completion == Fraction(4, 5)


def test_an_indicator_fed_by_facts_is_zero_without_a_fact():
    drive = make_drive(indicators={"签约": "个"}, kinds={"签约": {"fed_by": "facts"}})
    drive.owe("签约", 甲镇=3)
    line = drive.standings(END).lines[drive.units["甲镇"].pk, drive.lines["签约"]]
    assert (line.done, line.completion, line.rank) == (0, 0, 1)


# --- sums ---------------------------------------------------------------------------------------


def test_the_organiser_adds_up_each_entry_once():
    drive = make_drive()
    section = make_unit("甲镇招商办", Unit.Kind.DEPARTMENT, drive.units["甲镇"])
    bureau = make_unit("招商局", Unit.Kind.DEPARTMENT, drive.organiser)
    drive.units |= {"甲镇招商办": section, "招商局": bureau}
    drive.add("招商信息", "甲镇招商办", day(7, 3), 5)
    drive.add("招商信息", "甲镇", day(7, 3), 2)
    drive.add("招商信息", "乙镇", day(7, 3), 1)
    drive.add("招商信息", "示范区", day(7, 3), 10)
    Entry.objects.create(
        indicator=drive.indicators["招商信息"], unit=bureau, basis="reported", amount=Decimal(100),
        fact_on=day(7, 3), on=day(7, 3), sign=1, source_kind="x", source_id=1,
    )  # fmt: skip
    table, line = drive.standings(END), drive.lines["招商信息"]
    assert [row.done for row in table.of_column(line)] == [7, 1]
    assert table.totals[line].done == 18
    assert table.off_roster == {line: 100}


def test_a_roster_unit_below_another_has_its_own_line():
    top = make_unit("示范区")
    town = make_unit("甲镇", Unit.Kind.TOWNSHIP, top)
    make_unit("甲镇园区", Unit.Kind.PARK, town)
    drive = make_drive(organiser=top, groups={"乡镇": ["甲镇"], "园区": ["甲镇园区"]})
    drive.add("招商信息", "甲镇", day(7, 3), 2)
    drive.add("招商信息", "甲镇园区", day(7, 3), 5)
    assert drive.done("招商信息", "甲镇", END) == 2
    assert drive.done("招商信息", "甲镇园区", END) == 5
    assert drive.done("招商信息", "示范区", END) == 7


def test_the_organiser_on_the_roster_is_a_line_and_still_counted_once():
    top = make_unit("示范区")
    drive = make_drive(organiser=top, groups={"": ["示范区", "甲镇"]})
    drive.add("招商信息", "示范区", day(7, 3), 2)
    drive.add("招商信息", "甲镇", day(7, 3), 5)
    table = drive.standings(END)
    assert [line.done for line in table.of_column(drive.lines["招商信息"])] == [2, 5]
    assert table.totals[drive.lines["招商信息"]].done == 7


def test_only_the_campaign_s_own_days_count_and_a_day_after_it_reads_its_end():
    year = make_drive("全年", starts=day(1), ends=day(12, 31))
    drive = make_drive()
    for on, amount in ((day(6, 30), 100), (day(7, 1), 1), (day(9, 30), 2), (day(10, 1), 100)):
        year.add("招商信息", "甲镇", on, amount)
    assert drive.done("招商信息", "甲镇", day(7, 1)) == 1
    assert drive.done("招商信息", "甲镇", END) == 3
    assert drive.standings(day(12, 1)) == drive.standings(END)
    assert year.done("招商信息", "甲镇", day(12, 31)) == 203


def test_a_ratio_is_one_division_of_two_sums():
    drive = make_drive(indicators={"签约": "个", "开工": "个"}, groups={"": ["甲镇", "乙镇"]})
    rate = actions.create_indicator(
        name="开工率", dimension="%", kind="ratio", numerator=drive.indicators["开工"],
        denominator=drive.indicators["签约"], by=User.objects.system(),
    )  # fmt: skip
    lines = [{"indicator": row} for row in (*drive.indicators.values(), rate)]
    lines[-1] |= {"measure": "%"}
    actions.set_lines(campaign=drive.campaign, lines=lines, by=User.objects.system())
    drive.lines["开工率"] = CampaignIndicator.objects.get(indicator=rate).pk
    drive.owe("开工率", 甲镇=50)
    drive.read("签约", day(7, 9), 甲镇=3, 乙镇=9)
    drive.read("开工", day(7, 9), 甲镇=1)
    table, line = drive.standings(END), drive.lines["开工率"]
    assert [row.done for row in table.of_column(line)] == [Decimal("33.333333"), 0]
    assert table.totals[line].done == Decimal("8.333333")
    assert table.lines[drive.units["甲镇"].pk, line].completion == Fraction("33.333333") / 50


def test_the_other_basis_stands_beside_and_may_be_asked_for():
    drive = make_drive()
    drive.owe("招商信息", 甲镇=10)
    drive.read("招商信息", day(7, 9), bases=("reported",), 甲镇=8)
    drive.read("招商信息", day(7, 9), bases=("recognised",), 甲镇=5)
    line = drive.standings(END).lines[drive.units["甲镇"].pk, drive.lines["招商信息"]]
    assert (line.basis, line.done, line.other) == ("reported", 8, 5)
    CampaignIndicator.objects.update(basis="recognised")
    assert drive.done("招商信息", "甲镇", END, None) == 5
    assert drive.done("招商信息", "甲镇", END, "reported") == 8


# --- scores -------------------------------------------------------------------------------------


def test_the_score_reads_only_quotas_above_zero_rescaled_capped_and_never_negative():
    names = ("甲镇", "乙镇", "丁镇", "戊镇", "己镇")
    drive = make_drive(groups={"乡镇": names}, indicators={"信息": "条", "走访": "家", "资金": "亿元"})
    drive.owe("信息", 甲镇=10, 乙镇=10, 丁镇=10, 戊镇=0)
    drive.owe("走访", 甲镇=10, 丁镇=10)
    drive.read("信息", day(7, 9), 甲镇=25, 乙镇=5, 丁镇=-5, 戊镇=9)
    drive.read("资金", day(7, 9), 己镇=9)
    CampaignIndicator.objects.filter(indicator__name="走访").update(weight=Decimal(3))
    assert places(drive) == {
        "甲镇": (25, 2),  # (1 × 100 % + 3 × not reported) / 4
        "乙镇": (50, 1),  # its only quota weighs everything
        "丁镇": (0, 3),
        "戊镇": (None, None),
        "己镇": (None, None),
    }
    assert [row.unit for row in drive.standings(END).groups["乡镇"]] == ["乙镇", "甲镇", "丁镇", "戊镇", "己镇"]
    Campaign.objects.update(score_cap=Decimal(2), full_score=Decimal(10))
    assert places(drive)["甲镇"] == (5, 1)


def test_the_parts_of_a_score_add_up_to_it():
    drive = make_drive(indicators={"信息": "条", "走访": "家", "资金": "亿元"})
    for name in drive.lines:
        drive.owe(name, 甲镇=7)
    drive.read("信息", day(7, 9), 甲镇=3)
    drive.read("走访", day(7, 9), 甲镇=1)
    score = next(iter(drive.standings(END).scores.values()))
    assert score.score == Fraction(400, 21)
    assert sum(part for _, _, part in score.parts) == score.score
    assert sum(share for _, share, _ in score.parts) == 100


def test_previous_places_are_those_of_a_week_ago_or_of_the_day_named():
    drive = make_drive()
    drive.owe("招商信息", 甲镇=10, 乙镇=10)
    drive.read("招商信息", day(7, 10), 甲镇=5, 乙镇=4)
    drive.read("招商信息", day(7, 20), 乙镇=9)

    def previous(as_of, **more):
        rows = drive.standings(as_of, **more).scores.values()
        return {row.unit: (row.rank, row.previous_rank, row.change) for row in rows}

    assert previous(day(7, 26)) == {"甲镇": (2, 1, -1), "乙镇": (1, 2, 1)}
    assert previous(day(7, 27)) == {"甲镇": (2, 2, 0), "乙镇": (1, 1, 0)}
    assert previous(day(7, 27), previous=day(7, 10)) == {"甲镇": (2, 1, -1), "乙镇": (1, 2, 1)}
    assert previous(day(7, 7)) == {"甲镇": (1, None, None), "乙镇": (1, None, None)}
    assert previous(day(7, 27), previous=day(6, 30)) == {"甲镇": (2, None, None), "乙镇": (1, None, None)}


def test_by_the_month_clock_places_compare_with_the_last_month_s_end():
    drive = make_drive(clock="month", starts=day(1), ends=day(12, 31))
    drive.owe("招商信息", 甲镇=12, 乙镇=12)
    drive.read("招商信息", day(7, 31), 甲镇=5, 乙镇=4)
    drive.read("招商信息", day(8, 1), 乙镇=9)
    table = drive.standings(day(8, 31))
    assert table.time_progress == Fraction(2, 3)
    assert [(row.rank, row.previous_rank) for row in table.scores.values()] == [(2, 1), (1, 2)]
    assert table.previous == day(7, 31)


# --- pace ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("done", "light"), [(50, "green"), ("49.999999", "yellow"), (35, "yellow"), ("34.9", "red")])
def test_lights_turn_at_the_campaign_s_thresholds(done, light):
    drive = make_drive()
    drive.owe("招商信息", 甲镇=100)
    drive.read("招商信息", day(8, 15), 甲镇=done)
    line = drive.standings(day(8, 15)).lines[drive.units["甲镇"].pk, drive.lines["招商信息"]]
    assert line.light == light
    assert line.pace == Fraction(str(done)) / 50
    Campaign.objects.update(green_at=Decimal("0.5"), yellow_at=Decimal("0.1"))
    line = drive.standings(day(8, 15)).lines[drive.units["甲镇"].pk, drive.lines["招商信息"]]
    assert line.light == "green"


def test_met_reads_the_exact_value_and_gap_is_never_negative():
    drive = make_drive(groups={"": ["甲镇", "乙镇", "丁镇", "戊镇"]})
    drive.owe("招商信息", 甲镇=10000, 乙镇=10, 丁镇=10)
    drive.read("招商信息", day(7, 9), 甲镇=9996, 乙镇=12, 戊镇=4)
    table, line = drive.standings(END), drive.lines["招商信息"]
    assert table.met(line) == (1, 3)
    assert table.quota_sum(line) == 10020
    assert [row.gap for row in table.of_column(line)] == [4, 0, 10, None]


# --- cost ---------------------------------------------------------------------------------------


def queries(drive):
    """Count the queries of one reading, the campaign's included."""
    with CaptureQueriesContext(
        connection,
    ) as captured:
        campaign = Campaign.objects.select_related("organiser").get(pk=drive.campaign.pk)
        standings(campaign, END)
    return len(captured)


def test_standings_cost_the_same_at_any_size():
    small = make_drive("小", groups={"乡镇": [f"小{i}镇" for i in range(5)]}, indicators={"信息": "条"})
    small.read("信息", day(7, 9), 小1镇=4)
    large = make_drive("大", indicators={"信息": "条", "走访": "家"})
    units = []
    for i in range(500):
        unit = Unit(name=f"大{i}镇", parent=large.organiser, path=f"new{i}")
        unit.save()
        unit.path = f"{large.organiser.path}{unit.pk}/"
        units.append(unit)
    Unit.objects.bulk_update(units, ["path"])
    large.campaign.roster.bulk_create(
        [
            large.campaign.roster.model(campaign=large.campaign, unit=unit, group=f"{i % 7}", order=i)
            for i, unit in enumerate(units)
        ]
    )
    large.units |= {unit.name: unit for unit in units}
    large.read("走访", day(7, 9), **{unit.name: unit.pk for unit in units})
    assert len(large.standings(END).scores) == 502
    assert queries(small) == queries(large) <= 5


# --- the command --------------------------------------------------------------------------------


def published():
    """Return a drive with a figure of every sort."""
    drive = make_drive(groups={"乡镇": ["甲镇", "乙镇"], "部门": ["丙局"]}, indicators={"资金": "亿元", "信息": "条"})
    drive.owe("资金", 甲镇=60, 乙镇=45, 示范区=105)
    drive.owe("信息", 甲镇=3, 乙镇=0)
    drive.read("资金", day(8, 31), 甲镇=500000, 乙镇=348000)
    drive.read("信息", day(8, 31), 甲镇=1, 丙局=2)
    return drive


def test_json_holds_what_scripts_were_promised():
    value = told(published(), as_of="2026-08-31")
    assert list(value) == ["campaign", "as_of", "basis", "time_progress", "lines", "scores"]
    assert (value["campaign"], value["as_of"], value["basis"]) == ("百日会战", "2026-08-31", None)
    assert value["time_progress"] == "0.673913043478"
    assert [(line["indicator"], line["unit"]) for line in value["lines"]] == [
        (indicator, unit) for indicator in ("资金", "信息") for unit in ("甲镇", "乙镇", "丙局", "示范区")
    ]
    assert value["lines"][1] == {
        "group": "乡镇",
        "unit": "乙镇",
        "is_total": False,
        "indicator": "资金",
        "measure": "亿元",
        "basis": "reported",
        "target": "45",
        "done": "34.8",
        "completion": "0.773333333333",
        "completion_text": "77.3%",
        "lead_points_text": "超序时 9.9 个百分点",
        "rank": 2,
    }
    assert value["lines"][3] == {
        "group": "",
        "unit": "示范区",
        "is_total": True,
        "indicator": "资金",
        "measure": "亿元",
        "basis": "reported",
        "target": "105",
        "done": "84.8",
        "completion": "0.807619047619",
        "completion_text": "80.8%",
        "lead_points_text": "超序时 13.4 个百分点",
        "rank": None,
    }
    assert value["lines"][2]["done"] is value["lines"][2]["target"] is value["lines"][2]["completion"] is None
    assert (value["lines"][2]["completion_text"], value["lines"][2]["lead_points_text"]) == ("—", "—")
    assert (value["lines"][5]["target"], value["lines"][5]["done"], value["lines"][5]["rank"]) == ("0", None, None)
    assert value["scores"] == [
        {"group": "乡镇", "unit": "甲镇", "score": "58.333333333333", "rank": 2, "previous_rank": 1},
        {"group": "乡镇", "unit": "乙镇", "score": "77.333333333333", "rank": 1, "previous_rank": 1},
        {"group": "部门", "unit": "丙局", "score": None, "rank": None, "previous_rank": None},
    ]


def test_basis_previous_and_indicator_are_heeded():
    drive = published()
    value = told(drive, as_of="2026-09-02", basis="recognised", indicator="信息", previous="2026-08-31")
    assert value["basis"] == "recognised"
    assert {line["basis"] for line in value["lines"]} == {"recognised"}
    assert {line["indicator"] for line in value["lines"]} == {"信息"}
    assert [score["previous_rank"] for score in value["scores"]] == [2, 1, None]
    assert told(drive, as_of="2026-07-07")["scores"][0]["previous_rank"] is None


def test_csv_has_the_columns_of_the_lines():
    drive, out = published(), io.StringIO()
    Unit.objects.filter(name="丙局").update(name="=1+1")
    call_command("standings", "百日会战", as_of="2026-08-31", format="csv", stdout=out)
    rows = list(csv.DictReader(io.StringIO(out.getvalue())))
    assert tuple(rows[0]) == LINE_KEYS
    lines = told(drive, as_of="2026-08-31")["lines"]
    assert len(rows) == len(lines)
    assert [row["done"] or None for row in rows] == [line["done"] for line in lines]
    assert [row["is_total"] for row in rows] == [str(int(line["is_total"])) for line in lines]
    assert rows[2]["unit"] == "'=1+1"


def test_the_table_is_for_people():
    published()
    out = io.StringIO()
    call_command("standings", "百日会战", as_of="2026-08-31", stdout=out)
    text = out.getvalue()
    assert "百日会战　截至 2026-08-31　时序进度 67.4%" in text
    assert "资金（亿元，上报）" in text
    assert any(
        line.split() == ["合计", "示范区", "105", "84.8", "80.8%", "超序时", "13.4", "个百分点", "—"]
        for line in text.splitlines()
    )
    assert "58.33" in text


@pytest.mark.parametrize(
    ("name", "options", "reason"),
    [
        ("没有", {}, "没有名为“没有”的战役"),
        ("百日会战", {"indicator": "没有"}, "没有名为“没有”的指标"),
        ("百日会战", {"as_of": "2026-06-30"}, "早于"),
        ("百日会战", {"as_of": "六月"}, "不是日期"),
        ("百日会战", {"previous": "2026-09-01"}, "晚于"),
    ],
)
def test_what_cannot_be_answered_exits_with_2_and_says_why(name, options, reason):
    make_drive()
    with pytest.raises(CommandError, match=reason) as caught:
        call_command("standings", name, **{"as_of": "2026-08-31", **options})
    assert caught.value.returncode == 2


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(0), "0"),
        (Fraction(100), "100"),
        (Fraction(1, 8), "0.125"),
        (Fraction(-7, 20), "-0.35"),
        (Fraction(1, 2**14), "0.00006103515625"),
        (Fraction(1, 3), "0.333333333333"),
        (Fraction(200, 3), "66.666666666667"),
        (Fraction(1600, 1), "1600"),
    ],
)
def test_a_score_is_printed_in_full_where_it_ends(value, text):
    assert decimal_text(value) == text


def test_an_indicator_of_another_kind_keeps_its_kind():
    drive = make_drive()
    drive.read("招商信息", day(7, 9), 甲镇=1)
    with pytest.raises(Exception, match="不能再改"):
        actions.change_indicator(indicator=drive.indicators["招商信息"], kind="level", by=User.objects.system())
    renamed = actions.change_indicator(indicator=drive.indicators["招商信息"], name="线索", by=User.objects.system())
    assert Indicator.objects.get() == renamed
