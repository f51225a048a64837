"""The list of projects, a new lead, the page of a project, changing it, its shares."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from projects import actions, project_page
from projects.models import Company, Credit, Milestone, Project
from tests.projects.factories import NONSENSE, make_company, make_contract, make_desk, make_milestone, make_project
from tests.projects.forms import list_rows, nonsense_in_every_field, send
from units.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    made = make_desk()
    client.force_login(made.clerk)
    return made


def names(response):
    """Return the names of the projects on a list, in their order."""
    return [row.record.name for row in response.context["table"].rows]


def lead(desk, **changed):
    """Return a filled-in form of a new lead."""
    filled = {
        "name": "白云二期", "company_name": "白云公司", "origin": "hmt", "sector": "services", "unit": desk.unit.pk,
        "investment": "1.2亿元", "summary": "建仓储", "on": desk.today.isoformat(),
    }  # fmt: skip
    return filled | changed


def change(project, **changed):
    """Return a filled-in form of a project's change."""
    filled = {
        "name": project.name, "company_name": project.company.name, "sector": project.sector, "industry": "电子",
        "investment": "5000", "place": "", "leader": "", "summary": "", "version": project.version,
    }  # fmt: skip
    return filled | changed


# --- the list


def test_list_says_what_to_do_while_there_is_nothing(client, desk):
    text = client.get("/projects/").content.decode()
    assert "还没有项目" in text
    assert 'href="/projects/new/"' in text
    assert "共 <b>0</b> 个项目" in text


def test_list_shows_sums_of_what_the_filter_leaves(client, desk):
    first = make_contract(desk, name="甲", amount=90000)
    make_milestone(desk, first.project, "funding", amount=Decimal(12345))
    make_contract(desk, name="乙", amount=5000)
    make_project(desk, name="丙")
    text = client.get("/projects/").content.decode()
    assert "共 <b>3</b> 个项目 · 协议投资 <b>9.5</b> 亿元 · 到位 <b>1.2345</b> 亿元" in text
    text = client.get("/projects/?q=乙").content.decode()
    assert "共 <b>1</b> 个项目 · 协议投资 <b>5000</b> 万元 · 到位 <b>0</b> 万元" in text


def test_list_filters(client, desk):
    first = make_contract(desk, name="甲", on=date(2026, 3, 1))
    make_contract(desk, name="乙", on=date(2026, 4, 1), company=make_company(desk, "红土公司"))
    actions.change_company(company=first.project.company, origin="city", by=desk.clerk)
    make_project(desk, name="丙", sector="services")
    for query, found in (
        ("q=红土", ["乙"]), ("q=丙", ["丙"]), ("stage=signed", ["乙", "甲"]), ("sector=services", ["丙"]),
        ("origin=country", ["乙"]), (f"unit={desk.units[1].pk}", []), (f"unit={desk.unit.pk}", ["丙", "乙", "甲"]),
        ("signed_from=2026-03-15", ["乙"]), ("signed_to=2026-03-01", ["甲"]),
        ("signed_from=2026-03-01&signed_to=2026-04-01", ["乙", "甲"]),
    ):  # fmt: skip
        assert names(client.get(f"/projects/?{query}&sort=-updated_at")) == found or sorted(
            names(client.get(f"/projects/?{query}"))
        ) == sorted(found), query


@pytest.mark.parametrize("column", ["name", "industry", "origin", "stage", "contracted", "arrived", "updated_at"])
def test_list_sorts_by_every_column_both_ways(client, desk, column):
    make_contract(desk, name="甲", amount=300)
    make_contract(desk, name="乙", amount=200)
    make_project(desk, name="丙")
    up, down = (names(client.get(f"/projects/?sort={sign}{column}")) for sign in ("", "-"))
    assert sorted(up) == sorted(down) == ["丙", "乙", "甲"]
    if column == "contracted":
        assert (up, down) == (["乙", "甲", "丙"], ["甲", "乙", "丙"])  # without an amount: last, both ways
    if column == "stage":
        assert (up[0], down[-1]) == ("丙", "丙")


@pytest.mark.parametrize(
    "field", ["q", "stage", "sector", "unit", "origin", "signed_from", "signed_to", "sort", "page"]
)
def test_list_bears_nonsense_in_its_address(client, desk, field):
    make_project(desk)
    for text in NONSENSE:
        assert client.get("/projects/", {field: text}).status_code in {200, 404}


def test_export_holds_the_rows_of_the_filter_and_no_formula(client, desk):
    make_contract(desk, name="=1+1", amount=14000)
    make_project(desk, name="别的")
    response = client.get("/projects/?stage=signed&export=xlsx")
    heads, row = list_rows(response)
    assert heads == [
        "编号", "项目名称", "投资方", "产业类别", "细分产业", "资金来源", "阶段", "已终止", "协议投资(万元)",
        "累计到位(万元)", "招引单位", "预警", "最近更新",
    ]  # fmt: skip
    project, day = Project.objects.get(name="=1+1"), datetime.combine(desk.today, time.min)
    assert row == [
        f"P{project.pk:06d}", "'=1+1", "蓝天公司", "工业", None, "省外", "签约", None, 14000, None, "商务局",
        None, day,
    ]  # fmt: skip


@pytest.mark.parametrize("rows", [1, 30])
def test_list_costs_the_same_at_any_length(client, desk, rows, django_assert_num_queries):
    for number in range(rows):
        make_contract(desk, name=f"项目{number}", company=make_company(desk, f"公司{number}"))
    client.get("/projects/")
    # session, user, roles, columns, count, rows, shares, tags and units of the filter, sums, saved views,
    # their counts; flags: thresholds, facts, twins, papers, land and complaints
    with django_assert_num_queries(17):
        client.get("/projects/")


def test_list_shows_only_what_ones_units_share(client, desk):
    make_project(desk)
    client.force_login(desk.other_clerk)
    assert names(client.get("/projects/")) == []
    client.force_login(desk.leader)
    assert names(client.get("/projects/")) == ["蓝天一期"]


# --- a new lead


def test_lead_enters_company_project_and_the_first_milestone(client, desk):
    response = send(client, "/projects/new/", **lead(desk))
    project = Project.objects.get()
    assert response.url == f"/projects/{project.pk}/"
    company = Company.objects.get()
    assert (project.name, project.sector, project.investment, project.summary) == (
        "白云二期", "services", Decimal(12000), "建仓储"
    )  # fmt: skip
    assert (company.name, company.origin, company.entered_for) == ("白云公司", "hmt", desk.unit)
    assert [(row.kind, row.on) for row in Milestone.objects.all()] == [("lead", desk.today)]
    assert list(Credit.objects.values_list("unit", "share")) == [(desk.unit.pk, Decimal(100))]


def test_lead_takes_a_known_company_as_it_is(client, desk):
    known = make_company(desk, "白云公司", unit=desk.units[2])
    send(client, "/projects/new/", **lead(desk))
    known.refresh_from_db()
    assert Project.objects.get().company == known
    assert known.origin == "country"


def test_companies_are_suggested_to_those_who_may_see_them(client, desk):
    make_company(desk, "看得见公司")
    make_company(desk, "看不见公司", unit=desk.units[2])
    text = client.get("/projects/new/").content.decode()
    assert '<option value="看得见公司">' in text
    assert "看不见公司" not in text


def test_lead_of_the_same_name_and_company_is_refused_whole(client, desk):
    send(client, "/projects/new/", **lead(desk))
    counts = Project.objects.count(), Milestone.objects.count(), AuditEntry.objects.count()
    response = send(client, "/projects/new/", **lead(desk))
    assert "该企业已有同名项目" in response.content.decode()
    assert counts == (Project.objects.count(), Milestone.objects.count(), AuditEntry.objects.count())


def test_lead_that_fails_late_leaves_no_company_behind(client, desk):
    tomorrow = (desk.today + timedelta(days=1)).isoformat()
    response = send(client, "/projects/new/", **lead(desk, on=tomorrow))
    assert "发生日期不能晚于今天" in response.content.decode()
    assert (Company.objects.count(), Project.objects.count()) == (0, 0)


def test_form_sent_twice_is_saved_once(client, desk):
    first = client.post("/projects/new/", {**lead(desk), "nonce": "same"})
    second = client.post("/projects/new/", {**lead(desk), "nonce": "same"})
    assert first.url == second.url
    assert Project.objects.count() == 1


def test_lead_is_entered_for_ones_own_units_only(client, desk):
    response = send(client, "/projects/new/", **lead(desk, unit=desk.units[1].pk))
    assert response.context["form"].errors["unit"]
    assert Project.objects.count() == 0


def test_nonsense_in_a_lead_never_breaks_the_page(client, desk):
    assert nonsense_in_every_field(client, "/projects/new/", lead(desk)) == []


# --- the page


def test_page_tells_everything_about_a_project(client, desk):
    contract = make_contract(desk, amount=90000, on=desk.today - timedelta(days=5))
    project = contract.project
    make_milestone(desk, project, "funding", amount=Decimal(20000))
    funded = make_milestone(desk, project, "funding", amount=Decimal(10000))
    actions.recognise_milestone(
        milestone=funded, verdict="reduced", amount=Decimal(9000), on=desk.today, reason="重复计算", by=desk.verifier
    )
    make_milestone(desk, project, "groundbreaking", due_on=desk.today - timedelta(days=3))
    response = client.get(f"/projects/{project.pk}/")
    text = response.content.decode()
    for told in (
        "9 亿元", "2 亿元 待认定", "核减认定", "重复计算", "逾期 3 天", "已发生", "还缺凭证：正式合同", "签约项目",
        "到位率 33.3%", "认定率 30%", "商务局", "已 0 天", "<title>蓝天一期 · 项目台账 · 招商战报</title>",
    ):  # fmt: skip
        assert told in text, told
    assert [number for _label, number, _measure in response.context["money"].figures] == ["9", "3", "9000", "1000"]
    assert response.context["counts_toward"] == ["签约项目"]


def test_stage_line_has_days_of_what_was_reached(desk):
    project = make_project(desk)
    today = desk.today
    Project.objects.filter(pk=project.pk).update(recorded_at=timezone.now() - timedelta(days=90))
    make_milestone(desk, project, "lead", on=today - timedelta(days=30))
    make_milestone(desk, project, "contract", on=today - timedelta(days=10), amount=Decimal(1))
    make_milestone(desk, project, "groundbreaking", due_on=date(2099, 5, 1))
    project.refresh_from_db()
    milestones, visits = project_page.facts_of(project, desk.clerk)
    steps = project_page.stage_line(project, milestones, visits, today)
    assert [(step.name, step.css) for step in steps] == [
        ("线索", "is-done"), ("走访考察", ""), ("洽谈", ""), ("意向", ""), ("签约", "is-now"), ("到资", ""),
        ("开工在建", ""), ("投产", ""),
    ]  # fmt: skip
    notes = [step.note for step in steps]
    assert notes[0].endswith("20 天")
    assert notes[4].endswith("已 10 天")
    assert (notes[1], notes[5], notes[6]) == ("未登记", "", "计划 2099-05-01")


def test_next_steps_are_those_that_nothing_blocks(client, desk):
    project = make_project(desk)
    labels = [label for label, _url in client.get(f"/projects/{project.pk}/").context["next_steps"]]
    assert labels == ["线索登记", "洽谈", "意向协议", "框架协议", "正式合同", "公司注册", "纳税", "终止"]
    make_milestone(desk, project, "contract", due_on=desk.today)
    labels = [label for label, _url in client.get(f"/projects/{project.pk}/").context["next_steps"]]
    assert "正式合同" not in labels


def test_withdrawn_milestone_stays_on_the_timeline_but_not_in_the_money(client, desk):
    contract = make_contract(desk, amount=90000)
    actions.withdraw_milestone(milestone=contract, reason="未签", by=desk.clerk)
    response = client.get(f"/projects/{contract.project.pk}/")
    assert [row.css for row in response.context["moments"]] == ["is-void"]
    assert response.context["money"].figures[0][1] == "0"


def test_page_costs_the_same_with_many_milestones(client, desk):
    project = make_contract(desk).project
    counts = []
    for number in (1, 30):
        for _ in range(number):
            make_milestone(desk, project, "funding", amount=Decimal(1))
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/projects/{project.pk}/")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 24  # problems and reviews, and the flags of land and complaints, among them


def test_project_of_another_unit_is_not_found(client, desk):
    project = make_project(desk)
    client.force_login(desk.other_clerk)
    for path in ("", "change/", "milestones/new/", "milestones/new/?kind=talks"):
        assert client.get(f"/projects/{project.pk}/{path}").status_code == 404
    assert send(client, f"/projects/{project.pk}/change/", **change(project, name="偷改")).status_code == 404
    assert Project.objects.get().name == "蓝天一期"


def test_sharing_unit_reads_and_does_not_write(client, desk):
    project = make_project(desk)
    rows = [(desk.units[0], "introducing", Decimal(50)), (desk.units[1], "landing", Decimal(50))]
    actions.set_shares(project=project, shares=rows, document="x", by=desk.editor)
    client.force_login(desk.other_clerk)
    response = client.get(f"/projects/{project.pk}/")
    assert (response.status_code, response.context["may_change"]) == (200, False)
    assert "/change/" not in response.content.decode()
    assert client.get(f"/projects/{project.pk}/change/").status_code == 403
    assert send(client, f"/projects/{project.pk}/change/", **change(project, name="偷改")).status_code == 403
    assert Project.objects.get().name == "蓝天一期"


# --- changing it


def test_change_saves_and_leaves_a_trail(client, desk):
    project = make_project(desk)
    response = send(
        client, f"/projects/{project.pk}/change/", **change(project, company_name="新投资方", place="北区")
    )
    assert response.url == f"/projects/{project.pk}/"
    project.refresh_from_db()
    assert (project.company.name, project.place, project.investment) == ("新投资方", "北区", Decimal(5000))
    assert "北区" in client.get(f"/projects/{project.pk}/").content.decode()


def test_second_clerk_sees_both_values(client, desk):
    project = make_project(desk)
    opened = change(project, place="我的地点")
    actions.change_project(project=project, place="他人的地点", by=desk.clerk)
    response = send(client, f"/projects/{project.pk}/change/", **opened)
    text = response.content.decode()
    assert "他人的地点" in text
    assert "我的地点" in text
    assert Project.objects.get().place == "他人的地点"
    again = send(client, f"/projects/{project.pk}/change/", **{**opened, "version": 2})
    assert again.status_code == 302
    assert Project.objects.get().place == "我的地点"


def test_nonsense_in_a_change_never_breaks_the_page(client, desk):
    project = make_project(desk)
    assert nonsense_in_every_field(client, f"/projects/{project.pk}/change/", change(project)) == []


# --- shares


def shares(project, *rows, **changed):
    """Return a filled-in form of shares: (unit, role, percent) a row."""
    filled = {"document": "会议纪要", "version": project.version, "step": "save"}
    for number, (unit, role, share) in enumerate(rows):
        filled |= {f"unit_{number}": unit.pk if unit else "", f"role_{number}": role, f"share_{number}": share}
    for number in range(len(rows), 4):
        filled |= {f"unit_{number}": "", f"role_{number}": "landing", f"share_{number}": ""}
    return filled | changed


def test_editor_sets_shares(client, desk):
    project = make_project(desk)
    client.force_login(desk.editor)
    assert "份额" in client.get(f"/projects/{project.pk}/shares/").content.decode()
    first, second, _third = desk.units
    rows = ((first, "introducing", "60"), (second, "landing", "40"))
    assert send(client, f"/projects/{project.pk}/shares/", **shares(project, *rows)).status_code == 302
    assert list(project.credits.values_list("unit__name", "share")) == [
        ("商务局", Decimal(60)),
        ("工信局", Decimal(40)),
    ]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([(0, "introducing", "60")], "合计须为 100%"),
        ([(0, "introducing", "")], "请填份额"),
        ([(None, "introducing", "100")], "请选单位"),
        ([(0, "landing", "100")], "有且只有一个招引单位"),
        ([(0, "introducing", "60"), (0, "landing", "40")], "同一单位只能有一份"),
        ([(0, "introducing", "-5")], "不能小于"),
    ],
)
def test_wrong_shares_are_refused_with_a_word(client, desk, rows, told):
    project = make_project(desk)
    client.force_login(desk.editor)
    rows = [(None if place is None else desk.units[place], role, share) for place, role, share in rows]
    response = send(client, f"/projects/{project.pk}/shares/", **shares(project, *rows))
    assert told in response.content.decode()
    assert list(project.credits.values_list("share", flat=True)) == [Decimal(100)]


def test_nonsense_in_shares_never_breaks_the_page(client, desk):
    project = make_project(desk)
    client.force_login(desk.editor)
    filled = shares(project, (desk.units[0], "introducing", "100"))
    fields = ("unit_0", "role_0", "share_0", "from_on", "document", "reason", "version", "step")
    assert nonsense_in_every_field(client, f"/projects/{project.pk}/shares/", filled, fields) == []


def test_clerk_sets_no_shares(client, desk):
    project = make_project(desk)
    assert client.get(f"/projects/{project.pk}/shares/").status_code == 403
