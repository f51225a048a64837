"""Delegations, their people, planned contacts and who was at an event, through their pages."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from projects import actions
from projects.models import Attendance, Delegation, PlannedContact, Visit
from tests.projects.factories import NONSENSE, make_company, make_desk, make_project
from tests.projects.forms import list_rows, nonsense_in_every_field, rows_of, send
from tests.projects.test_events_pages import queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    made = make_desk()
    client.force_login(made.clerk)
    return made


def typed(desk, **more):
    """Return a filled-in form of a delegation."""
    return {
        "kind": "team", "name": "装备制造小分队", "unit": desk.unit.pk, "campaign": desk.campaign.pk,
        "leader": "副区长", "leader_title": "分管领导", "place": "", "focus": "装备制造", "formed_on": "2026-01-05",
    } | more  # fmt: skip


def make_team(desk, name="装备制造小分队", unit=None, by=None, **facts):
    """Return a delegation."""
    facts = {"kind": "team", "leader": "副区长", "formed_on": date(2026, 1, 5)} | facts
    return actions.create_delegation(unit=unit or desk.unit, name=name, by=by or desk.clerk, **facts)


def plan(desk, *, due=3, name="蓝天公司", **facts):
    """Return a planned contact due some days after today."""
    return actions.plan_contact(
        unit=desk.unit, company=make_company(desk, name), person="科员", due_on=desk.today + timedelta(days=due),
        by=desk.clerk, **facts,
    )  # fmt: skip


def test_delegation_warns_until_it_has_three_members(client, desk):
    response = send(client, "/delegations/new/", **typed(desk))
    team = Delegation.objects.get()
    assert response.url == team.get_absolute_url()
    for number in range(3):
        text = client.get(response.url).content.decode()
        assert f"现有成员 {number} 人，少于 3 人" in text
        assert "人数不足" in client.get("/delegations/").content.decode()
        send(client, f"/delegations/{team.pk}/members/new/", person=f"队员{number}", from_on="2026-01-05")
    assert "少于 3 人，请补充" not in client.get(response.url).content.decode()
    assert "人数不足" not in client.get("/delegations/").content.decode()


def test_member_leaves_is_away_and_cannot_be_twice_in(client, desk):
    office = make_team(desk, "驻江南办事处", kind="office", place="江南市")
    add = f"/delegations/{office.pk}/members/new/"
    send(client, add, person="专员甲", from_on="2026-02-01")
    posting = office.postings.get()
    assert "已经在队" in send(client, add, person="专员甲", from_on="2026-03-01").content.decode()
    away = {
        "from_on": desk.today.isoformat(),
        "until_on": desk.today.isoformat(),
        "reason": "回区开会",
        "allowed_by": "局长",
    }
    send(client, f"/members/{posting.pk}/leaves/new/", **away)
    text = client.get(office.get_absolute_url()).content.decode()
    for told in ("回区开会", "局长批准", ">离岗<"):
        assert told in text
    refused = send(client, f"/members/{posting.pk}/end/", until_on="2026-03-01")
    assert "此后还登记有离岗" in refused.content.decode()
    send(client, f"/members/{posting.pk}/end/", until_on=desk.today.isoformat())
    posting.refresh_from_db()
    assert posting.until_on == desk.today


def test_dissolved_team_stands_no_more_and_keeps_its_unit(client, desk):
    team = make_team(desk)
    last = desk.today - timedelta(days=1)
    send(
        client,
        f"/delegations/{team.pk}/change/",
        **typed(desk, dissolved_on=last.isoformat(), version=1, campaign=""),
    )
    team.refresh_from_db()
    assert (team.dissolved_on, team.unit, team.campaign) == (last, desk.unit, None)
    assert [len(client.get(f"/delegations/?standing={n}").context["table"].data.data) for n in "10"] == [0, 1]
    rows = rows_of(client.get("/delegations/?export=xlsx"))
    assert any("装备制造小分队" in row for row in rows)


def test_another_units_delegation_is_hidden_and_a_reader_may_not_write(client, desk):
    theirs = make_team(desk, unit=desk.units[1], by=desk.other_clerk)
    posting = actions.add_posting(delegation=theirs, person="某甲", from_on=date(2026, 2, 1), by=desk.other_clerk)
    urls = [f"/delegations/{theirs.pk}/{name}/" for name in ("change", "members/new")]
    urls += [f"/members/{posting.pk}/{name}/" for name in ("end", "leaves/new")]
    assert {client.get(url).status_code for url in (theirs.get_absolute_url(), *urls)} == {404}
    client.force_login(desk.leader)
    assert client.get(theirs.get_absolute_url()).status_code == 200
    assert {client.get(url).status_code for url in urls} == {403}


def test_planned_contact_is_settled_by_a_visit(client, desk):
    contact = plan(desk, way="invite", note="看厂房")
    url = f"/visits/new/?planned={contact.pk}"
    initial = client.get(url).context["form"].initial
    assert (initial["company_name"], initial["direction"], initial["note"]) == ("蓝天公司", "inbound", "看厂房")
    facts = {"direction": "inbound", "on": desk.today.isoformat(), "unit": desk.unit.pk, "heads": "3"}
    other = send(client, url, company_name="白云公司", **facts)
    assert "联系计划里的企业是“蓝天公司”" in other.content.decode()
    assert not Visit.objects.exists()
    send(client, url, company_name="蓝天公司", **facts)
    contact.refresh_from_db()
    assert (contact.visit, contact.done_on) == (Visit.objects.get(), desk.today)
    assert client.get("/planned/?state=done").content.decode().count("看走访") == 1


def test_planned_contact_is_called_or_dropped(client, desk):
    called, dropped, late = plan(desk), plan(desk, name="白云公司"), plan(desk, due=-2, name="青山公司")
    assert "日期不能晚于今天" in send(
        client, f"/planned/{called.pk}/done/", on=(desk.today + timedelta(days=1)).isoformat(), version=1
    ).content.decode()  # fmt: skip
    send(client, f"/planned/{called.pk}/done/", on=desk.today.isoformat(), version=1)
    send(client, f"/planned/{dropped.pk}/drop/", dropped="已落户外地", version=1)
    states = {state: [row.pk for row in client.get(f"/planned/?state={state}").context["table"].data.data]
              for state in ("open", "overdue", "done", "dropped")}  # fmt: skip
    assert states == {"open": [late.pk], "overdue": [late.pk], "done": [called.pk], "dropped": [dropped.pk]}
    assert "超期 2 天" in client.get("/planned/").content.decode()
    again = send(client, f"/planned/{called.pk}/drop/", dropped="重复", version=2)
    assert "已有结果" in again.content.decode()
    client.force_login(desk.other_clerk)
    assert client.get(f"/planned/{late.pk}/done/").status_code == 404


def test_contact_is_planned_from_a_company_or_a_project(client, desk):
    project = make_project(desk)
    assert f"/planned/new/?project={project.pk}" in client.get(project.get_absolute_url()).content.decode()
    url = f"/planned/new/?project={project.pk}"
    assert client.get(url).context["form"].initial["company_name"] == "蓝天公司"
    facts = {"way": "call", "company_name": "蓝天公司", "due_on": desk.today.isoformat(), "person": str(desk.clerk),
             "unit": desk.unit.pk, "project": "蓝天一期"}  # fmt: skip
    send(client, url, **facts)
    contact = PlannedContact.objects.get()
    assert (contact.project, contact.user) == (project, desk.clerk)
    text = client.get(contact.company.get_absolute_url()).content.decode()
    assert f"/planned/new/?company={contact.company_id}" in text
    assert "联系计划" in text
    make_company(desk, "白云公司")
    wrong = send(client, url, **{**facts, "company_name": "白云公司"})
    assert "投资方不是所填企业" in wrong.content.decode()


def test_contacts_follow_their_company_when_it_is_merged(desk):
    contact = plan(desk, name="蓝天有限公司")
    kept = make_company(desk)
    merge = actions.merge_companies(kept=kept, absorbed=contact.company, reason="同一家", by=desk.editor)
    contact.refresh_from_db()
    assert contact.company == kept
    actions.undo_merge(merge=merge, reason="不是", by=desk.editor)
    contact.refresh_from_db()
    assert contact.company.name == "蓝天有限公司"


def test_attendance_grid_saves_what_was_changed_and_shows_what_others_changed(client, desk):
    event = actions.create_event(
        name="推介会", on=desk.today, level="city", leaflets=300, published=5, by=desk.editor
    )
    client.force_login(desk.editor)
    first, second = desk.unit.pk, desk.units[1].pk
    url = f"/events/{event.pk}/attendance/"
    send(
        client, url, **{f"heads_{first}": "6", f"leader_{first}": "局长", f"was_{first}": "0|", f"was_{second}": "0|"}
    )
    row = Attendance.objects.get()
    assert (row.unit, row.heads, row.leader) == (desk.unit, 6, "局长")
    assert client.get(f"/attendance/{row.pk}/").url == f"{event.get_absolute_url()}#attendance"
    stale = send(client, url, **{f"heads_{first}": "9", f"was_{first}": "0|"})
    assert "他人刚改为 6 人（局长）" in stale.content.decode()
    text = client.get(event.get_absolute_url()).content.decode()
    for told in ("1 个单位 6 人", "发布项目 <b>5</b> 个", "发放资料 <b>300</b> 份"):
        assert told in text
    client.force_login(desk.other_clerk)
    assert client.get(f"/attendance/{row.pk}/").status_code == 404
    assert [unit.pk for unit in client.get(url).context["form"].units] == [second]
    assert (
        nonsense_in_every_field(client, url, {f"heads_{second}": "1", f"leader_{second}": "", f"was_{second}": "0|"})
        == []
    )


def test_visit_list_adds_up_batches_and_guests(client, desk):
    for heads, direction in ((5, "inbound"), (7, "inbound"), (3, "outbound")):
        actions.record_visit(
            unit=desk.unit, company=make_company(desk), direction=direction, on=desk.today, heads=Decimal(heads),
            by=desk.clerk,
        )  # fmt: skip
    text = client.get("/visits/").content.decode()
    assert "请进来 <b>2</b> 批次" in text
    assert "来客 <b>12</b> 人次" in text


def test_nonsense_in_any_field_gets_a_message(client, desk):
    team = make_team(desk)
    posting = actions.add_posting(delegation=team, person="某甲", from_on=date(2026, 2, 1), by=desk.clerk)
    contact = plan(desk)
    assert nonsense_in_every_field(client, "/delegations/new/", typed(desk)) == []
    change = typed(desk, name="另一队", dissolved_on="", version="99")
    assert nonsense_in_every_field(client, f"/delegations/{team.pk}/change/", change) == []
    member = {"person": "某乙", "title": "", "from_on": "2026-03-01", "until_on": ""}
    assert nonsense_in_every_field(client, f"/delegations/{team.pk}/members/new/", member) == []
    away = {"from_on": "2001-01-01", "until_on": "2001-01-02", "reason": "事", "allowed_by": "局长"}
    assert nonsense_in_every_field(client, f"/members/{posting.pk}/leaves/new/", away) == []
    assert nonsense_in_every_field(client, f"/members/{posting.pk}/end/", {"until_on": ""}) == []
    facts = {"way": "call", "company_name": "蓝天公司", "due_on": desk.today.isoformat(), "person": "科员",
             "unit": desk.unit.pk, "project": "", "note": ""}  # fmt: skip
    assert nonsense_in_every_field(client, "/planned/new/", facts) == []
    assert nonsense_in_every_field(client, f"/planned/{contact.pk}/drop/", {"dropped": "", "version": "99"}) == []
    assert nonsense_in_every_field(client, f"/planned/{contact.pk}/done/", {"on": "", "version": "99"}) == []
    for junk in NONSENSE:
        for name in ("q", "kind", "unit", "campaign", "standing", "state", "way", "mine", "since", "sort", "page"):
            assert client.get("/delegations/", {name: junk}).status_code == 200
            assert client.get("/planned/", {name: junk}).status_code == 200


def test_pages_cost_the_same_with_one_row_and_with_thirty(client, desk):
    team = make_team(desk)
    actions.add_posting(delegation=team, person="某甲", from_on=date(2026, 2, 1), by=desk.clerk)
    plan(desk)
    urls = ["/delegations/", team.get_absolute_url(), "/planned/"]
    few = [queries(client, url) for url in urls]
    for number in range(30):
        make_team(desk, f"第{number}队")
        actions.add_posting(delegation=team, person=f"某{number}", from_on=date(2026, 2, 1), by=desk.clerk)
        plan(desk, name=f"企业{number}")
    assert [queries(client, url) for url in urls] == few


def test_planned_contacts_and_members_are_exported(client, desk):
    dropped = plan(desk)
    actions.settle_contact(contact=dropped, dropped="已落户外地", by=desk.clerk)
    heads, row = list_rows(client.get("/planned/?export=xlsx"))
    told = dict(zip(heads, row, strict=True))
    assert (told["编号"], told["企业"], told["状态"], told["取消理由"]) == (
        f"N{dropped.pk:06d}", dropped.company.name, "已取消", "已落户外地",
    )  # fmt: skip
    team = make_team(desk)
    for person, until_on in (("某甲", None), ("某乙", desk.today - timedelta(days=1))):
        actions.add_posting(
            delegation=team, person=person, from_on=date(2026, 1, 1), until_on=until_on, by=desk.clerk
        )
    heads, row = list_rows(client.get("/delegations/?export=xlsx"))
    told = dict(zip(heads, row, strict=True))
    assert (told["成员"], told["成员姓名"]) == (1, "某甲")
