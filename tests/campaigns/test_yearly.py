"""This year beside last: absolute and in percent, from zero in words, a dash where the ledger knows nothing."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.yearly import YearOnYear, YearRow, results_of_last_year, year_on_year, year_row
from tests.campaigns.drives import day, make_drive
from tests.factories import make_user
from units.models import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def drive():
    """Return a drive of this year, with the figures of the same months a year earlier in the ledger."""
    kinds = {"GDP增速": {"kind": "level"}, "新签项目": {"fed_by": "facts"}}
    words = {"招商信息": "条", "到位资金": "亿元", "GDP增速": "%", "新签项目": "个"}
    units = {"乡镇": ["甲镇", "乙镇", "丙镇"]}
    last = make_drive(
        "去年会战", groups=units, indicators=words, kinds=kinds, starts=day(7, 1, 2025), ends=day(9, 30, 2025)
    )
    last.add("招商信息", "甲镇", day(7, 5, 2025), 10)
    last.add("招商信息", "甲镇", day(9, 20, 2025), 30)
    last.add("招商信息", "乙镇", day(7, 5, 2025), 0)
    last.read("GDP增速", day(9, 1, 2025), 甲镇="6.2", 示范区="5.5")
    drive = make_drive(groups=units, indicators=words, kinds=kinds)
    drive.owe("招商信息", 甲镇=40, 乙镇=10)
    drive.add("招商信息", "甲镇", day(7, 6), 12)
    drive.add("招商信息", "乙镇", day(7, 7), 4)
    drive.add("招商信息", "丙镇", day(7, 7), 1)
    drive.read("GDP增速", day(7, 10), 甲镇="6.4")
    return drive


@pytest.fixture
def leader(drive, client):
    user = make_user("leader", Role.LEADER, drive.organiser)
    client.force_login(user)
    return user


def beside(drive, as_of, unit, indicator="招商信息"):
    key = (None if unit == drive.organiser.name else drive.units[unit].pk, drive.lines[indicator])
    return year_on_year(drive.standings(as_of))[key]


def test_figure_is_set_beside_the_same_days_a_year_earlier(drive):
    assert beside(drive, day(7, 31), "甲镇") == YearOnYear(Decimal(12), Decimal(10))
    assert beside(drive, day(9, 30), "甲镇") == YearOnYear(Decimal(12), Decimal(40))
    assert beside(drive, day(7, 31), "乙镇") == YearOnYear(Decimal(4), Decimal(0))
    assert beside(drive, day(7, 31), "丙镇") == YearOnYear(Decimal(1), None)
    assert beside(drive, day(7, 31), "示范区") == YearOnYear(Decimal(17), Decimal(10))
    assert beside(drive, day(7, 31), "甲镇", "到位资金") == YearOnYear(None, None)


def test_level_is_not_compared(drive):
    assert not any(line == drive.lines["GDP增速"] for _unit, line in year_on_year(drive.standings(day(7, 31))))


@pytest.mark.parametrize(
    ("now", "before", "change", "growth", "note"),
    [
        (12, 10, "+2", "+20%", ""),
        (10, 12, "−2", "−16.7%", ""),
        (10, 10, "0", "持平", ""),
        (4, 0, "+4", "从零起步", ""),
        (0, 0, "0", "两年都是零", ""),
        (4, -2, "+6", "—", "去年同期为负，不算增幅"),
        (4, None, "—", "—", "台账无去年同期记录"),
        (None, 3, "—", "—", "今年未填报"),
    ],
)
def test_comparison_is_printed_in_words_where_it_has_no_percentage(drive, now, before, change, growth, note):
    line = drive.standings(day(7, 31)).totals[drive.lines["招商信息"]]
    pair = YearOnYear(*(None if value is None else Decimal(value) for value in (now, before)))
    row = year_row(line, pair, "/rows/")
    told = "—" if before is None else str(before)
    assert row == YearRow(told, "" if before is None else "/rows/", change, growth, row.css, note)


def test_growth_is_exact():
    assert YearOnYear(Decimal(10), Decimal(3)).growth == Fraction(7, 3)
    assert YearOnYear(Decimal("4"), Decimal(0)).growth is None


def test_facts_are_zero_last_year_only_where_the_ledger_knows_some(drive):
    assert beside(drive, day(7, 31), "甲镇", "新签项目") == YearOnYear(Decimal(0), None)


def test_results_of_last_year_hold_levels_too(drive):
    results = results_of_last_year(drive.campaign)
    leads, gdp = drive.lines["招商信息"], drive.lines["GDP增速"]
    assert (results[drive.units["甲镇"].pk, leads], results[None, leads]) == (Decimal(40), Decimal(40))
    assert (results[drive.units["甲镇"].pk, gdp], results[None, gdp]) == (Decimal("6.2"), Decimal("5.5"))
    assert results[drive.units["乙镇"].pk, gdp] is None


def test_ranking_on_an_indicator_shows_last_year_and_leads_to_its_rows(client, drive, leader):
    url = f"/campaigns/{drive.campaign.pk}/ranking/"
    response = client.get(url, {"line": drive.lines["招商信息"], "as_of": "2026-07-31"})
    (group,) = response.context["groups"]
    rows = {row.unit: row.year for row in group.rows}
    assert (rows["甲镇"].before, rows["甲镇"].growth, rows["丙镇"].note) == ("10", "+20%", "台账无去年同期记录")
    opened = client.get(rows["甲镇"].url)
    assert opened.context["total"] == "10 条"
    assert [(row.on, row.amount_text) for row in opened.context["rows"]] == [(date(2025, 7, 5), "10 条")]
    assert "2025-07-01 至 2025-07-31" in opened.content.decode()
    this_year = client.get(opened.context["other_year"])
    assert this_year.context["total"] == "12 条"


def test_ranking_without_last_year_says_so_once(client, drive, leader):
    url = f"/campaigns/{drive.campaign.pk}/ranking/"
    page = client.get(url, {"line": drive.lines["到位资金"], "as_of": "2026-07-31"}).content.decode()
    assert "同比：—（台账无去年同期记录）" in page
    assert "去年同期<small>" not in page


def test_overview_and_unit_page_show_last_year(client, drive, leader):
    for page, before in (("", "10"), (f"units/{drive.units['甲镇'].pk}/", "10")):
        response = client.get(f"/campaigns/{drive.campaign.pk}/{page}", {"as_of": "2026-07-31"})
        rows = {row["name"]: row["year"] for row in response.context["beside"]}
        assert rows["招商信息"].before == before
        assert rows["GDP增速"].note == "水平值和比率不作同比"


def test_last_year_costs_one_query_and_a_ranking_page_eight(client, drive, leader):
    state = drive.standings(day(7, 31))
    with CaptureQueriesContext(connection) as caught:
        year_on_year(state)
    assert len(caught) == 1
    client.get("/campaigns/")
    with CaptureQueriesContext(connection) as caught:
        client.get(f"/campaigns/{drive.campaign.pk}/ranking/", {"line": drive.lines["招商信息"]})
    assert len(caught) == 8
