"""Review gates, the fair-competition check, and what the stage table asks before a milestone."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from projects import actions
from projects.fair_competition import ITEMS, NAMES
from projects.models import Evidence, FairCompetition, Milestone, Review
from projects.readiness import gaps
from projects.stages import FAIR_SINCE, LEDGER_SINCE, Kind
from tests.factories import make_user
from tests.projects.factories import (
    make_bare_project,
    make_contract,
    make_desk,
    make_milestone,
    make_project,
    sign_off,
)
from tests.projects.forms import nonsense_in_every_field, send
from units import actions as unit_actions
from units.models import AuditEntry, Role, User

pytestmark = pytest.mark.django_db
CLEAN = dict.fromkeys(NAMES, "no")


@pytest.fixture
def desk(client):
    made = make_desk()
    client.force_login(made.clerk)
    return made


def review(desk, **changed):
    """Return a filled-in form of a gate."""
    filled = {
        "result": "passed", "on": desk.today.isoformat(), "unit": desk.units[1].pk, "person": "", "opinion": "",
        "version": "",
    }  # fmt: skip
    return filled | changed


def names(items):
    """Return what is missing, by name."""
    return [item.name for item in items]


# --- what must stand before a milestone


def test_contract_waits_for_sum_place_and_signature(client, desk):
    project = make_bare_project(desk)
    assert names(gaps(project, Kind.CONTRACT, desk.today)) == ["investment", "place", "fair_competition"]
    with pytest.raises(ValidationError, match="须先完成：计划总投资、建设地点、公平竞争审查签字"):
        make_milestone(desk, project, "contract", amount=Decimal(1))
    text = client.get(f"/projects/{project.pk}/milestones/new/?kind=contract").content.decode()
    for url in ("?group=lead#id_investment", "?group=talks#id_place", "/fair-competition/"):
        assert f'href="/projects/{project.pk}/change/{url}"' in text or f'href="/projects/{project.pk}{url}"' in text
    actions.change_project(project=project, by=desk.clerk, investment=Decimal(0), place="园区")
    sign_off(project)
    assert make_milestone(desk, project, "contract", amount=Decimal(1)).pk


@pytest.mark.parametrize(
    ("kind", "field"),
    [("registration", "registered_name"), ("groundbreaking", "land"), ("production", "capacity")],
)
def test_later_kinds_wait_for_their_fields(desk, kind, field):
    project = make_project(desk, **{field: None if field == "land" else ""})
    assert names(gaps(project, kind, desk.today)) == [field]
    assert names(gaps(project, kind, LEDGER_SINCE - timedelta(days=1))) == []


def test_above_scale_waits_for_the_credit_code(desk):
    project = make_project(desk)
    assert names(gaps(project, Kind.ABOVE_SCALE, desk.today)) == ["credit_code"]


def test_rules_hold_from_their_day_on(desk):
    project = make_bare_project(desk)
    assert names(gaps(project, Kind.CONTRACT, LEDGER_SINCE - timedelta(days=1))) == ["fair_competition"]
    old = make_milestone(desk, project, "contract", on=FAIR_SINCE - timedelta(days=1), amount=Decimal(1))
    assert old.on == date(2024, 7, 31)


def test_promise_asks_for_nothing(desk):
    project = make_bare_project(desk)
    assert make_milestone(desk, project, "contract", due_on=desk.today + timedelta(days=9)).on is None


# --- gates


def test_gate_is_recorded_with_its_paper_then_corrected(client, desk, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    project = make_project(desk)
    url = f"/projects/{project.pk}/reviews/land/"
    paper = SimpleUploadedFile("意见.pdf", b"%PDF-1.4\n%\xe2\xe3\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF\n")
    response = send(client, url, **review(desk, opinion="用地在规划区内", file=paper))
    assert response.url == f"/projects/{project.pk}/reviews/#land"
    row = Review.objects.get()
    assert (row.gate, row.result, row.unit, row.opinion) == ("land", "passed", desk.units[1], "用地在规划区内")
    assert Evidence.objects.of(row).count() == 1
    text = client.get(f"/projects/{project.pk}/reviews/").content.decode()
    for told in ("3. 用地评估", "通过", "工信局", "意见.pdf", "未登记", "9. 决策"):
        assert told in text
    send(client, url, **review(desk, result="conditional", opinion="补环评", version=row.version))
    row.refresh_from_db()
    assert (row.result, row.version) == ("conditional", 2)
    assert AuditEntry.objects.filter(action="review.changed").count() == 1
    assert "有条件通过" in client.get(f"/projects/{project.pk}/").content.decode()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"unit": "", "person": ""}, "审查单位和审查人至少填一个"),
        ({"result": "failed"}, "请写明意见"),
        ({"on": "2099-01-01"}, "日期不能晚于今天"),
    ],
)
def test_gate_refuses_with_a_reason(client, desk, changed, told):
    project = make_project(desk)
    response = send(client, f"/projects/{project.pk}/reviews/first/", **review(desk, **changed))
    assert told in response.content.decode()
    assert Review.objects.count() == 0


def test_second_person_on_a_gate_sees_both_values(client, desk):
    project = make_project(desk)
    row = actions.record_review(
        project=project, gate="first", result="passed", on=desk.today, person="甲", by=desk.clerk
    )
    actions.change_review(review=row, person="乙", by=desk.clerk)
    response = send(client, f"/projects/{project.pk}/reviews/first/", **review(desk, person="丙", version=1))
    assert {row["label"]: (row["mine"], row["theirs"]) for row in response.context["conflict"]}["审查人"] == (
        "丙",
        "乙",
    )


def test_gate_of_another_unit_is_not_found_and_a_shared_one_not_changed(client, desk):
    project = make_project(desk)
    client.force_login(desk.other_clerk)
    assert client.get(f"/projects/{project.pk}/reviews/").status_code == 404
    client.force_login(desk.editor)
    assert client.get(f"/projects/{project.pk}/reviews/").status_code == 200
    assert client.get(f"/projects/{project.pk}/reviews/first/").status_code == 403
    with pytest.raises(PermissionDenied):
        actions.record_review(
            project=project, gate="first", result="passed", on=desk.today, person="甲", by=desk.other_clerk
        )
    client.force_login(desk.clerk)
    assert client.get(f"/projects/{project.pk}/reviews/nonsense/").status_code == 404


def test_gates_bear_nonsense(client, desk):
    project = make_project(desk)
    assert nonsense_in_every_field(client, f"/projects/{project.pk}/reviews/first/", review(desk)) == []


def test_gates_cost_the_same_with_one_and_with_nine(client, desk):
    project, counts = make_project(desk), []
    for gates in (Review.Gate.values[:1], Review.Gate.values[1:]):
        for gate in gates:
            actions.record_review(
                project=project, gate=gate, result="passed", on=desk.today, unit=desk.units[1], by=desk.clerk
            )
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/projects/{project.pk}/reviews/")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 8


# --- the fair-competition check


def test_check_is_filled_in_by_the_clerk_and_signed_by_the_verifier(client, desk):
    project = make_bare_project(desk)
    page = f"/projects/{project.pk}/fair-competition/"
    assert "还没有填写" in client.get(page).content.decode()
    response = send(client, f"{page}fill/", **CLEAN, opinion="", version="")
    assert response.url == page
    assert "待签字" in client.get(page).content.decode()
    assert client.get(f"{page}sign/").status_code == 403
    client.force_login(desk.verifier)
    check = FairCompetition.objects.get()
    response = send(client, f"{page}sign/", on=desk.today.isoformat(), version=check.version)
    assert response.url == page
    check.refresh_from_db()
    assert (check.signed_by, check.signed_on) == (desk.verifier.name, desk.today)
    assert check.signed_by in client.get(page).content.decode()
    assert AuditEntry.objects.filter(action="faircompetition.signed").count() == 1


def test_every_item_is_answered_and_a_yes_wants_an_opinion(client, desk):
    project = make_bare_project(desk)
    url = f"/projects/{project.pk}/fair-competition/fill/"
    missing = {name: answer for name, answer in CLEAN.items() if name != ITEMS[2].name}
    assert "请选一项" in send(client, url, **missing, opinion="").content.decode()
    response = send(client, url, **{**CLEAN, "land_price": "yes"}, opinion=" ")
    assert "须写明意见和依据" in response.content.decode()
    with pytest.raises(ValidationError, match="还有 10 项没有选"):
        actions.fill_fair_competition(project=project, answers={}, opinion="", by=desk.clerk)
    with pytest.raises(ValidationError, match="没有这样的审查事项"):
        actions.fill_fair_competition(project=project, answers={**CLEAN, "x": "no"}, opinion="", by=desk.clerk)
    assert FairCompetition.objects.count() == 0
    assert send(client, url, **{**CLEAN, "land_price": "exempt"}, opinion="依据招拍挂结果").status_code == 302


def test_who_filled_it_in_cannot_sign_whatever_roles_one_holds(desk):
    both = make_user("both", Role.CLERK, desk.unit)
    unit_actions.grant_role(user=both, unit=desk.unit, role=Role.EDITOR, by=User.objects.system())
    both = User.objects.get(pk=both.pk)
    project = make_bare_project(desk)
    with pytest.raises(ValidationError, match="还没有填写"):
        actions.sign_fair_competition(project=project, on=desk.today, by=desk.verifier)
    actions.fill_fair_competition(project=project, answers=CLEAN, opinion="", by=both)
    with pytest.raises(ValidationError, match="填写人不能自己签字"):
        actions.sign_fair_competition(project=project, on=desk.today, by=both)
    for user in (desk.other_clerk, desk.leader, desk.clerk):
        with pytest.raises(PermissionDenied):
            actions.sign_fair_competition(project=project, on=desk.today, by=user)
    actions.sign_fair_competition(project=project, on=desk.today, by=desk.editor)
    with pytest.raises(ValidationError, match="签字"):
        actions.sign_fair_competition(project=project, on=desk.today, by=desk.verifier)


def test_signature_is_of_a_day_that_has_come(desk):
    project = make_bare_project(desk)
    actions.fill_fair_competition(project=project, answers=CLEAN, opinion="", by=desk.clerk)
    with pytest.raises(ValidationError, match="不能晚于今天"):
        actions.sign_fair_competition(
            project=project, on=desk.today + timedelta(days=1), by=desk.verifier, today=desk.today
        )


def test_changed_answers_take_the_signature_away_until_a_contract_stands_on_it(desk):
    project = make_project(desk)
    told = {**CLEAN, "tax_refund": "yes"}
    check = actions.fill_fair_competition(project=project, answers=told, opinion="已删除条款", by=desk.clerk)
    assert (check.signed_by, check.signed_on) == ("", None)
    line = AuditEntry.objects.filter(action="faircompetition.changed").first().changes
    assert "税收返还或变相返还" in line
    assert "含有" in line
    with pytest.raises(ValidationError, match="公平竞争审查签字"):
        make_milestone(desk, project, "contract", amount=Decimal(1))
    actions.sign_fair_competition(project=project, on=desk.today, by=desk.verifier)
    contract = make_milestone(desk, project, "contract", amount=Decimal(1))
    with pytest.raises(ValidationError, match="不能再改"):
        actions.fill_fair_competition(project=project, answers=CLEAN, opinion="", by=desk.clerk)
    actions.withdraw_milestone(milestone=contract, reason="误填", by=desk.clerk)
    assert actions.fill_fair_competition(project=project, answers=CLEAN, opinion="", by=desk.clerk).pk


def test_check_bears_nonsense(client, desk):
    project = make_bare_project(desk)
    url = f"/projects/{project.pk}/fair-competition/"
    filled = {**CLEAN, "opinion": "", "version": ""}
    assert nonsense_in_every_field(client, f"{url}fill/", filled, [NAMES[0], "opinion", "version"]) == []
    client.force_login(desk.verifier)
    assert nonsense_in_every_field(client, f"{url}sign/", {"on": desk.today.isoformat(), "version": ""}) == []


def test_check_of_another_unit_is_not_found(client, desk):
    contract = make_contract(desk)
    client.force_login(desk.other_clerk)
    assert client.get(f"/projects/{contract.project_id}/fair-competition/").status_code == 404
    assert Milestone.objects.count() == 1
