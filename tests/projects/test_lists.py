"""The lists of the projects room: search, ready-made views, many projects changed at once, exports, their cost."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from projects import actions
from projects.models import Credit, Duty, Milestone, Project, Tag
from projects.resources import CompanyResource, MilestoneResource, ProjectResource, VisitResource
from tests.factories import make_user
from tests.projects.factories import (
    NONSENSE,
    make_company,
    make_contract,
    make_desk,
    make_milestone,
    make_project,
    make_visit,
)
from tests.projects.forms import list_rows, send
from units.models import AuditEntry, ListChoice, Role, SavedView

pytestmark = pytest.mark.django_db
LISTS = ("/projects/", "/milestones/", "/visits/", "/companies/")
FILTERS = {
    "/projects/": (
        "q", "stage", "sector", "unit", "origin", "tag", "mine", "is_key", "amount_from", "signed_from", "signed_to",
        "overdue", "stale", "carried", "flag",
    ),
    "/milestones/": ("q", "kind", "state", "unit", "recognition", "since", "until", "mine"),
    "/visits/": ("q", "direction", "unit", "recognition", "since", "until", "mine"),
    "/companies/": ("q", "origin", "chart", "is_claimed", "mine"),
}  # fmt: skip


@pytest.fixture
def desk(client):
    made = make_desk()
    client.force_login(made.clerk)
    return made


def names(response):
    """Return what a list names, in its order."""
    return [str(row.record) for row in response.context["table"].rows]


def view(client, page, key):
    """Return the list as a ready-made view shows it."""
    tab = next(tab for tab in client.get(page).context["views"] if tab.key == key)
    response = client.get(page + tab.url)
    assert [tab.key for tab in response.context["views"] if tab.active] == [key]
    return names(response), tab.count


# --- search


@pytest.mark.parametrize("text", ["青石", "qsxny", "qingshi", "lantian", "新能源 蓝天", "P{}", "p00{}", "ＱＳ"])
def test_projects_are_found_by_name_company_pinyin_and_number(client, desk, text):
    project = make_project(desk, name="青石新能源", company=make_company(desk, "蓝天公司"))
    make_project(desk, name="别的", company=make_company(desk, "红土公司"), registered_name="红土公司")
    assert names(client.get("/projects/", {"q": text.format(project.pk)})) == ["青石新能源"]


def test_search_finds_each_kind_in_the_users_scope(client, desk):
    make_project(desk, name="青石新能源", company=make_company(desk, "青石集团"))
    page = client.get("/search/?q=qs")
    assert [(str(kind.label), [row.name for row in kind.rows]) for kind in page.context["kinds"]] == [
        ("项目", ["青石新能源"]), ("企业", ["青石集团"]),
    ]  # fmt: skip
    assert [row.name for row in client.get("/search/?q=swj").context["kinds"][0].rows] == ["商务局"]
    client.force_login(desk.other_clerk)
    assert "没有找到" in client.get("/search/?q=qs").content.decode()


def test_search_drops_down_for_htmx_and_is_a_page_without_it(client, desk):
    make_project(desk, name="青石新能源")
    piece = client.get("/search/?q=qs", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in piece
    assert "青石新能源" in piece
    assert "<html" in client.get("/search/?q=qs").content.decode()
    for text in ("", " ", "%", "_", *NONSENSE):
        assert client.get("/search/", {"q": text}).status_code == 200


def test_search_shows_eight_of_a_kind_and_leads_to_the_rest(client, desk, django_assert_num_queries):
    company = make_company(desk, "青石集团")
    for number in range(12):
        make_project(desk, name=f"青石{number}", company=company)
    with django_assert_num_queries(7):  # session, user, roles; projects, their units, companies, units
        kind = client.get("/search/?q=qs").context["kinds"][0]
    assert (len(kind.rows), kind.url) == (8, "/projects/?q=qs")


# --- ready-made views


def test_ready_made_views_of_projects(client, desk):
    today = timezone.localdate()
    make_contract(desk, name="本月", on=today, amount=10000)
    make_contract(desk, name="去年", on=date(today.year - 1, 1, 5), amount=9999)
    late = make_project(desk, name="超期", company=make_company(desk, "绿地公司"))
    make_milestone(desk, late, "groundbreaking", due_on=today - timedelta(days=1), on=None)
    Project.objects.filter(name="去年").update(updated_at=timezone.now() - timedelta(days=31))
    assert view(client, "/projects/", "signed") == (["本月"], 1)
    assert view(client, "/projects/", "late") == (["超期"], 1)
    assert view(client, "/projects/", "stale") == (["去年"], 1)
    assert view(client, "/projects/", "large") == (["本月"], 1)
    assert sorted(view(client, "/projects/", "mine")[0]) == sorted(["本月", "去年", "超期"])
    client.force_login(desk.leader)
    assert "mine" not in [tab.key for tab in client.get("/projects/").context["views"]]


def test_ready_made_views_of_milestones_and_visits(client, desk):
    today = timezone.localdate()
    project = make_contract(desk, on=today - timedelta(days=70)).project
    make_milestone(desk, project, "funding", amount=Decimal(5), on=today)
    make_milestone(desk, project, "groundbreaking", due_on=today - timedelta(days=2), on=None)
    assert view(client, "/milestones/", "late")[0] == ["蓝天一期 · 开工"]
    assert view(client, "/milestones/", "funding")[0] == ["蓝天一期 · 资金到位"]
    month = view(client, "/milestones/", "month")[0]
    assert "蓝天一期 · 资金到位" in month
    assert "蓝天一期 · 正式合同" not in month
    assert len(view(client, "/milestones/", "waiting")[0]) == 2
    visit = make_visit(desk, direction="inbound", heads=4)
    gone = make_visit(desk, direction="inbound", heads=9)
    actions.withdraw_visit(visit=gone, reason="误", by=desk.clerk)
    assert view(client, "/visits/", "outbound")[0] == []
    assert str(visit) in view(client, "/visits/", "month")[0]
    assert client.get("/visits/").context["totals"].sums == [  # what was withdrawn counts nothing
        ("人数", "4", "人次"), ("请进来", "1", "批次"), ("来客", "4", "人次")
    ]  # fmt: skip


def test_milestone_list_adds_up_contracts_and_funds_apart(client, desk):
    project = make_contract(desk, amount=12345).project
    make_milestone(desk, project, "funding", amount=Decimal("0.000001"))
    make_milestone(desk, project, "funding", amount=Decimal(20000))
    gone = make_milestone(desk, project, "funding", amount=Decimal(777))
    actions.withdraw_milestone(milestone=gone, reason="误", by=desk.clerk)
    totals = client.get("/milestones/").context["totals"]
    assert totals.count == 3
    assert totals.sums == [("签约", "1.2345", "亿元"), ("到位", "20000.000001", "万元")]
    client.force_login(desk.other_clerk)
    assert names(client.get("/milestones/")) == []


def test_stages_are_ticked_together_and_taken_off_one_by_one(client, desk):
    make_contract(desk, name="甲")
    make_project(desk, name="乙")
    page = client.get("/projects/?stage=lead&stage=signed&sort=name")
    assert sorted(names(page)) == ["乙", "甲"]
    assert page.context["chips"] == [
        {"label": "阶段：线索", "url": "?stage=signed&sort=name"},
        {"label": "阶段：签约", "url": "?stage=lead&sort=name"},
    ]


def test_tags_and_key_projects_narrow(client, desk):
    tag = Tag.objects.create(group="136", name="一号工程")
    make_project(desk, name="甲", is_key=True).tags.add(tag)
    make_project(desk, name="乙", company=make_company(desk, "乙公司"))
    assert names(client.get(f"/projects/?tag={tag.pk}")) == ["甲"]
    assert names(client.get("/projects/?is_key=1")) == ["甲"]
    assert client.get(f"/projects/?tag={tag.pk}").context["chips"][0]["label"] == "标签：136·一号工程"


@pytest.mark.parametrize("page", LISTS)
def test_list_bears_nonsense_in_every_parameter(client, desk, page):
    make_visit(desk, company=make_contract(desk).project.company)
    for place, name in enumerate((*FILTERS[page], "sort", "page", "columns", "view")):
        for text in NONSENSE[place % 2 :: 2]:
            assert client.get(page, {name: text}).status_code == 200, (name, text)
        assert client.get(page, {name: NONSENSE[place % len(NONSENSE)], "export": "csv"}).status_code == 200


# --- columns, and what they cost


@pytest.mark.parametrize("page", LISTS)
def test_every_column_can_be_shown_sorted_and_exported(client, desk, page):
    project = make_contract(desk).project
    actions.assign_lead_unit(projects=[(project, project.version)], unit=desk.units[1], by=desk.clerk)
    make_visit(desk, company=project.company)
    table = client.get(page).context["table"]
    free = [column.name for column in table.columns.iterall()][1:]
    for columns in (free, list(reversed(free))):
        shown = client.get(page, {"columns": ",".join(columns)})
        assert [column.name for column in shown.context["table"].columns][1:] == columns
        heads, *rows = list_rows(client.get(page, {"columns": ",".join(columns), "export": "xlsx"}))
        assert heads[0] == "编号"
        assert len(rows) == shown.context["table"].paginator.count
    for column in table.columns.iterall():
        if column.orderable:
            for sign in ("", "-"):
                assert client.get(page, {"columns": ",".join(free), "sort": sign + column.name}).status_code == 200


QUERIES = {"/projects/": 18, "/milestones/": 10, "/visits/": 9, "/companies/": 9}


@pytest.mark.parametrize("page", LISTS)
def test_list_costs_the_same_at_any_length_with_all_its_columns(client, desk, page):
    counts = []
    table = client.get(page).context["table"]
    columns = ",".join([column.name for column in table.columns.iterall()][1:])
    for start, stop in ((0, 1), (1, 30)):
        for number in range(start, stop):
            company = make_company(desk, f"公司{number}")
            project = make_contract(desk, name=f"项目{number}", company=company).project
            project.tags.add(Tag.objects.create(group="组", name=f"标签{number}"))
            Duty.objects.create(project=project, kind=Duty.Kind.LEAD, unit=desk.units[1])
            make_visit(desk, company=company)
            SavedView.objects.create(
                owner=desk.clerk, page="projects:project_list", name=f"{number}", query="stage=lead"
            )
        client.get(page, {"columns": columns})
        with CaptureQueriesContext(connection) as queries:
            client.get(page, {"columns": columns})
        counts.append(len(queries))
    assert counts[0] == counts[1] <= QUERIES[page]


def test_a_removed_column_in_a_stored_choice_is_ignored(client, desk):
    make_project(desk)
    ListChoice.objects.create(user=desk.clerk, page="projects:project_list", columns=["vanished", "leader", "stage"])
    page = client.get("/projects/")
    assert [column.name for column in page.context["table"].columns] == ["name", "leader", "stage"]
    assert list_rows(client.get("/projects/?export=xlsx"))[0] == [
        "编号",
        "项目名称",
        "投资方",
        "挂包领导",
        "阶段",
        "已终止",
    ]


# --- exports


def test_export_is_what_is_seen_filtered_sorted_in_the_columns_chosen(client, desk):
    for name, amount in (("甲", 300), ("乙", 100), ("丙", 200)):
        make_contract(desk, name=name, amount=amount, company=make_company(desk, f"{name}公司"))
    make_project(desk, name="无")
    response = client.get("/projects/?stage=signed&sort=-contracted&columns=contracted,unit&export=xlsx")
    heads, *rows = list_rows(response)
    assert heads == ["编号", "项目名称", "投资方", "协议投资(万元)", "招引单位"]
    assert [row[1:] for row in rows] == [
        ["甲", "甲公司", 300, "商务局"], ["丙", "丙公司", 200, "商务局"], ["乙", "乙公司", 100, "商务局"],
    ]  # fmt: skip
    text = client.get("/projects/?stage=signed&sort=contracted&columns=contracted&export=csv").content.decode(
        "utf-8-sig"
    )
    assert [line.split(",")[3] for line in text.splitlines()] == ["协议投资(万元)", "100", "200", "300"]


def test_full_project_export_has_one_heading_a_field_and_every_value(desk):
    company = make_company(desk, "蓝天公司")
    actions.add_contact(company=company, name="张三", title="经理", phone="13812341234", by=desk.clerk)
    project = make_contract(desk, on=date(2026, 3, 1), amount=929).project
    Credit.objects.create(project=project, unit=desk.units[2], role="landing", share=Decimal(0))
    Duty.objects.create(project=project, kind="lead", unit=desk.units[1])
    project.tags.add(Tag.objects.create(group="136", name="一号"), Tag.objects.create(group="136", name="二号"))
    data = ProjectResource(user=desk.clerk, today=desk.today).export(Project.objects.for_list())
    assert len(set(data.headers)) == len(data.headers)
    row = data.dict[0]
    assert row["编号"] == f"P{project.pk:06d}"
    told = ("联系人", "职务", "联系电话", "招引单位", "落地单位", "牵头单位", "标签", "签约时间", "协议投资(万元)")
    assert [row[name] for name in told] == [
        "张三", "经理", "138****1234", "商务局", "文旅局", "工信局", "一号、二号", date(2026, 3, 1), Decimal(929),
    ]  # fmt: skip


@pytest.mark.parametrize("resource", [CompanyResource, MilestoneResource, VisitResource])
def test_headings_are_said_once(resource):
    headings = [cell.column_name for cell in resource.fields.values()]
    assert len(set(headings)) == len(headings)


def test_export_of_visits_names_no_project_that_one_may_not_see(client, desk):
    project = make_project(desk, name="他局项目", unit=desk.units[1], by=desk.other_clerk)
    visit = make_visit(desk, company=make_company(desk, "绿地公司"))
    type(visit).objects.filter(pk=visit.pk).update(project=project)
    assert "他局项目" not in client.get("/visits/?export=csv").content.decode("utf-8-sig")
    client.force_login(desk.editor)
    assert "他局项目" in client.get("/visits/?export=csv").content.decode("utf-8-sig")


def test_exports_cost_a_fixed_number_of_queries_within_a_batch(client, desk):
    counts = []
    for start, stop in ((0, 1), (1, 30)):
        for number in range(start, stop):
            make_contract(desk, name=f"项目{number}", company=make_company(desk, f"公司{number}"))
        with CaptureQueriesContext(connection) as queries:
            client.get("/projects/?export=csv")
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- many projects at once


def bulk(client, edit, records, *, step="preview", **sent):
    """Send the page of a bulk edit."""
    rows = " ".join(f"{record.pk}-{record.version}" for record in records)
    return send(client, "/projects/bulk/", edit=edit, step=step, rows=rows, **sent)


def test_bulk_edit_previews_each_record_and_changes_what_it_may(client, desk):
    first = make_project(desk, name="甲", leader="李书记")
    same = make_project(desk, name="乙", leader="王区长", company=make_company(desk, "乙公司"))
    foreign = make_project(
        desk, name="丙", unit=desk.units[1], by=desk.other_clerk, company=make_company(desk, "丙公司")
    )
    Credit.objects.create(project=foreign, unit=desk.unit, role="landing", share=Decimal(0))
    chosen = client.post(
        "/projects/bulk/", {"edit": "leader", "row": [f"{row.pk}-1" for row in (first, same, foreign)]}
    )
    assert chosen.context["count"] == 3
    page = bulk(client, "leader", [first, same, foreign], leader="王区长")
    told = {row.record.name: (row.old, row.new, row.state) for row in page.context["planned"]}
    assert told == {
        "甲": ("李书记", "王区长", "changed"), "乙": ("王区长", "王区长", "same"), "丙": ("", "王区长", "refused"),
    }  # fmt: skip
    assert "不是本单位招引的项目" in page.content.decode()
    assert Project.objects.get(pk=first.pk).leader == "李书记"

    bulk(client, "leader", [first, same, foreign], step="confirm", leader="王区长", filter="stage=lead")
    assert list(Project.objects.order_by("pk").values_list("leader", "version")) == [
        ("王区长", 2),
        ("王区长", 1),
        ("", 1),
    ]
    trail = AuditEntry.objects.get(action="project.changed")
    assert trail.object_id == first.pk
    assert trail.lines == [("挂包领导", "李书记", "王区长")]


def test_bulk_edit_of_all_that_is_filtered(client, desk):
    for number in range(30):
        make_project(desk, name=f"项目{number}", company=make_company(desk, f"公司{number}"))
    make_contract(desk, name="已签", company=make_company(desk, "签约公司"))
    page = client.post(
        "/projects/bulk/", {"edit": "leader", "all": "1", "filter": "stage=lead&sort=name&columns=stage"}
    )
    assert page.context["count"] == 30
    rows = page.context["rows_text"]
    sent = {
        "edit": "leader",
        "rows": rows,
        "filter": "stage=lead",
        "leader": "王区长",
        "step": "confirm",
        "nonce": "b1",
    }
    response = client.post("/projects/bulk/", sent)
    assert response.url == "/projects/?stage=lead"
    assert Project.objects.filter(leader="王区长").count() == 30
    assert client.post("/projects/bulk/", sent).status_code == 302  # sent twice, done once
    assert AuditEntry.objects.filter(action="project.changed").count() == 30


def test_bulk_edit_refuses_what_somebody_else_changed_meanwhile(client, desk):
    project = make_project(desk)
    stale = Project.objects.get(pk=project.pk)
    actions.change_project(project=project, leader="别人写的", by=desk.clerk)
    page = bulk(client, "leader", [stale], leader="王区长")
    assert "勾选之后已被他人修改" in page.content.decode()
    bulk(client, "leader", [stale], step="confirm", leader="王区长")
    assert Project.objects.get().leader == "别人写的"


def test_bulk_edit_names_the_leading_unit_and_keeps_the_person(client, desk):
    first, second = make_project(desk, name="甲"), make_project(desk, name="乙", company=make_company(desk, "乙公司"))
    Duty.objects.create(project=first, kind="lead", person="赵主任")
    bulk(client, "lead_unit", [first, second], step="confirm", unit=desk.units[2].pk)
    duties = Duty.objects.order_by("project").values_list("project", "unit", "person")
    assert list(duties) == [(first.pk, desk.units[2].pk, "赵主任"), (second.pk, desk.units[2].pk, "")]
    assert {entry.changes for entry in AuditEntry.objects.filter(action="project.changed")} == {
        '{"牵头单位": ["", "文旅局"]}'
    }


def test_bulk_edit_puts_tags_on_and_takes_tags_off(client, desk):
    old, new = (Tag.objects.create(group="组", name=name) for name in ("旧", "新"))
    first, second = make_project(desk, name="甲"), make_project(desk, name="乙", company=make_company(desk, "乙公司"))
    first.tags.add(old)
    second.tags.add(new)
    page = bulk(client, "tags", [first, second], add=[new.pk], remove=[old.pk])
    assert [(row.old, row.new) for row in page.context["planned"] if row.record == first] == [("旧", "新")]
    bulk(client, "tags", [first, second], step="confirm", add=[new.pk], remove=[old.pk])
    assert [list(row.tags.all()) for row in (first, second)] == [[new], [new]]
    assert AuditEntry.objects.filter(action="project.changed").count() == 1
    assert "请至少选择一个标签" in bulk(client, "tags", [first]).content.decode()
    assert "不能同时加上和去掉" in bulk(client, "tags", [first], add=[new.pk], remove=[new.pk]).content.decode()


def test_bulk_edit_of_nothing_or_too_much_leads_back(client, desk, monkeypatch):
    for sent in (
        {}, {"edit": "nothing"}, {"edit": "leader"}, {"edit": "leader", "row": ["x", "1", "1-x", "-", "9" * 30]},
        {"edit": "leader", "rows": "\x00 1-1-1"}, {"edit": "leader", "all": "1", "filter": "stage=nonsense"},
    ):  # fmt: skip
        assert client.post("/projects/bulk/", sent).url.startswith("/projects/")
    make_project(desk, name="甲")
    make_project(desk, name="乙", company=make_company(desk, "乙公司"))
    monkeypatch.setattr("units.bulk.LIMIT", 1)
    response = client.post("/projects/bulk/", {"edit": "leader", "all": "1", "filter": ""}, follow=True)
    assert "一次最多修改 1 条" in response.content.decode()
    assert client.get("/projects/bulk/").url == "/projects/"


def test_bulk_edit_bears_nonsense(client, desk):
    project = make_project(desk)
    for edit, field in (("leader", "leader"), ("lead_unit", "unit"), ("tags", "add"), ("tags", "remove")):
        for text in NONSENSE:
            for step in ("preview", "confirm"):
                assert bulk(client, edit, [project], step=step, **{field: text}).status_code in {200, 302}
                project.refresh_from_db()


def test_bulk_edit_is_the_clerks_and_of_what_they_see(client, desk):
    project = make_project(desk)
    client.force_login(desk.other_clerk)
    assert bulk(client, "leader", [project], step="confirm", leader="越权").url == "/projects/"
    client.force_login(make_user("reader", Role.LEADER, desk.unit))
    assert client.post("/projects/bulk/", {"edit": "leader"}).status_code == 403
    assert client.get("/projects/").context["bulk"] is None
    assert Project.objects.get().leader == ""


def test_a_thousand_projects_are_changed_at_once_with_few_queries(client, desk):
    company = make_company(desk)
    made = Project.objects.bulk_create(
        [Project(name=f"项目{n}", company=company) for n in range(1000)], batch_size=250
    )
    Credit.objects.bulk_create(
        [Credit(project=row, unit=desk.unit, share=Decimal(100)) for row in made], batch_size=250
    )
    with CaptureQueriesContext(connection) as queries:
        response = bulk(client, "leader", made, step="confirm", leader="王区长")
    assert response.status_code == 302
    assert Project.objects.filter(leader="王区长", version=2).count() == 1000
    assert AuditEntry.objects.filter(action="project.changed").count() == 1000
    assert len(queries) < 40


def test_milestone_page_shows_state_in_words(client, desk):
    today = timezone.localdate()
    project = make_contract(desk).project
    make_milestone(desk, project, "groundbreaking", due_on=today - timedelta(days=3), on=None)
    make_milestone(desk, project, "production", due_on=today + timedelta(days=3), on=None)
    text = client.get("/milestones/").content.decode()
    for word in ("已发生", "超期 3 天", ">承诺<", "待认定"):
        assert word in text
    assert Milestone.objects.count() == 3
