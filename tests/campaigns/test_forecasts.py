"""What figures will have come to at the end: reckoned by the clock, or said by somebody, and which of both it is."""

import json
from decimal import Decimal
from fractions import Fraction

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError

from campaigns import actions
from campaigns.models import Forecast
from campaigns.outlook import outlook, outlook_row, said_forecasts
from tests.campaigns.drives import day, make_drive
from tests.factories import make_user
from units.models import AuditEntry, Role

pytestmark = pytest.mark.django_db
SAID, MIDDLE = day(8, 10), day(8, 15)


@pytest.fixture
def drive():
    kinds = {"满意度": {"kind": "level"}}
    drive = make_drive(indicators={"招商信息": "条", "到位资金": "亿元", "满意度": "%"}, kinds=kinds)
    drive.owe("招商信息", 示范区=92, 甲镇=46)
    drive.owe("到位资金", 甲镇=5)
    drive.add("招商信息", "甲镇", day(7, 10), 23)
    drive.read("满意度", day(7, 10), 甲镇=90)
    return drive


@pytest.fixture
def editor(drive):
    return make_user("editor", Role.EDITOR, drive.organiser)


def line(drive, unit, indicator="招商信息", as_of=MIDDLE, **more):
    state = drive.standings(as_of, **more)
    return state, state.lines[drive.units[unit].pk, drive.lines[indicator]]


def say(drive, by, amount, on=SAID, indicator="到位资金", **more):
    facts = {"said_by": "王明", "note": "在谈三个", "unit": drive.units["甲镇"]} | more
    row = drive.campaign.lines.get(pk=drive.lines[indicator])
    return actions.say_forecast(line=row, on=on, amount=amount, by=by, **facts)


def test_forecast_is_reckoned_from_the_clock(drive):
    state, leads = line(drive, "甲镇")
    assert state.time_progress == Fraction(1, 2)
    found = outlook(state, leads)
    assert (found.amount, found.share, found.said) == (Fraction(46), Fraction(1), None)
    row = outlook_row(state, leads)
    assert (row.amount, row.share, row.how, row.is_said) == ("46", "100%", "按进度推算", False)
    assert row.title == "完成 23 ÷ 时序进度 50%"


@pytest.mark.parametrize(
    ("unit", "indicator", "as_of", "how"),
    [
        ("乙镇", "招商信息", day(8, 15), "未填报"),
        ("甲镇", "满意度", day(8, 15), "水平值和比率不推算"),
    ],
)
def test_what_cannot_be_reckoned_says_why(drive, unit, indicator, as_of, how):
    row = outlook_row(*line(drive, unit, indicator, as_of))
    assert (row.amount, row.how) == ("—", how)


def test_at_the_end_the_figure_stands(drive):
    row = outlook_row(*line(drive, "甲镇", as_of=day(9, 30)))
    assert (row.amount, row.how) == ("23", "期末实绩")


def test_before_the_first_month_is_over_nothing_is_reckoned():
    drive = make_drive(clock="month")
    drive.add("招商信息", "甲镇", day(7, 10), 3)
    row = outlook_row(*line(drive, "甲镇", as_of=day(7, 20)))
    assert (row.amount, row.how) == ("—", "时序进度还是 0，无从推算")


def test_what_somebody_says_holds_from_its_day_on_its_own_basis_until_taken_back(drive, editor):
    say(drive, editor, Decimal(60000))
    key = (drive.units["甲镇"].pk, drive.lines["到位资金"])
    assert said_forecasts(drive.campaign, day(8, 9)) == {}
    said = said_forecasts(drive.campaign, day(8, 10))[key]
    state, money = line(drive, "甲镇", "到位资金")
    row = outlook_row(state, money, said)
    assert (row.amount, row.share, row.is_said) == ("6", "120%", True)
    assert row.how == "王明 2026-08-10 预计"
    assert not outlook_row(*line(drive, "甲镇", "到位资金", basis="recognised"), said).is_said
    say(drive, editor, Decimal(55000), on=day(8, 10))
    assert said_forecasts(drive.campaign, day(8, 10))[key].amount == Decimal(55000)
    say(drive, editor, None, on=day(8, 12))
    assert said_forecasts(drive.campaign, day(8, 11))[key].amount == Decimal(55000)
    assert said_forecasts(drive.campaign, day(8, 12)) == {}
    entry = AuditEntry.objects.filter(action="campaign.forecast_said").order_by("pk").first()
    assert json.loads(entry.changes) == {"甲镇 · 到位资金（2026-08-10 王明）": ["", "6亿元"]}


def test_forecast_is_refused_where_it_makes_no_sense(drive, editor):
    for facts, problem in (
        ({"on": day(6, 30)}, "不在战役期间内"),
        ({"on": day(8, 20), "today": day(8, 19)}, "不能晚于今天"),
        ({"amount": None}, "没有可以撤回的预计"),
        ({"unit": drive.organiser.children.create(name="外单位", kind="township")}, "不在该战役的参战名单中"),
    ):
        with pytest.raises(ValidationError, match=problem):
            say(drive, editor, **{"amount": Decimal(1)} | facts)
    with pytest.raises(PermissionDenied):
        say(drive, make_user("clerk", Role.CLERK, drive.units["甲镇"]), Decimal(1))
    assert not Forecast.objects.exists()


@time_machine.travel("2026-08-15 10:00:00+08:00", tick=False)
def test_editor_types_a_forecast_and_the_pages_say_which_it_is(client, drive, editor):
    client.force_login(editor)
    page = f"/campaigns/{drive.campaign.pk}/forecasts/"
    opened = client.get(f"{page}?line={drive.lines['到位资金']}")
    assert [(row["unit"], row["outlook"].how) for row in opened.context["rows"]] == [
        ("示范区", "未填报"), ("甲镇", "未填报"), ("乙镇", "未填报"),
    ]  # fmt: skip
    url = next(row["say_url"] for row in opened.context["rows"] if row["unit"] == "甲镇")
    form = client.get(url).context["form"]
    assert (str(form.initial["line"]), form.initial["on"]) == (str(drive.lines["到位资金"]), day(8, 15))
    body = {
        "line": drive.lines["到位资金"],
        "unit": drive.units["甲镇"].pk,
        "said_by": "王明",
        "note": "",
        "nonce": "f1",
    }
    bad = client.post(url, body | {"amount": "六个", "on": "2026-08-15"})
    assert "amount" in bad.context["form"].errors
    done = client.post(url, body | {"amount": "6", "on": "2026-08-15"})
    assert done.url == f"{page}?line={drive.lines['到位资金']}"
    rows = {row["unit"]: row["outlook"] for row in client.get(done.url).context["rows"]}
    assert (rows["甲镇"].amount, rows["甲镇"].how) == ("6", "王明 2026-08-15 预计")
    unit = client.get(f"/campaigns/{drive.campaign.pk}/units/{drive.units['甲镇'].pk}/")
    told = {row["name"]: row["outlook"].how for row in unit.context["beside"]}
    assert told == {"招商信息": "按进度推算", "到位资金": "王明 2026-08-15 预计", "满意度": "水平值和比率不推算"}


def test_forecast_page_costs_the_same_at_any_length(client, drive, editor, django_assert_num_queries):
    client.force_login(editor)
    client.get("/campaigns/")
    for number in range(3):
        say(drive, editor, Decimal(60000 + number))
    with django_assert_num_queries(9):
        client.get(f"/campaigns/{drive.campaign.pk}/forecasts/?line={drive.lines['到位资金']}")
