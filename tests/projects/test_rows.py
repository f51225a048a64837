"""The drill-down: a figure is the sum of the entries it opens to, and others' records stay closed."""

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from campaigns.actions import close_month, correct_tally, recognise_tally, set_lines, withdraw_tally
from campaigns.standings import standings
from projects import actions
from projects.rows import OFF, Drill
from tests.factories import make_unit, make_user
from tests.projects.factories import (
    NONSENSE,
    add_rule,
    make_campaign,
    make_company,
    make_contract,
    make_desk,
    make_lines,
    make_tally,
    make_visit,
)
from units.models import Role, Unit, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    made = make_desk()
    client.force_login(made.clerk)
    return made


def rows_page(client, desk, name="招商信息", unit=None, **query):
    """Return the page of a figure."""
    query = {"line": desk.lines[name].pk, "unit": unit.pk if unit else ""} | query
    return client.get(f"/campaigns/{desk.campaign.pk}/rows/", query)


def fill(desk):
    """Enter figures of every kind, correct, withdraw and recognise some of them."""
    day = desk.today
    for number, unit in enumerate(desk.units):
        by = (desk.clerk, desk.other_clerk, User.objects.system())[number]
        make_tally(desk, amount=number + 1, unit=unit, by=by, on=day - timedelta(days=9))
        make_tally(desk, amount=10 + number, unit=unit, by=by, on=day - timedelta(days=2), is_reading=True)
        make_tally(desk, "满意度", 90 + number, unit=unit, by=by, on=day - timedelta(days=8), is_reading=True)
        make_tally(desk, "满意度", 95 - number, unit=unit, by=by, on=day - timedelta(days=1), is_reading=True)
        make_visit(desk, unit=unit, by=by, company=make_company(desk, f"公司{number}"), on=day - timedelta(days=5))
    changed = make_tally(desk, "到位资金", 5000, on=day - timedelta(days=6))
    correct_tally(tally=changed, amount=Decimal(6000), on=day - timedelta(days=3), reason="补报", by=desk.clerk)
    gone = make_tally(desk, "到位资金", 777, on=day - timedelta(days=6))
    withdraw_tally(tally=gone, reason="填错", by=desk.clerk)
    contract = make_contract(desk, on=day - timedelta(days=4))
    shares = [(desk.units[0], "introducing", Decimal(60)), (desk.units[1], "landing", Decimal(40))]
    actions.set_shares(project=contract.project, shares=shares, document="会议纪要", by=desk.editor)
    recognise_tally(tally=changed, verdict="full", on=day, by=desk.verifier)


def drills(desk, user, days):
    """Yield every figure of the campaign: line × unit × basis × day."""
    for day in days:
        for basis in (None, "reported", "recognised"):
            table = standings(desk.campaign, day, basis=basis)
            for column in table.columns:
                for unit in (*table.scores, None, OFF):
                    if unit != OFF or not column.is_level:
                        yield Drill(table, column, unit, user)


def check(drill):
    """Assert that a figure is the sum of what it opens to."""
    shown = sum((row.amount for row in drill.rows()), Decimal(0))
    hidden = sum((row.amount for row in drill.others), Decimal(0))
    if drill.column.is_level:
        newest = drill.rows()[0].amount if drill.rows() else hidden
        assert newest == (drill.total or Decimal(0))
        return
    assert shown == drill.own_sum
    assert shown + hidden == (drill.total or Decimal(0)), (drill.column.name, drill.unit_name, drill.standings.as_of)
    assert len(drill.rows()) == drill.own_count


@pytest.mark.parametrize("who", ["clerk", "leader", "other_clerk"])
def test_every_figure_is_the_sum_of_its_entries_on_every_day(desk, who):
    fill(desk)
    stranger = make_unit("不在名单的单位", Unit.Kind.DEPARTMENT, desk.district)
    make_visit(desk, unit=stranger, by=User.objects.system(), company=make_company(desk, "远方公司"))
    days = [desk.today - timedelta(days=back) for back in (10, 6, 3, 0)]
    total = 0
    for drill in drills(desk, getattr(desk, who), days):
        check(drill)
        total += 1
    assert total == 4 * 3 * (5 * 5 - 1)


def test_page_shows_total_entries_and_links_to_their_records(client, desk):
    first = make_tally(desk, amount=2, on=desk.today - timedelta(days=1))
    make_tally(desk, amount=3)
    response = rows_page(client, desk, unit=desk.unit)
    assert (response.context["total"], response.context["own_total"]) == ("5 条", "5 条")
    assert [(row.amount_text, row.title) for row in response.context["rows"]] == [
        ("3 条", "招商信息 · 新增"),
        ("2 条", "招商信息 · 新增"),
    ]
    text = response.content.decode()
    assert f'href="/tallies/{first.pk}/"' in text
    assert "还差" in text
    assert f"<title>招商信息 · 商务局 · 明细 · {desk.campaign.name}" in text


def test_figures_of_trips_and_attendance_open_to_their_records(client, desk):
    trips = add_rule("外出次数", "次", fact="trip.made")
    heads = add_rule("参会人次", "人次", fact="attendance.event", measure="persons")
    campaign = make_campaign(desk.district, desk.units, name="外出招商月")
    lines = [{"indicator": trips, "measure": "次"}, {"indicator": heads, "measure": "人次"}]
    set_lines(campaign=campaign, lines=lines, by=desk.editor)
    start = desk.today - timedelta(days=2)
    trip = actions.file_trip(
        unit=desk.unit, purpose="赴江南拜访企业", leader="局长", starts_on=start, ends_on=start, heads=Decimal(2),
        by=desk.clerk,
    )  # fmt: skip
    actions.end_trip(trip=trip, results="有", by=desk.clerk, today=desk.today)
    event = actions.create_event(name="招商推介会", on=start, level="city", by=desk.editor)
    row = actions.set_attendance(event=event, unit=desk.unit, heads=6, by=desk.clerk)
    found = []
    for line in campaign.lines.order_by("order", "pk"):
        page = client.get(f"/campaigns/{campaign.pk}/rows/", {"line": line.pk, "unit": desk.unit.pk})
        found += [(row.title, row.amount_text, row.url) for row in page.context["rows"]]
    assert found == [
        (f"{start} · 赴江南拜访企业", "1 次", trip.get_absolute_url()),
        ("招商推介会", "6 人次", f"/attendance/{row.pk}/"),
    ]


def test_total_of_the_organiser_shows_other_units_as_one_sum_without_names(client, desk):
    make_visit(desk, company=make_company(desk, "本局公司"))
    for name in ("秘密甲公司", "秘密乙公司"):
        company = make_company(desk, name, unit=desk.units[1])
        make_visit(desk, unit=desk.units[1], by=desk.other_clerk, company=company)
    response = rows_page(client, desk, "外出走访")
    text = response.content.decode()
    assert response.context["total"] == "3 家"
    assert "本局公司" in text
    assert "秘密" not in text
    assert [(row.unit, row.amount_text) for row in response.context["drill"].others] == [("工信局", "2 家")]
    links = [row.url for row in response.context["rows"]]
    assert len(links) == 1


def test_figure_of_another_unit_is_one_sum(client, desk):
    make_visit(desk, unit=desk.units[1], by=desk.other_clerk, company=make_company(desk, "秘密公司"))
    response = rows_page(client, desk, "外出走访", desk.units[1])
    assert (response.context["total"], response.context["rows"]) == ("1 家", [])
    assert "秘密" not in response.content.decode()
    assert "没有您单位的明细" in response.content.decode()


def test_units_below_a_roster_unit_count_toward_its_line(client, desk):
    office = make_unit("招商科", Unit.Kind.DEPARTMENT, desk.unit)
    make_visit(desk, unit=office, by=User.objects.system(), company=make_company(desk, "科室公司"))
    response = rows_page(client, desk, "外出走访", desk.unit)
    assert [row.unit for row in response.context["rows"]] == ["招商科"]
    client.force_login(desk.other_clerk)
    response = rows_page(client, desk, "外出走访")
    assert [(row.unit, row.amount_text) for row in response.context["drill"].others] == [("商务局", "1 家")]


def test_units_off_the_roster_stand_beside_the_total(client, desk):
    stranger = make_unit("不在名单的单位", Unit.Kind.DEPARTMENT, desk.district)
    make_visit(desk, unit=stranger, by=User.objects.system())
    client.force_login(desk.leader)
    assert rows_page(client, desk, "外出走访").context["total"] == "0 家"
    response = client.get(f"/campaigns/{desk.campaign.pk}/rows/", {"line": desk.lines["外出走访"].pk, "unit": "off"})
    assert response.context["total"] == "1 家"
    assert [row.unit for row in response.context["rows"]] == ["不在名单的单位"]


def test_level_shows_its_readings_and_the_newest_as_total(client, desk):
    for back, value in ((6, 90), (3, 95), (1, 93)):
        make_tally(desk, "满意度", value, on=desk.today - timedelta(days=back), is_reading=True)
    response = rows_page(client, desk, "满意度", desk.unit)
    assert [row.amount_text for row in response.context["rows"]] == ["93 %", "95 %", "90 %"]
    assert response.context["total"] == "93 %"
    assert rows_page(client, desk, "满意度").context["total"] == "未填报"


def test_corrected_figure_shows_as_it_stood_on_an_earlier_day(client, desk):
    tally = make_tally(desk, amount=2, on=desk.today - timedelta(days=5))
    correct_tally(tally=tally, amount=Decimal(7), on=desk.today, reason="改日期", by=desk.clerk)
    assert len(rows_page(client, desk, unit=desk.unit).context["rows"]) == 1
    earlier = rows_page(client, desk, unit=desk.unit, as_of=(desk.today - timedelta(days=1)).isoformat())
    assert (earlier.context["rows"], earlier.context["total"]) == ([], "未填报")


@pytest.fixture
def spring():
    """Return a drive from 1 April to 30 June of a past year, its first month closed."""
    desk = make_desk()
    desk.campaign = make_campaign(
        desk.district, desk.units, name="春季战", start=date(2025, 4, 1), end=date(2025, 6, 30)
    )
    desk.lines = make_lines(desk.campaign, desk.units)
    return desk


def test_closed_month_posts_to_the_first_open_day_and_says_when_it_happened(client, spring):
    visit = make_visit(spring, on=date(2025, 4, 10))
    close_month(month=date(2025, 4, 1), reason="通报", by=User.objects.system())
    late = make_visit(spring, on=date(2025, 4, 20), company=make_company(spring, "补报公司"))
    client.force_login(spring.clerk)
    response = rows_page(client, spring, "外出走访", spring.unit)
    assert [(row.on, row.fact_on) for row in response.context["rows"]] == [
        (date(2025, 5, 1), date(2025, 4, 20)),
        (date(2025, 4, 10), None),
    ]
    assert "发生日 2025-04-20" in response.content.decode()
    actions.withdraw_visit(visit=visit, reason="重复", by=spring.clerk)
    frozen = rows_page(client, spring, "外出走访", spring.unit, as_of="2025-04-30")
    assert (frozen.context["total"], len(frozen.context["rows"])) == ("1 家", 1)
    later = rows_page(client, spring, "外出走访", spring.unit, as_of="2025-05-01")
    assert [row.url for row in later.context["rows"]] == [late.get_absolute_url()]
    for drill in drills(spring, spring.clerk, [date(2025, 4, 30), date(2025, 5, 1), date(2025, 6, 30)]):
        check(drill)


def test_reversal_of_what_was_posted_before_the_start_is_shown(client, spring):
    visit = make_visit(spring, on=date(2025, 3, 20))
    close_month(month=date(2025, 3, 1), reason="通报", by=User.objects.system())
    actions.withdraw_visit(visit=visit, reason="重复", by=spring.clerk)
    client.force_login(spring.clerk)
    response = rows_page(client, spring, "外出走访", spring.unit)
    assert response.context["total"] == "-1 家"
    (row,) = response.context["rows"]
    assert (row.amount, row.on) == (Decimal(-1), date(2025, 4, 1))
    assert row.title.startswith("冲销")


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["tally", "reading", "visit", "correct", "withdraw", "close"]),
        st.integers(0, 2),
        st.integers(0, 89),
        st.integers(0, 40),
    ),
    max_size=12,
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=STEPS, data=st.data())
def test_figures_are_the_sums_of_their_entries_whatever_happened(spring, steps, data):
    from django.core.exceptions import ValidationError
    from django.db import transaction

    from campaigns.models import Tally

    system = User.objects.system()
    with transaction.atomic():
        for what, unit, back, amount in steps:
            day = date(2025, 4, 1) + timedelta(days=back)
            tally = Tally.objects.live().order_by("-pk").first()
            try:
                with transaction.atomic():
                    if what in {"tally", "reading"}:
                        facts = {"unit": spring.units[unit], "by": system, "is_reading": what == "reading"}
                        make_tally(spring, amount=amount, on=day, **facts)
                    elif what == "visit":
                        make_visit(spring, unit=spring.units[unit], on=day, by=system)
                    elif what == "close":
                        close_month(month=day, reason="通报", by=system)
                    elif tally and what == "correct":
                        correct_tally(tally=tally, amount=Decimal(amount), on=day, reason="改", by=system)
                    elif tally:
                        withdraw_tally(tally=tally, reason="错", by=system)
            except ValidationError:
                pass
        day = date(2025, 4, 1) + timedelta(days=data.draw(st.integers(0, 90)))
        table = standings(spring.campaign, day)
        for name in ("招商信息", "外出走访"):
            column = next(column for column in table.columns if column.line_id == spring.lines[name].pk)
            for unit in (*table.scores, None):
                check(Drill(table, column, unit, spring.clerk))
        transaction.set_rollback(True)


def test_foreign_campaign_line_or_unit_is_not_found(client, desk):
    stranger = make_user("far", Role.CLERK, make_unit("另一个区"))
    client.force_login(stranger)
    assert rows_page(client, desk).status_code == 404
    client.force_login(desk.clerk)
    other = make_campaign(desk.district, desk.units[:1], name="另一战役")
    lines = make_lines(other, desk.units[:1])
    assert client.get(f"/campaigns/{desk.campaign.pk}/rows/?line={lines['招商信息'].pk}").status_code == 404
    assert client.get(f"/campaigns/{other.pk}/rows/?unit={desk.units[2].pk}").status_code == 404
    for name in ("line", "unit"):
        for junk in NONSENSE:
            assert client.get(f"/campaigns/{desk.campaign.pk}/rows/", {name: junk}).status_code == 404
    for name in ("basis", "as_of", "page", "export"):
        for junk in NONSENSE:
            assert client.get(f"/campaigns/{desk.campaign.pk}/rows/", {name: junk}).status_code == 200


def test_export_holds_all_pages_and_the_total(client, desk):
    for number in range(55):
        make_tally(desk, amount=1, on=desk.today - timedelta(days=number % 40))
    make_tally(desk, amount=9, unit=desk.units[1], by=desk.other_clerk)
    assert len(rows_page(client, desk).context["rows"]) == 50
    assert len(rows_page(client, desk, page=2).context["rows"]) == 5
    response = rows_page(client, desk, export="xlsx")
    sheet = [list(row) for row in load_workbook(io.BytesIO(response.content)).active.iter_rows(values_only=True)]
    assert sheet[0] == ["入账日", "发生日", "单位", "数值（条）", "类别", "内容"]
    assert len(sheet) == 1 + 55 + 1 + 1
    assert sheet[-2][2:5] == ["工信局", 9, "其他单位合计"]
    assert sheet[-1][0] == "合计"
    assert sheet[-1][3] == 64


def test_recognised_basis_opens_recognised_entries(client, desk):
    tally = make_tally(desk, amount=4)
    recognise_tally(tally=tally, verdict="reduced", amount=Decimal(3), on=desk.today, reason="少", by=desk.verifier)
    assert rows_page(client, desk, unit=desk.unit).context["total"] == "4 条"
    response = rows_page(client, desk, unit=desk.unit, basis="recognised")
    assert (response.context["total"], [row.amount for row in response.context["rows"]]) == ("3 条", [Decimal(3)])


def test_page_costs_the_same_at_any_length(client, desk):
    """At most twelve: three for the user, one for campaigns, three standings, sums, rows, and one a kind."""
    make_visit(desk)
    client.force_login(desk.leader)
    rows_page(client, desk, "外出走访")
    with CaptureQueriesContext(connection) as few:
        rows_page(client, desk, "外出走访")
    for number in range(60):
        unit = desk.units[number % 3]
        make_visit(desk, unit=unit, by=User.objects.system(), company=make_company(desk, f"公司{number}"))
    with CaptureQueriesContext(connection) as many:
        rows_page(client, desk, "外出走访")
    assert len(many) == len(few)
    assert len(few) <= 12
