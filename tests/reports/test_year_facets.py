"""Facts of a year, frozen for a report: last year and the end, named projects, promises, meetings, land, the plan."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from campaigns import actions as campaign_actions
from campaigns.models import Basis
from campaigns.standings import standings
from projects import actions
from reports.figures import Window
from reports.figures.facets import FACETS
from reports.figures.promises import Kept
from tests.campaigns.drives import day, make_drive
from tests.factories import make_unit
from tests.projects.factories import make_contract, make_desk, make_milestone, make_project, make_visit
from units.models import Unit, User

pytestmark = pytest.mark.django_db
OURS = ("forces", "land", "major", "meetings", "next_year", "promises")


@pytest.fixture
def desk(db):
    return make_desk()


def read(desk, facet):
    """Read one facet as of today."""
    state = standings(desk.campaign, desk.today)
    return FACETS[facet](state, Window(first=desk.campaign.starts_on, last=desk.today))


def ago(desk, days):
    return desk.today - timedelta(days=days)


def cited(facet):
    """Return what may be cited, as printed."""
    return {name: number.text for name, number in facet.numbers()}


def make_year():
    """Return a year with last year's figure, a figure on each basis, and what is expected of it."""
    facts = {
        "indicators": {"到位资金": "亿元", "实际利用外资": "万美元", "招商信息": "条"},
        "groups": {"乡镇": ["甲镇"]},
    }
    last = make_drive(name="上年", starts=day(1, 1, 2025), ends=day(12, 31, 2025), **facts)
    last.read("到位资金", day(6, 1, 2025), 甲镇=40000)
    drive = make_drive(name="今年", starts=day(1, 1), ends=day(12, 31), **facts)
    drive.owe("到位资金", 示范区=6)
    drive.read("到位资金", day(6, 1), bases=[Basis.REPORTED], 甲镇=50000)
    drive.read("到位资金", day(6, 1), bases=[Basis.RECOGNISED], 甲镇=30000)
    drive.read("实际利用外资", day(6, 1), 甲镇=120)
    drive.read("招商信息", day(6, 1), 甲镇=0)
    line = drive.campaign.lines.get(pk=drive.lines["到位资金"])
    campaign_actions.say_forecast(
        line=line,
        unit=drive.organiser,
        on=day(7, 1),
        amount=Decimal(62000),
        said_by="商务局",
        by=User.objects.system(),
    )
    return drive


def year_of(drive, as_of):
    state = drive.standings(as_of)
    return FACETS["year"](state, Window(first=drive.campaign.starts_on, last=as_of))


def test_year_stands_beside_last_year_the_other_basis_and_the_end(db):
    funds, foreign, leads = year_of(make_year(), day(9, 30)).rows

    assert (funds.before, funds.trend, funds.change, funds.growth) == ("4亿元", 1, "1亿元", "25%")
    assert (funds.basis, funds.done.text, funds.other_basis, funds.other, funds.differs) == (
        "上报", "5亿元", "认定", "3亿元", True,
    )  # fmt: skip
    assert (funds.expected, funds.will_meet, funds.to_come) == ("6.2亿元", True, "1.2亿元")
    assert (funds.is_money, funds.is_foreign, funds.is_drafted) == (True, False, True)
    assert (foreign.is_money, foreign.is_foreign, foreign.differs, foreign.before) == (True, True, False, "")
    assert (leads.is_money, leads.is_drafted, leads.expected) == (False, False, "")


def test_year_knows_only_what_was_said_by_the_day(db):
    facet = year_of(make_year(), day(6, 30))

    assert facet.rows[0].expected == ""
    assert cited(facet) == {
        "到位资金·上报": "5亿元",
        "到位资金·认定": "3亿元",
    }


def test_major_projects_are_the_key_ones_and_the_large_ones(desk):
    make_contract(desk, name="小项目", on=ago(desk, 9), amount=3000)
    big = make_contract(desk, name="大项目", on=ago(desk, 8), amount=15000).project
    make_milestone(desk, big, "funding", on=ago(desk, 3), amount=Decimal(800))
    gone = make_contract(desk, name="终止的项目", on=ago(desk, 7), amount=20000).project
    make_milestone(desk, gone, "termination", on=ago(desk, 1), note="投资方放弃")
    key = make_project(desk, name="在谈项目", is_key=True, industry="新材料", investment=Decimal(30000))
    make_milestone(desk, key, "framework", on=ago(desk, 5))
    late = make_project(desk, name="明天才谈", is_key=True)
    make_milestone(desk, late, "talks", on=desk.today)
    actions.raise_problem(
        project=big, unit=desk.units[1], title="缺用地指标", found_on=ago(desk, 4), due_on=ago(desk, 1),
        by=User.objects.system(),
    )  # fmt: skip
    state = standings(desk.campaign, ago(desk, 1))

    facet = FACETS["major"](state, Window(first=desk.campaign.starts_on, last=ago(desk, 1)))

    assert [(row.name, row.state, row.problem, row.is_signed) for row in facet.projects] == [
        ("大项目", "到位资金800万元", "缺用地指标", True), ("在谈项目", "已签订框架协议", "", False)
    ]  # fmt: skip
    assert [row.name for row in facet.followed] == ["在谈项目"]
    assert (facet.followed_investment, facet.frameworks, facet.with_problems) == ("3亿元", 1, 1)


def test_promises_are_kept_in_time_late_or_overdue(desk):
    project, by = make_project(desk), User.objects.system()
    for title, due, done in (("按期", 5, 6), ("逾期", 8, 4), ("超期", 3, None), ("未到期", -9, None)):
        problem = actions.raise_problem(
            project=project, unit=desk.unit, title=title, found_on=ago(desk, 20), due_on=ago(desk, due), by=by
        )
        if done:
            actions.settle(promise=problem, on=ago(desk, done), outcome="已解决", by=by, today=desk.today)

    assert read(desk, "promises").problems == Kept(4, 2, 1, 1, ("蓝天一期“超期”",))
    assert read(desk, "promises").problems.waiting == 1


def make_meeting(desk, kind, days, record="已议定", unit=None):
    return actions.create_meeting(
        kind=kind, title="例会", on=ago(desk, days), chair="区长", unit=unit or desk.district, units=[], projects=[],
        agenda="", record=record, by=User.objects.system(),
    )  # fmt: skip


def test_meetings_count_those_held_by_the_district(desk):
    make_meeting(desk, "push", 9)
    make_meeting(desk, "push", 5)
    make_meeting(desk, "on_site", 4)
    make_meeting(desk, "dispatch", 3, record="")
    make_meeting(desk, "dispatch", 2, unit=make_unit("别处"))

    facet = read(desk, "meetings")

    assert (facet.kinds, facet.count) == ((("项目推进会", 2), ("现场办公会", 1)), 3)
    assert cited(facet)["调度会"] == "0次"


def test_land_has_its_span_of_prices_and_what_stands_idle(desk):
    project, by = make_project(desk), User.objects.system()
    for name, area, price, built in (("一号", "80", "3", ago(desk, 1)), ("二号", "50.5", "0.8", None)):
        actions.record_parcel(
            project=project, name=name, area=Decimal(area), cost_per_mu=Decimal(15), price_per_mu=Decimal(price),
            handed_over_on=ago(desk, 20), build_by=ago(desk, 5), built_on=built, by=by,
        )  # fmt: skip
    facet = read(desk, "land")

    assert (facet.count, facet.area, facet.cost, facet.price, facet.subsidy) == (
        2, "130.5亩", "15万元", "0.8万元至3万元", "12万元至14.2万元",
    )  # fmt: skip
    assert (facet.not_built, facet.not_built_area) == (1, "50.5亩")


def test_next_year_is_the_organisers_own_campaign_of_the_year_after(db):
    drive = make_year()
    plan = make_drive(
        name="明年", starts=day(1, 1, 2027), ends=day(12, 31, 2027), groups={"乡镇": ["甲镇"]},
        indicators={"到位资金": "亿元", "实际利用外资": "万美元"},
    )  # fmt: skip
    plan.owe("到位资金", 示范区=7, 甲镇=7)
    foreign = (plan.lines["实际利用外资"], plan.organiser.pk)
    campaign_actions.set_targets(
        campaign=plan.campaign, targets={foreign: (Decimal(200), Decimal(300))}, by=User.objects.system()
    )

    facet = FACETS["next_year"](drive.standings(day(9, 30)), Window(day(1, 1), day(9, 30)))

    assert facet.year == "2027"
    assert [(aim.name, aim.floor, aim.stretch, aim.target, aim.done) for aim in facet.aims] == [
        ("到位资金", "7亿元", "", "6亿元", "5亿元"), ("实际利用外资", "200万美元", "300万美元", "", "120万美元")
    ]  # fmt: skip


def test_next_year_is_empty_before_it_is_planned(desk):
    assert read(desk, "next_year").aims == ()


def test_forces_know_journeys_made_and_ahead(desk):
    by = User.objects.system()
    start = ago(desk, 10)
    trip = actions.file_trip(
        unit=desk.unit, purpose="拜访", leader="局长", starts_on=start, ends_on=start, heads=Decimal(3),
        stops=[{"on": start, "place": "广东", "plan": ""}], by=by,
    )  # fmt: skip
    actions.end_trip(trip=trip, results="已对接", by=by, today=desk.today)
    ahead = desk.today + timedelta(days=5)
    actions.file_trip(
        unit=desk.unit, purpose="考察", leader="局长", starts_on=ahead, ends_on=ahead, heads=Decimal(3),
        stops=[{"on": ahead, "place": "安徽", "plan": ""}], by=by,
    )  # fmt: skip
    actions.create_delegation(
        kind="task_force", name="医药专班", unit=desk.unit, leader="局长", campaign=None, formed_on=start, by=by
    )
    outsider = make_unit("别处商务局", Unit.Kind.DEPARTMENT, make_unit("别处"))
    actions.create_delegation(
        kind="task_force", name="别处专班", unit=outsider, leader="局长", campaign=None, formed_on=start, by=by
    )

    facet = read(desk, "forces")

    assert (facet.task_forces, facet.fewest, facet.months, facet.places) == (1, None, (start.month,), ("广东",))
    assert (facet.projects, facet.ahead, facet.places_ahead) == (0, 1, ("安徽",))


@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize("facet", OURS)
def test_facet_of_a_year_costs_the_same_at_any_length(desk, facet, rows, django_assert_max_num_queries):
    for place in range(rows):
        project = make_contract(desk, name=f"项目{place}", on=ago(desk, 5), amount=20000).project
        make_visit(desk, on=ago(desk, 5))
        make_meeting(desk, "push", 5)
        actions.raise_problem(
            project=project, unit=desk.unit, title="缺地", found_on=ago(desk, 5), due_on=ago(desk, 1),
            by=User.objects.system(),
        )  # fmt: skip
    state = standings(desk.campaign, desk.today)

    with django_assert_max_num_queries(7):
        FACETS[facet](state, Window(first=date(2026, 1, 1), last=desk.today))


@pytest.mark.parametrize("rows", [1, 30])
def test_year_costs_two_queries_at_any_length(db, rows, django_assert_num_queries):
    names = [f"{place}镇" for place in range(rows)]
    drive = make_drive(groups={"乡镇": names}, indicators={"到位资金": "亿元", "招商信息": "条"})
    for indicator in drive.indicators:
        drive.read(indicator, day(8, 1), **dict.fromkeys(names, 1))
    state = drive.standings(day(8, 31))

    with django_assert_num_queries(2):
        FACETS["year"](state, Window(day(7, 1), day(8, 31)))
