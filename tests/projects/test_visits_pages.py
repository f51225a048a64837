"""Visits through their pages: what a clerk records, corrects and takes back, what others may not."""

import io
from datetime import datetime, time, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from campaigns.models import Entry
from campaigns.standings import standings
from projects import actions
from projects.models import Company, Credit, Project, Visit
from projects.record_fields import project_label
from tests.factories import make_unit, make_user
from tests.projects.factories import NONSENSE, make_company, make_desk, make_visit
from tests.projects.forms import PNG, list_rows
from units.models import AuditEntry, Role, Submission, Unit, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    made = make_desk()
    client.force_login(made.clerk)
    return made


def typed(desk, **more):
    """Return a filled-in form of a new visit."""
    return {
        "direction": "outbound", "company_name": "蓝天公司", "on": desk.today.isoformat(), "unit": desk.unit.pk,
        "heads": "3", "place": "深圳", "project": "", "note": "谈了用地", "nonce": "n1",
    } | more  # fmt: skip


def corrected(visit, **more):
    """Return a filled-in form of a correction that changes nothing yet."""
    return {
        "company_name": visit.company.name, "on": visit.on.isoformat(), "heads": "3", "place": visit.place,
        "project": project_label(visit.project) if visit.project else "",
        "direction": visit.direction, "note": "", "reason": "核对后更正",
        "version": visit.version, "nonce": "c1",
    } | more  # fmt: skip


def make_project(desk, *, unit=None, by=None, name="蓝天一期"):
    """Return a project that a unit introduced."""
    return actions.create_project(
        name=name, company=make_company(desk), unit=unit or desk.unit, by=by or User.objects.system()
    )


def errors(response):
    """Return the fields that a refused form names."""
    assert response.status_code == 200
    return set(response.context["form"].errors)


# --- record


def test_visit_is_recorded_counted_and_leaves_one_row(client, desk):
    response = client.post("/visits/new/", typed(desk))
    visit = Visit.objects.get()
    assert (response.status_code, response.url) == (302, visit.get_absolute_url())
    assert (visit.company.name, visit.unit, visit.heads, visit.recorded_by) == (
        "蓝天公司", desk.unit, Decimal(3), desk.clerk,
    )  # fmt: skip
    assert standings(desk.campaign, desk.today).lines[desk.unit.pk, desk.lines["外出走访"].pk].done == 1
    assert AuditEntry.objects.filter(action="visit.created", object_id=visit.pk).count() == 1
    text = client.get(response.url).content.decode()
    for told in ("走出去 · 蓝天公司", "谈了用地", "3 人", "待认定", "外出走访", "撤回", "更正", "上传凭证"):
        assert told in text


def test_direction_comes_from_the_address(client, desk):
    response = client.get("/visits/new/?direction=inbound")
    assert response.context["form"].initial["direction"] == "inbound"
    assert client.get("/visits/new/?direction=sideways").context["form"].initial["direction"] == "outbound"


def test_last_values_are_suggested(client, desk):
    children = [make_unit(name, Unit.Kind.TEAM, desk.unit) for name in ("一组", "二组")]
    client.post("/visits/new/", typed(desk, unit=children[1].pk))
    initial = client.get("/visits/new/").context["form"].initial
    assert (initial["unit"], initial["place"], initial["on"]) == (children[1].pk, "深圳", timezone.localdate())


def test_first_visit_suggests_the_only_unit(client, desk):
    assert client.get("/visits/new/").context["form"].initial["unit"] == desk.unit.pk


@pytest.mark.parametrize("name", ["蓝天（集团）公司", "蓝天(集团)公司", " 蓝天（集团）公司 "])
def test_known_company_is_found_in_any_width(client, desk, name):
    known = make_company(desk, "蓝天（集团）公司", unit=desk.units[1])
    client.post("/visits/new/", typed(desk, company_name=name))
    assert Visit.objects.get().company == known
    assert Company.objects.count() == 1


def test_new_company_is_entered_for_the_unit(client, desk):
    client.post("/visits/new/", typed(desk, company_name="新来公司"))
    company = Company.objects.get()
    assert (company.name, company.entered_for, company.origin) == ("新来公司", desk.unit, "country")


def test_link_from_a_company_names_it_if_one_may_see_it(client, desk):
    seen, unseen = make_company(desk), make_company(desk, "红土公司", unit=desk.units[1])
    assert client.get(f"/visits/new/?company={seen.pk}").context["form"].initial["company_name"] == "蓝天公司"
    assert "company_name" not in client.get(f"/visits/new/?company={unseen.pk}").context["form"].initial


def test_first_visit_moves_a_project_to_visited_and_its_withdrawal_back(client, desk):
    project = make_project(desk)
    initial = client.get(f"/visits/new/?project={project.pk}").context["form"].initial
    assert (initial["project"], initial["company_name"]) == (project.pk, "蓝天公司")
    client.post("/visits/new/", typed(desk, project=project.name))
    project.refresh_from_db()
    assert project.get_stage_display() == "走访考察"
    client.post(f"/visits/{Visit.objects.get().pk}/withdraw/", {"reason": "未成行", "version": 1, "nonce": "w1"})
    project.refresh_from_db()
    assert project.get_stage_display() == "线索"


def test_project_of_another_unit_is_not_offered_and_is_refused(client, desk):
    foreign = make_project(desk, unit=desk.units[1], name="他人项目")
    response = client.get(f"/visits/new/?project={foreign.pk}")
    assert "project" not in response.context["form"].initial
    assert "他人项目" not in response.content.decode()
    assert errors(client.post("/visits/new/", typed(desk, project=foreign.name))) == {"project"}
    assert Visit.objects.count() == 0


def test_project_that_belongs_to_another_of_the_clerks_units_is_refused(client, desk):
    children = [make_unit(name, Unit.Kind.TEAM, desk.unit) for name in ("一组", "二组")]
    project = make_project(desk, unit=children[0])
    assert errors(client.post("/visits/new/", typed(desk, unit=children[1].pk, project=project.name))) == {"project"}
    assert (Visit.objects.count(), Submission.objects.count()) == (0, 0)


def test_unit_of_others_is_refused(client, desk):
    assert errors(client.post("/visits/new/", typed(desk, unit=desk.units[1].pk))) == {"unit"}
    assert (Visit.objects.count(), Company.objects.count()) == (0, 0)


def test_day_after_today_part_of_a_person_and_nobody_are_refused(client, desk):
    tomorrow = (desk.today + timedelta(days=1)).isoformat()
    for name, value in (("on", tomorrow), ("heads", "1.5"), ("heads", "0")):
        assert errors(client.post("/visits/new/", typed(desk, **{name: value}))) == {name}
    assert (Visit.objects.count(), Company.objects.count()) == (0, 0)


def test_form_sent_twice_stores_one_visit(client, desk):
    first = client.post("/visits/new/", typed(desk))
    second = client.post("/visits/new/", typed(desk))
    assert (first.url, Visit.objects.count()) == (second.url, 1)
    assert "没有重复保存" in client.get(second.url).content.decode()


def test_repeat_visit_counts_again_and_says_how_often(client, desk):
    client.post("/visits/new/", typed(desk))
    client.post("/visits/new/", typed(desk, nonce="n2"))
    text = client.get(Visit.objects.first().get_absolute_url()).content.decode()
    assert "共 2 次会面" in text
    assert standings(desk.campaign, desk.today).lines[desk.unit.pk, desk.lines["外出走访"].pk].done == 2


# --- correct, withdraw


def test_correction_needs_a_reason_and_shows_in_the_history(client, desk):
    visit = make_visit(desk)
    url = f"/visits/{visit.pk}/correct/"
    assert 'name="unit"' not in client.get(url).content.decode()
    assert errors(client.post(url, corrected(visit, reason=" "))) == {"reason"}
    client.post(url, corrected(visit, heads="5", company_name="白云公司"))
    visit.refresh_from_db()
    assert (visit.heads, visit.company.name, visit.version) == (Decimal(5), "白云公司", 2)
    row = AuditEntry.objects.get(action="visit.changed")
    assert (row.reason, ("人数", "3", "5") in row.lines) == ("核对后更正", True)
    text = client.get(visit.get_absolute_url()).content.decode()
    assert "核对后更正" in text
    assert "<del>蓝天公司</del>" in text


def test_withdrawal_needs_a_reason_and_reverses_the_count(client, desk):
    visit = make_visit(desk)
    url = f"/visits/{visit.pk}/withdraw/"
    assert "撤回后不再计数" in client.get(url).content.decode()
    assert errors(client.post(url, {"reason": "", "version": 1, "nonce": "w"})) == {"reason"}
    client.post(url, {"reason": "重复登记", "version": 1, "nonce": "w"})
    visit.refresh_from_db()
    assert visit.is_withdrawn
    assert sum(Entry.objects.values_list("amount", flat=True)) == 0
    text = client.get(visit.get_absolute_url()).content.decode()
    assert "已撤回" in text
    assert "/correct/" not in text
    again = client.post(url, {"reason": "再来", "version": 2, "nonce": "w2"})
    assert "已撤回，不能再改" in again.content.decode()
    assert AuditEntry.objects.filter(action="visit.withdrawn").count() == 1


def test_recognised_visit_cannot_be_changed_until_the_verdict_is_taken_back(client, desk):
    visit = make_visit(desk)
    actions.recognise_visit(visit=visit, verdict="full", on=desk.today, by=desk.verifier)
    assert "/correct/" not in client.get(visit.get_absolute_url()).content.decode()
    visit.refresh_from_db()
    for url, data in (
        (f"/visits/{visit.pk}/correct/", corrected(visit, heads="9")),
        (f"/visits/{visit.pk}/withdraw/", {"reason": "不算了", "version": visit.version, "nonce": "w"}),
    ):
        assert "请认定员先撤销认定" in client.post(url, data).content.decode()
    actions.recognise_visit(visit=visit, verdict="waiting", on=None, reason="录错", by=desk.verifier)
    visit.refresh_from_db()
    assert client.post(f"/visits/{visit.pk}/correct/", corrected(visit, heads="9")).status_code == 302
    visit.refresh_from_db()
    assert visit.heads == 9


def test_refused_visit_waits_again_once_it_is_corrected(client, desk):
    visit = make_visit(desk)
    actions.recognise_visit(visit=visit, verdict="refused", on=None, reason="未见照片", by=desk.verifier)
    assert "未见照片" in client.get(visit.get_absolute_url()).content.decode()
    visit.refresh_from_db()
    client.post(f"/visits/{visit.pk}/correct/", corrected(visit))
    visit.refresh_from_db()
    assert (visit.recognition, visit.recognition_reason, visit.recognised_by) == ("waiting", "", None)


def test_second_of_two_clerks_sees_both_values_and_overwrites_knowingly(client, desk):
    visit = make_visit(desk)
    colleague = Client()
    colleague.force_login(make_user("colleague", Role.CLERK, desk.unit))
    url = f"/visits/{visit.pk}/correct/"
    colleague.post(url, corrected(visit, heads="4", place="广州", company_name="白云公司"))
    response = client.post(url, corrected(visit, heads="7", company_name="碧海公司", led_by_top="on"))
    assert response.status_code == 200
    shown = {row["label"]: (row["mine"], row["theirs"]) for row in response.context["conflict"]}
    assert shown == {
        "企业": ("碧海公司", "白云公司"),
        "人数": ("7", "4"),
        "地点": ("", "广州"),
        "党政主要领导带队": ("是", "否"),
    }
    visit.refresh_from_db()
    assert (visit.heads, visit.company.name) == (Decimal(4), "白云公司")
    assert not Company.objects.filter(name="碧海公司").exists()
    client.post(url, corrected(visit, heads="7", version=response.context["form"].data["version"]))
    visit.refresh_from_db()
    assert visit.heads == 7


def test_project_that_went_to_others_stays_on_the_visit_unnamed(client, desk):
    project = make_project(desk, name="机密项目")
    visit = make_visit(desk)
    client.post(f"/visits/{visit.pk}/correct/", corrected(visit, project=project.name))
    system = User.objects.system()
    actions.set_shares(
        project=project, shares=[(desk.units[1], Credit.Role.INTRODUCING, Decimal(100))], document="划转", by=system
    )
    assert "机密项目" not in client.get("/visits/").content.decode()
    visit.refresh_from_db()
    url = f"/visits/{visit.pk}/correct/"
    assert "机密项目" not in client.get(url).content.decode()
    client.post(url, corrected(visit, heads="8", project="", nonce="c2"))
    visit.refresh_from_db()
    assert (visit.heads, visit.project) == (Decimal(8), project)


# --- who may


@pytest.mark.parametrize("page", ["", "correct/", "withdraw/"])
def test_clerk_of_another_unit_finds_nothing_and_stores_nothing(client, desk, page):
    visit = make_visit(desk)
    rows = AuditEntry.objects.count()
    client.force_login(desk.other_clerk)
    url = f"/visits/{visit.pk}/{page}"
    assert client.get(url).status_code == 404
    if page:
        assert client.post(url, corrected(visit, heads="99")).status_code == 404
    visit.refresh_from_db()
    assert (visit.heads, visit.version, visit.is_withdrawn) == (Decimal(3), 1, False)
    assert AuditEntry.objects.count() == rows
    assert "蓝天公司" not in client.get("/visits/").content.decode()


@pytest.mark.parametrize("who", ["leader", "verifier", "editor"])
def test_others_of_the_district_read_only(client, desk, who):
    visit = make_visit(desk)
    client.force_login(getattr(desk, who))
    text = client.get(visit.get_absolute_url()).content.decode()
    assert "/correct/" not in text
    assert "上传凭证" not in text
    listed = client.get("/visits/").content.decode()
    assert "蓝天公司" in listed
    assert "/visits/new/" not in listed
    for url, data in (
        ("/visits/new/", typed(desk)),
        (f"/visits/{visit.pk}/correct/", corrected(visit, heads="99")),
        (f"/visits/{visit.pk}/withdraw/", {"reason": "x"}),
    ):
        assert client.get(url).status_code == 403
        assert client.post(url, data).status_code == 403
    visit.refresh_from_db()
    assert (Visit.objects.count(), visit.heads, visit.is_withdrawn) == (1, Decimal(3), False)


def test_clerk_elsewhere_who_may_only_read_here_is_refused(client, desk):
    """A leader of the district who is also clerk of one unit writes for that unit only."""
    visit = make_visit(desk)
    both = make_user("both", Role.LEADER, desk.district)
    make_member(both, desk.units[1])
    client.force_login(both)
    for page in ("correct", "withdraw"):
        response = client.post(f"/visits/{visit.pk}/{page}/", corrected(visit, heads="99"))
        assert response.status_code == 403
    visit.refresh_from_db()
    assert (visit.heads, visit.is_withdrawn) == (Decimal(3), False)


def make_member(user, unit):
    """Make the user a clerk of a unit as well."""
    user.members.create(unit=unit, role=Role.CLERK)


# --- the list


def found(client, **query):
    """Return the keys of the visits that the list shows."""
    return [row.pk for row in client.get("/visits/", query).context["table"].data.data]


def test_list_filters(client, desk):
    early = make_visit(desk, on=desk.today - timedelta(days=5))
    inbound = make_visit(desk, company=make_company(desk, "白云公司"), direction="inbound")
    child = make_unit("一组", Unit.Kind.TEAM, desk.unit)
    below = make_visit(desk, company=make_company(desk, "碧海公司"), unit=child)
    gone = make_visit(desk, company=make_company(desk, "红土公司"))
    actions.withdraw_visit(visit=gone, reason="填错", by=desk.clerk)
    actions.recognise_visit(visit=inbound, verdict="full", on=desk.today, by=desk.verifier)
    yesterday = (desk.today - timedelta(days=1)).isoformat()
    assert set(found(client)) == {early.pk, inbound.pk, below.pk, gone.pk}
    assert found(client, q="白云") == [inbound.pk]
    assert found(client, direction="inbound") == [inbound.pk]
    assert found(client, unit=child.pk) == [below.pk]
    assert set(found(client, unit=desk.unit.pk)) == {early.pk, inbound.pk, below.pk, gone.pk}
    assert found(client, until=yesterday) == [early.pk]
    assert set(found(client, since=yesterday)) == {inbound.pk, below.pk, gone.pk}
    assert found(client, recognition="full") == [inbound.pk]
    assert set(found(client, recognition="waiting")) == {early.pk, below.pk}
    assert found(client, recognition="gone") == [gone.pk]


def test_list_sorts_and_no_row_stands_on_two_pages(client, desk):
    for number in range(40):
        make_visit(desk, company=make_company(desk, f"公司{number:02}"), heads=1 + number % 2)
    shown = []
    for page in (1, 2):
        rows = client.get("/visits/", {"sort": "-heads", "page": page}).context["table"].page.object_list
        shown += [(row.record.heads, row.record.pk) for row in rows]
    assert shown == sorted(shown, reverse=True)
    assert len(set(shown)) == 40
    names = [row.company.name for row in client.get("/visits/?sort=company").context["table"].data.data]
    assert names == sorted(names)


@pytest.mark.parametrize("column", ["company", "on", "unit", "direction", "heads", "recognition"])
def test_list_sorts_by_every_column(client, desk, column):
    make_visit(desk)
    for sign in ("", "-"):
        assert client.get("/visits/", {"sort": f"{sign}{column}"}).status_code == 200


def test_export_holds_what_the_filter_leaves_and_no_formula(client, desk):
    make_visit(desk)
    actions.record_visit(
        unit=desk.unit, company=make_company(desk, "=cmd|' /C calc'!A0"), direction="inbound", on=desk.today,
        heads=Decimal(2), place="+1", by=desk.clerk,
    )  # fmt: skip
    response = client.get("/visits/?direction=inbound&export=xlsx")
    heads, row = list_rows(response)
    assert heads == [
        "编号",
        "企业",
        "有关项目",
        "外出行程",
        "方向",
        "日期",
        "单位",
        "地点",
        "人数",
        "党政主要领导带队",
        "认定情况",
    ]
    assert row[0] == f"V{Visit.objects.get(direction='inbound').pk:06d}"
    day = datetime.combine(desk.today, time.min)
    assert row[1:] == ["'=cmd|' /C calc'!A0", None, None, "请进来", day, "商务局", "'+1", 2, None, "待认定"]
    cells = load_workbook(io.BytesIO(response.content)).active.iter_rows()
    assert "f" not in {cell.data_type for line in cells for cell in line}


def test_empty_list_names_the_next_step(client, desk):
    text = client.get("/visits/").content.decode()
    assert "还没有走访来访" in text
    assert "/visits/new/" in text
    assert "<title>走访来访" in text


# --- nonsense


@pytest.mark.parametrize("junk", NONSENSE)
def test_nonsense_in_any_field_of_a_new_visit_gets_a_message(client, desk, junk):
    for number, name in enumerate(typed(desk)):
        stored = Visit.objects.count()
        response = client.post("/visits/new/", typed(desk, **{"nonce": f"{junk[:3]}{number}", name: junk}))
        if response.status_code == 200:
            assert response.context["form"].errors, (name, junk)
            assert Visit.objects.count() == stored
        else:
            assert response.status_code == 302
            assert client.get(response.url).status_code == 200


@pytest.mark.parametrize("junk", NONSENSE)
def test_nonsense_in_any_field_of_a_correction_or_withdrawal_gets_a_message(client, desk, junk):
    visit = make_visit(desk)
    for number, name in enumerate(corrected(visit)):
        visit.refresh_from_db()
        data = corrected(visit, **{"nonce": f"{junk[:3]}{number}", name: junk})
        response = client.post(f"/visits/{visit.pk}/correct/", data)
        assert response.status_code == 302 or response.context["form"].errors, (name, junk)
    response = client.post(f"/visits/{visit.pk}/withdraw/", {"reason": junk, "version": visit.version, "nonce": "w"})
    assert response.status_code == 302 or response.context["form"].errors


def test_nonsense_in_the_address_shows_the_page(client, desk):
    make_visit(desk)
    for junk in NONSENSE:
        for name in ("q", "direction", "unit", "since", "until", "recognition", "page", "per_page", "sort", "export"):
            assert client.get("/visits/", {name: junk}).status_code == 200, (name, junk)
        for name in ("project", "company", "direction"):
            assert client.get("/visits/new/", {name: junk}).status_code == 200, (name, junk)
    assert client.get("/visits/", {"per_page": "0"}).status_code == 200


# --- cost


def queries(client, url):
    """Return how many queries a page takes, and that it is shown."""
    client.get(url)
    with CaptureQueriesContext(connection) as taken:
        assert client.get(url).status_code == 200
    return len(taken)


def test_list_costs_the_same_at_any_length(client, desk):
    """Ten: session, user, roles, columns, units of the filter, count, rows, sum, saved views."""
    make_visit(desk)
    few = queries(client, "/visits/")
    for number in range(30):
        project = make_project(desk, name=f"项目{number}")
        visit = make_visit(desk, company=make_company(desk, f"公司{number}"))
        Visit.objects.filter(pk=visit.pk).update(project=project)
    assert queries(client, "/visits/") == few <= 10
    assert Project.objects.count() == 30


def test_page_costs_the_same_for_any_history(client, desk):
    """Twelve: three for the user, visit, project, times met, four for what it counts toward, files, history."""
    visit = make_visit(desk)
    few = queries(client, visit.get_absolute_url())
    for number in range(30):
        visit.refresh_from_db()
        client.post(f"/visits/{visit.pk}/correct/", corrected(visit, heads=str(number + 1), nonce=f"h{number}"))
    assert queries(client, visit.get_absolute_url()) == few <= 12


# --- the project of a visit by name


def test_a_project_is_found_by_its_name_or_with_its_company(client, desk):
    project = make_project(desk)
    for number, text in enumerate(("蓝天一期", "蓝天一期（蓝天公司）")):
        client.post("/visits/new/", typed(desk, project=text, nonce=f"p{number}"))
    assert [visit.project for visit in Visit.objects.all()] == [project, project]


def test_projects_of_one_name_are_told_apart_by_their_company(client, desk):
    make_project(desk)
    other = actions.create_project(
        name="蓝天一期", company=make_company(desk, "白云公司"), unit=desk.unit, by=desk.clerk
    )
    response = client.post("/visits/new/", typed(desk, project="蓝天一期"))
    assert "有几个同名项目" in str(response.context["form"].errors["project"])
    client.post("/visits/new/", typed(desk, project="蓝天一期（白云公司）"))
    assert Visit.objects.get().project == other


@pytest.mark.parametrize("junk", [*NONSENSE, "（", "（）", "蓝天一期（"])
def test_nonsense_as_a_project_gets_a_message(client, desk, junk):
    make_project(desk)
    response = client.post("/visits/new/", typed(desk, project=junk))
    if junk.strip():
        assert response.context["form"].errors["project"]
    else:
        assert Visit.objects.get().project is None


def test_the_form_suggests_open_projects_and_shows_the_one_linked(client, desk):
    project = make_project(desk)
    text = client.get(f"/visits/new/?project={project.pk}").content.decode()
    assert '<option value="蓝天一期（蓝天公司）">' in text
    assert 'name="project" value="蓝天一期（蓝天公司）"' in text
    Project.objects.update(terminated=True)
    assert "蓝天一期（" not in client.get("/visits/new/").content.decode()


# --- on a phone


def photo(name="合影.png", content=PNG):
    """Return a photograph as a phone sends it."""
    return SimpleUploadedFile(name, content, "image/png")


@pytest.fixture
def store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def test_photographs_are_kept_with_the_visit_in_one_go(client, desk, store):
    client.post("/visits/new/", typed(desk, photos=[photo("一.png"), photo("二.png", PNG + b"\0")]))
    visit = Visit.objects.get()
    assert sorted(paper.name for paper in visit.evidence.all()) == ["一.png", "二.png"]
    assert AuditEntry.objects.filter(object_id=visit.pk, action="visit.evidence_added").count() == 1


def test_what_is_no_photograph_is_told_beside_the_field_and_nothing_is_stored(client, desk, store):
    response = client.post("/visits/new/", typed(desk, photos=[photo(content=b"<html>")]))
    assert errors(response) == {"photos"}
    assert (Visit.objects.count(), Company.objects.count(), Submission.objects.count()) == (0, 0, 0)
    assert list(store.rglob("*.png")) == []


def test_next_visit_starts_with_the_last_values_and_the_trip(client, desk):
    response = client.post("/visits/new/", typed(desk, then="another"))
    assert response.url == "/visits/new/"
    page = client.get(response.url)
    assert "已登记：蓝天公司" in page.content.decode()
    initial = page.context["form"].initial
    assert (initial["heads"], initial["place"], initial["unit"]) == (Decimal(3), "深圳", desk.unit.pk)
    trip = actions.file_trip(
        unit=desk.unit, purpose="赴深圳", leader="王局长", starts_on=desk.today, ends_on=desk.today,
        heads=Decimal(2), by=desk.clerk,
    )  # fmt: skip
    answer = client.post("/visits/new/", typed(desk, trip=trip.pk, then="another", nonce="n2"))
    assert answer.url == f"/visits/new/?trip={trip.pk}"


def test_form_can_wait_on_the_device_and_go_out_later(client, desk):
    text = client.get("/visits/new/").content.decode()
    assert 'data-offline="走访来访"' in text
    assert 'capture="environment"' in text
    later = {"Accept": "application/json", "X-Background": "1"}
    answers = [client.post("/visits/new/", typed(desk), headers=later).json() for _ in range(2)]
    assert answers == [{"url": Visit.objects.get().get_absolute_url()}] * 2
    refused = client.post("/visits/new/", typed(desk, on="2099-01-01", nonce="n3"), headers=later).json()
    assert refused == {"errors": ["日期：日期不能晚于今天"]}
