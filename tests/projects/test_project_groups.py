"""The ledger's fields by stage: forms of a group, what is next, 五个一 and duties, tags, hints."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from projects import actions, project_facts
from projects.ledger_groups import GROUP_OF, GROUPS
from projects.models import Duty, Project, Tag
from projects.project_forms import FORM_NAMES, ProjectForm
from projects.stages import KINDS, ON_PROJECT
from tests.factories import make_user
from tests.projects.factories import make_bare_project, make_desk, make_milestone, make_project
from tests.projects.forms import nonsense_in_every_field, send
from units.models import AuditEntry, Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    made = make_desk()
    client.force_login(made.clerk)
    return made


def ledger(client, project):
    """Return what the page says of the ledger."""
    return client.get(f"/projects/{project.pk}/").context["ledger"]


def states(step):
    """Return {label: state} of a step."""
    return {line.label: line.state for line in step.lines}


def make_tag(desk, group="六区", name="东区"):
    """Return a tag."""
    return actions.create_tag(group=group, name=name, by=desk.editor)


# --- groups


def test_every_field_of_the_ledger_stands_in_one_group_with_a_form_field():
    kept_elsewhere = {
        "id", "stage", "terminated", "recorded_at", "updated_at", "version", "search",
    }  # fmt: skip
    fields = {field.name for field in Project._meta.concrete_fields} - kept_elsewhere
    assert {name for group in GROUPS for name in group.fields} == fields
    assert len(GROUP_OF) == sum(len(group.fields) for group in GROUPS)
    assert {FORM_NAMES.get(name, name) for name in fields} <= set(ProjectForm.base_fields)


def test_fields_that_the_stage_table_asks_for_have_a_form_to_fill_them_in():
    asked = {need.name for rule in KINDS.values() for need in rule.before if need.of == ON_PROJECT}
    asked |= {name for rule in KINDS.values() for name in rule.helps}
    assert asked <= set(GROUP_OF)


@pytest.mark.parametrize("group", [group.key for group in GROUPS])
def test_form_of_a_group_changes_nothing_else(client, desk, group):
    project = make_project(desk, note="原来的备注", chain="电子", legal_person="赵六", leader="区长")
    before = Project.objects.values().get()
    url = f"/projects/{project.pk}/change/?group={group}"
    form = client.get(url).context["form"]
    values = {name: form[name].value() for name in form.fields}
    filled = {name: value for name, value in values.items() if value not in (None, [], False)}
    assert send(client, url, **filled).status_code == 302
    after = Project.objects.values().get()
    changed = {name for name in before if before[name] != after[name]} - {"version", "updated_at"}
    assert changed == set()


def test_group_is_changed_and_told(client, desk):
    project = make_bare_project(desk)
    url = f"/projects/{project.pk}/change/?group=building"
    assert list(client.get(url).context["form"].fields) == ["land", "built_years", "version"]
    assert send(client, url, land="12.5", built_years="2026—2027", version=1).url == f"/projects/{project.pk}/"
    project.refresh_from_db()
    assert (project.land, project.built_years) == (Decimal("12.5"), "2026—2027")
    text = client.get(f"/projects/{project.pk}/").content.decode()
    assert "12.5 亩" in text
    assert "未填：注册名称、注册资本、法定代表人、经营范围" in text


def test_introducer_has_a_kind_and_a_name(client, desk):
    project = make_bare_project(desk)
    url = f"/projects/{project.pk}/change/?group=lead"
    filled = {"name": "蓝天一期", "company_name": "蓝天公司", "sector": "industry", "version": 1}
    assert "请填引荐方名称" in send(client, url, **filled, introducer_kind="chamber").content.decode()
    assert "请选引荐方类别" in send(client, url, **filled, introducer_name="江浙商会").content.decode()
    assert send(client, url, **filled, introducer_kind="chamber", introducer_name="江浙商会").status_code == 302
    assert "江浙商会" in client.get(f"/projects/{project.pk}/").content.decode()


@pytest.mark.parametrize("group", ["talks", "contract", "registration", "building", "production", "duty", "other"])
def test_forms_of_groups_bear_nonsense(client, desk, group):
    project = make_bare_project(desk)
    url = f"/projects/{project.pk}/change/?group={group}"
    fields = list(client.get(url).context["form"].fields)
    assert nonsense_in_every_field(client, url, dict.fromkeys(fields, "") | {"version": 1}) == []


def test_unknown_group_is_the_whole_form(client, desk):
    project = make_bare_project(desk)
    assert len(client.get(f"/projects/{project.pk}/change/?group=x").context["form"].sections()) == len(GROUPS)


def test_group_of_a_project_that_one_only_sees_is_refused(client, desk):
    project = make_project(desk)
    client.force_login(make_user("boss", Role.CLERK, desk.units[2]))
    assert client.get(f"/projects/{project.pk}/change/?group=duty").status_code == 404


# --- what is next


def test_next_step_ticks_what_is_filled_and_links_to_what_is_not(client, desk):
    project = make_bare_project(desk, investment=Decimal(5000))
    contract, *later = ledger(client, project).steps
    assert states(contract) == {
        "计划总投资": "已填", "建设地点": "还缺", "公平竞争审查签字": "还缺",
        "挂包领导": "选填", "工作专班": "选填", "推进计划": "选填", "一期投资": "选填",
    }  # fmt: skip
    assert (contract.name, contract.missing, contract.asks) == ("正式合同", 2, "金额、正式合同")
    place = next(line for line in contract.lines if line.label == "建设地点")
    assert place.url == f"/projects/{project.pk}/change/?group=talks#id_place"
    form = client.get(place.url.partition("#")[0]).content.decode()
    assert 'id="id_place"' in form
    assert [step.name for step in later] == ["公司注册", "开工", "投产", "纳统升规"]


def test_steps_go_on_with_what_happened_and_end_with_the_project(client, desk):
    project = make_project(desk)
    make_milestone(desk, project, "contract", amount=Decimal(5000))
    make_milestone(desk, project, "registration")
    assert [step.name for step in ledger(client, project).steps] == ["开工", "投产", "纳统升规"]
    make_milestone(desk, project, "termination", note="谈崩")
    assert ledger(client, project).steps == ()


def test_page_hints_at_what_does_not_fit_with_the_way_to_mend_it(client, desk):
    project = make_project(desk, first_phase=Decimal(6000))
    ((words, url),) = ledger(client, project).hints
    assert words == "一期投资 6000万元 大于计划总投资 5000万元，多 1000万元"
    assert url == f"/projects/{project.pk}/change/?group=contract#id_first_phase"
    client.force_login(desk.leader)
    assert ledger(client, project).hints == ((words, ""),)


# --- 五个一 and duties


def test_duties_are_set_with_leader_team_and_plan(client, desk):
    project = make_bare_project(desk)
    url = f"/projects/{project.pk}/change/?group=duty"
    filled = {
        "leader": "张区长", "team": "电子专班", "plan": "按月调度", "is_key": "on", "version": 1,
        "unit_lead": desk.units[1].pk, "unit_statistics": desk.units[2].pk, "person_statistics": "李四",
        "person_tracking": "王五",
    }  # fmt: skip
    assert send(client, url, **filled).status_code == 302
    assert [(row.kind, row.unit, row.person) for row in project.duties.all()] == [
        ("lead", desk.units[1], ""),
        ("statistics", desk.units[2], "李四"),
        ("tracking", None, "王五"),
    ]
    shown = ledger(client, project)
    assert dict(shown.five) == {
        "一个挂包领导": "张区长", "一个牵头单位": "工信局", "一套工作班子": "电子专班", "一个推进计划": "按月调度",
        "一跟到底": "",
    }  # fmt: skip
    assert dict(shown.duties) == {"统计责任部门": "文旅局 李四", "重点跟踪": "王五"}
    assert "重点项目" in client.get(f"/projects/{project.pk}/").content.decode()
    form = client.get(url).context["form"]
    assert (form["unit_lead"].value(), form["person_tracking"].value()) == (desk.units[1].pk, "王五")
    changes = AuditEntry.objects.get(action="project.duties_set").changes
    assert "文旅局 李四" in changes


def test_same_duties_leave_no_trace_and_doubled_ones_are_refused(desk):
    project = make_bare_project(desk)
    duties = [(Duty.Kind.LEAD, desk.units[1], "")]
    actions.set_duties(project=project, duties=duties, by=desk.clerk)
    actions.set_duties(project=project, duties=duties, by=desk.clerk)
    assert AuditEntry.objects.filter(action="project.duties_set").count() == 1
    with pytest.raises(ValidationError, match="只能安排一次"):
        actions.set_duties(project=project, duties=duties * 2, by=desk.clerk)
    with pytest.raises(PermissionDenied):
        actions.set_duties(project=project, duties=[], by=desk.other_clerk)


def test_leading_unit_of_the_shares_stands_for_the_lead_unit(desk):
    project = make_bare_project(desk)
    actions.set_shares(
        project=project,
        shares=[(desk.unit, "introducing", Decimal(50)), (desk.units[1], "leading", Decimal(50))],
        reason="会议纪要",
        document="会议纪要第 3 号",
        by=desk.editor,
    )
    project = Project.objects.get()
    five = dict(project_facts.five_of(project, [], desk.today, timezone.localdate()))
    assert five["一个牵头单位"] == "工信局"
    assert five["一跟到底"].endswith("0 天前")


# --- tags


def test_editor_keeps_the_tags(client, desk):
    client.force_login(desk.editor)
    assert "还没有标签" in client.get("/tags/").content.decode()
    assert send(client, "/tags/new/", group="六区", name="东区").url == "/tags/"
    tag = Tag.objects.get()
    assert "已有同名标签" in send(client, "/tags/new/", group="六区", name="东区").content.decode()
    send(client, f"/tags/{tag.pk}/", group="六区", name="东部片区", version=1)
    tag.refresh_from_db()
    assert (tag.name, tag.version) == ("东部片区", 2)
    assert "东部片区" in client.get("/tags/").content.decode()
    response = send(client, f"/tags/{tag.pk}/", group="六区", name="西区", version=1)
    assert response.context["conflict"]
    assert send(client, f"/tags/{tag.pk}/remove/").url == "/tags/"
    assert Tag.objects.count() == 0
    assert set(AuditEntry.objects.filter(model="projects.tag").values_list("action", flat=True)) == {
        "tag.created", "tag.renamed", "tag.removed",
    }  # fmt: skip


def test_tag_in_use_is_not_removed(client, desk):
    tag, project = make_tag(desk), make_project(desk)
    actions.set_tags(project=project, tags=[tag], by=desk.clerk)
    client.force_login(desk.editor)
    assert "还有 1 个项目用着这个标签" in send(client, f"/tags/{tag.pk}/remove/").content.decode()
    assert Tag.objects.count() == 1


def test_clerk_chooses_tags_and_the_list_is_filtered_by_them(client, desk):
    east, west = make_tag(desk), make_tag(desk, name="西区")
    project = make_bare_project(desk, name="甲")
    make_bare_project(desk, name="乙")
    url = f"/projects/{project.pk}/change/?group=other"
    assert send(client, url, chosen_tags=[east.pk, west.pk], note="", version=1).status_code == 302
    assert ledger(client, project).tags == ("六区·东区", "六区·西区")
    rows = client.get(f"/projects/?tag={east.pk}").context["table"].rows
    assert [row.record.name for row in rows] == ["甲"]
    assert client.get("/tags/new/").status_code == 403
    with pytest.raises(PermissionDenied):
        actions.create_tag(group="a", name="b", by=desk.clerk)
    with pytest.raises(PermissionDenied):
        actions.set_tags(project=project, tags=[], by=desk.other_clerk)


@pytest.mark.parametrize("rows", [1, 30])
def test_tags_cost_the_same_at_any_number(client, desk, rows, django_assert_num_queries):
    for number in range(rows):
        make_tag(desk, name=f"片区{number}")
    client.get("/tags/")
    with django_assert_num_queries(4):  # session, user, roles, tags
        client.get("/tags/")


def test_tags_bear_nonsense(client, desk):
    client.force_login(desk.editor)
    tag = make_tag(desk)
    filled = {"group": "六区", "name": "南区", "version": 1}
    assert nonsense_in_every_field(client, f"/tags/{tag.pk}/", filled) == []
    assert nonsense_in_every_field(client, "/tags/new/", {"group": "六区", "name": "南区"}) == []
