"""The list of visits, the phone-first form, the page of one, correcting, withdrawing."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from projects import actions
from projects.models import Company, Visit
from tests.projects.factories import NONSENSE, make_company, make_desk, make_project, make_visit
from tests.projects.forms import nonsense_in_every_field, rows_of, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    made = make_desk()
    client.force_login(made.clerk)
    return made


def visit_form(desk, **changed):
    """Return a filled-in form of a visit."""
    filled = {
        "direction": "outbound", "company_name": "蓝天公司", "on": desk.today.isoformat(), "heads": "3",
        "unit": desk.unit.pk, "place": "深圳", "project": "", "note": "谈选址",
    }  # fmt: skip
    return filled | changed


def correction(visit, **changed):
    """Return a filled-in correction."""
    filled = {
        "direction": visit.direction, "company_name": visit.company.name, "on": visit.on.isoformat(), "heads": "5",
        "place": "", "project": "", "note": "", "reason": "数错了", "version": visit.version,
    }  # fmt: skip
    return filled | changed


def companies(response):
    """Return the companies on a list, in their order."""
    return [row.record.company.name for row in response.context["table"].rows]


def test_list_says_what_to_do_while_there_is_nothing(client, desk):
    text = client.get("/visits/").content.decode()
    assert "还没有走访来访" in text
    assert 'href="/visits/new/"' in text


def test_list_counts_repeated_meetings_of_a_unit_with_a_company(client, desk):
    for day in (3, 2, 1):
        make_visit(desk, on=desk.today - timedelta(days=day))
    gone = make_visit(desk)
    actions.withdraw_visit(visit=gone, reason="重复", by=desk.clerk)
    make_visit(desk, company=make_company(desk, "蓝天公司"), unit=desk.units[1], by=desk.other_clerk)
    table = client.get("/visits/").context["table"]
    assert [row.get_cell("met") for row in table.rows] == [
        "—", "第 3 次 / 共 3 次", "第 2 次 / 共 3 次", "第 1 次 / 共 3 次"
    ]  # fmt: skip


def test_list_filters(client, desk):
    make_visit(desk, company=make_company(desk, "甲公司"), on=date(2026, 3, 1))
    make_visit(desk, company=make_company(desk, "乙公司"), on=date(2026, 4, 1), direction="inbound")
    seen = make_visit(desk, company=make_company(desk, "丙公司"), on=date(2026, 5, 1))
    actions.recognise_visit(visit=seen, verdict="full", on=date(2026, 5, 2), by=desk.verifier)
    gone = make_visit(desk, company=make_company(desk, "丁公司"), on=date(2026, 6, 1))
    actions.withdraw_visit(visit=gone, reason="误记", by=desk.clerk)
    for query, found in (
        ("q=甲", ["甲公司"]), ("direction=inbound", ["乙公司"]), ("recognition=full", ["丙公司"]),
        ("since=2026-04-01&until=2026-05-01", ["丙公司", "乙公司"]),
        ("recognition=waiting", ["乙公司", "甲公司"]), ("recognition=gone", ["丁公司"]),
        (f"unit={desk.units[1].pk}", []), ("", ["丁公司", "丙公司", "乙公司", "甲公司"]),
    ):  # fmt: skip
        assert companies(client.get(f"/visits/?{query}")) == found, query


@pytest.mark.parametrize("field", ["q", "direction", "unit", "since", "until", "recognition", "sort"])
def test_list_bears_nonsense_in_its_address(client, desk, field):
    make_visit(desk)
    for text in NONSENSE:
        assert client.get("/visits/", {field: text}).status_code == 200


@pytest.mark.parametrize("column", ["company", "direction", "on", "unit", "heads", "recognition"])
def test_list_sorts(client, desk, column):
    make_visit(desk, company=make_company(desk, "甲公司"))
    make_visit(desk, company=make_company(desk, "乙公司"))
    for sign in ("", "-"):
        assert sorted(companies(client.get(f"/visits/?sort={sign}{column}"))) == ["乙公司", "甲公司"]


def test_export_holds_what_the_filter_leaves(client, desk):
    make_visit(desk, company=make_company(desk, "@甲公司"))
    heads, row = rows_of(client.get("/visits/?export=xlsx"))
    assert heads == ["企业", "有关项目", "方向", "日期", "单位", "地点", "人数", "主要领导带队", "会面", "认定"]
    assert [row[0], row[2], row[6], row[8], row[9]] == ["'@甲公司", "走出去", 3, "第 1 次 / 共 1 次", "待认定"]


@pytest.mark.parametrize("rows", [1, 30])
def test_list_costs_the_same_at_any_length(client, desk, rows, django_assert_num_queries):
    for number in range(rows):
        make_visit(desk, company=make_company(desk, f"公司{number}"))
    client.get("/visits/")
    with django_assert_num_queries(6):  # session, user, roles, units of the filter, count, rows
        client.get("/visits/")


def test_visit_is_recorded_with_a_new_company(client, desk):
    response = send(
        client, "/visits/new/?direction=inbound", **visit_form(desk, direction="inbound", led_by_top="on")
    )
    visit = Visit.objects.get()
    assert response.url == f"/visits/{visit.pk}/"
    assert (visit.direction, visit.heads, visit.place, visit.led_by_top, visit.recorded_by) == (
        "inbound", Decimal(3), "深圳", True, desk.clerk
    )  # fmt: skip
    assert Company.objects.get().entered_for == desk.unit


def test_form_starts_with_the_last_visit_and_what_the_link_says(client, desk):
    form = client.get("/visits/new/").context["form"]
    assert (form["direction"].value(), form["unit"].value(), form["place"].value()) == (
        "outbound",
        desk.unit.pk,
        None,
    )
    send(client, "/visits/new/", **visit_form(desk, direction="inbound"))
    form = client.get("/visits/new/").context["form"]
    assert (form["direction"].value(), form["place"].value()) == ("inbound", "深圳")
    project = make_project(desk)
    form = client.get(f"/visits/new/?direction=outbound&project={project.pk}").context["form"]
    assert (form["direction"].value(), form["project"].value(), form["company_name"].value()) == (
        "outbound", project.pk, "蓝天公司"
    )  # fmt: skip
    form = client.get(f"/visits/new/?company={project.company_id}").context["form"]
    assert form["company_name"].value() == "蓝天公司"


@pytest.mark.parametrize("name", ["project", "company", "direction"])
def test_form_bears_nonsense_in_its_address(client, desk, name):
    for text in (*NONSENSE, "999999"):
        assert client.get("/visits/new/", {name: text}).status_code == 200


def test_projects_offered_are_ones_own(client, desk):
    mine = make_project(desk, name="我的项目")
    make_project(desk, name="别家项目", unit=desk.units[1], by=desk.other_clerk, company=make_company(desk, "乙公司"))
    assert list(client.get("/visits/new/").context["form"].fields["project"].queryset) == [mine]


def test_first_visit_moves_the_project(client, desk):
    project = make_project(desk)
    send(client, "/visits/new/", **visit_form(desk, project=project.pk))
    project.refresh_from_db()
    assert project.stage == "visit"
    assert "走出去 · 商务局" in client.get(f"/projects/{project.pk}/").content.decode()


@pytest.mark.parametrize(
    ("changed", "field", "told"),
    [
        ({"heads": "0"}, "heads", "不能小于 1人"),
        ({"heads": "1.5"}, "heads", "人数须为整数"),
        ({"heads": "三个"}, "heads", "不是同一种计量"),
        ({"on": "2099-01-01"}, "on", "不能晚于今天"),
        ({"company_name": ""}, "company_name", "必填"),
        ({"company_name": "长" * 121}, "company_name", "120"),
        ({"direction": "up"}, "direction", ""),
    ],
)
def test_bad_input_is_told_beside_its_field(client, desk, changed, field, told):
    response = send(client, "/visits/new/", **visit_form(desk, **changed))
    assert told in " ".join(response.context["form"].errors[field])
    assert (Visit.objects.count(), Company.objects.count()) == (0, 0)


def test_nonsense_in_a_visit_never_breaks_the_page(client, desk):
    assert nonsense_in_every_field(client, "/visits/new/", visit_form(desk, led_by_top="on")) == []


def test_page_shows_the_meeting_and_what_it_counts_toward(client, desk):
    visit = make_visit(desk)
    response = client.get(f"/visits/{visit.pk}/")
    text = response.content.decode()
    for told in ("走出去 · 蓝天公司", "第 1 次 / 共 1 次", "外出走访", "待认定", "上传凭证", "更正", "撤回"):
        assert told in text, told


def test_correction_and_withdrawal(client, desk):
    visit = make_visit(desk)
    assert send(client, f"/visits/{visit.pk}/correct/", **correction(visit, company_name="乙公司")).status_code == 302
    visit.refresh_from_db()
    assert (visit.heads, visit.company.name, visit.unit) == (Decimal(5), "乙公司", desk.unit)
    assert "数错了" in client.get(f"/visits/{visit.pk}/").content.decode()
    send(client, f"/visits/{visit.pk}/withdraw/", reason="没去成", version=visit.version)
    visit.refresh_from_db()
    assert visit.is_withdrawn
    assert "没有计入任何指标" in client.get(f"/visits/{visit.pk}/").content.decode()


def test_older_version_shows_both_values(client, desk):
    visit = make_visit(desk)
    actions.correct_visit(visit=visit, heads=Decimal(9), reason="他人先改", by=desk.clerk)
    response = send(client, f"/visits/{visit.pk}/correct/", **correction(visit))
    rows = {row["label"]: (row["mine"], row["theirs"]) for row in response.context["conflict"]}
    assert rows["人数"] == ("5", "9")


@pytest.mark.parametrize("path", ["correct", "withdraw"])
def test_nonsense_in_a_correction_never_breaks_the_page(client, desk, path):
    visit = make_visit(desk)
    assert nonsense_in_every_field(client, f"/visits/{visit.pk}/{path}/", correction(visit)) == []


def test_visit_of_another_unit_is_not_found(client, desk):
    visit = make_visit(desk)
    client.force_login(desk.other_clerk)
    assert companies(client.get("/visits/")) == []
    for path in ("", "correct/", "withdraw/"):
        assert client.get(f"/visits/{visit.pk}/{path}").status_code == 404
    assert send(client, f"/visits/{visit.pk}/correct/", **correction(visit)).status_code == 404
    visit.refresh_from_db()
    assert (visit.heads, visit.is_withdrawn) == (Decimal(3), False)


def test_leader_reads_and_does_not_write(client, desk):
    visit = make_visit(desk)
    client.force_login(desk.leader)
    assert client.get(f"/visits/{visit.pk}/").context["may_change"] is False
    assert client.get(f"/visits/{visit.pk}/correct/").status_code == 403


def test_page_costs_the_same_with_many_meetings(client, desk):
    visit, counts = make_visit(desk), []
    for number in (1, 20):
        for _ in range(number):
            make_visit(desk)
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/visits/{visit.pk}/")
        counts.append(len(queries))
    assert counts[0] == counts[1]
