"""The read API: off until it is asked for, keys made and revoked by their users, answers as the user may see them."""

import json
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from reports import issuing, revising
from reports.documents import DOCUMENTS
from tests.campaigns.drives import day
from tests.campaigns.factories import make_campaign, make_units, seat_many
from tests.factories import make_unit, make_user
from tests.reports.factories import END, make_draft, make_editor, make_told_drive, sign
from units import actions
from units.access import ACCESS, ANYONE
from units.models import ApiKey, AuditEntry, Role, User
from units.tokens import hashed

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 9, 30, 12, 0, tzinfo=timezone.get_fixed_timezone(480))
TODAY = NOON.date()


@pytest.fixture(autouse=True)
def switched_on(settings):
    """Switch the API on, at noon of the last day of the drive."""
    settings.API_ENABLED = True
    cache.clear()  # what was counted of other tests' keys
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def drive(switched_on, db):
    """Return a drive with figures."""
    return make_told_drive()


@pytest.fixture
def leader(drive):
    """Return a leader of the organiser."""
    return make_user("leader", Role.LEADER, drive.organiser)


def key_of(user, **facts):
    """Return the token of a new key."""
    return actions.make_api_key(by=user, today=TODAY, **{"name": "市平台", "until_on": date(2026, 12, 31), **facts})


def ask(client, address, token):
    """Return what the API answers."""
    return client.get(f"/api/v1/{address}", headers={"Authorization": f"Bearer {token}"})


def told(client, address, token):
    """Return the answer to a request that is answered."""
    response = ask(client, address, token)
    assert response.status_code == 200, response.content.decode()
    return response.json()


# --- keys -----------------------------------------------------------------------------------------


def test_key_is_shown_once_and_only_its_hash_is_kept(client, leader):
    client.force_login(leader)
    page = client.post(reverse("units:key_list"), {"name": "市平台", "until_on": "2026-12-31"})
    token = page.context["token"]
    key = ApiKey.objects.get()
    assert (key.user, key.name, key.until_on, key.token_hash) == (leader, "市平台", date(2026, 12, 31), hashed(token))
    assert token in page.content.decode()
    assert token not in client.get(reverse("units:key_list")).content.decode()
    row = AuditEntry.objects.get(action="account.key_made")
    assert (row.by, row.lines) == (leader, [("接口令牌", "", "新生成，有效至 2026-12-31")])
    assert told(client, "campaigns", token)["count"] == 1


@pytest.mark.parametrize(("days", "fits"), [(-1, False), (0, True), (366, True), (367, False)])
def test_key_holds_a_year_at_most(leader, days, fits):
    until_on = TODAY + timedelta(days=days)
    if fits:
        key_of(leader, until_on=until_on)
    else:
        with pytest.raises(ValidationError, match="366 天"):
            key_of(leader, until_on=until_on)
    assert ApiKey.objects.count() == fits


def test_eleventh_key_in_use_is_refused(leader):
    for _n in range(10):
        key_of(leader)
    with pytest.raises(ValidationError, match="在用的令牌已有 10 个"):
        key_of(leader)
    assert ApiKey.objects.count() == 10


def test_key_that_is_revoked_expired_or_of_a_disabled_account_opens_nothing(client, leader):
    token = key_of(leader)
    assert ask(client, "campaigns", token).status_code == 200
    with time_machine.travel(datetime(2027, 1, 1, 12, tzinfo=NOON.tzinfo), tick=False):
        assert ask(client, "campaigns", token).status_code == 401
    User.objects.filter(pk=leader.pk).update(is_active=False)
    assert ask(client, "campaigns", token).status_code == 401
    User.objects.filter(pk=leader.pk).update(is_active=True, must_change_password=True)
    assert ask(client, "campaigns", token).json() == {
        "error": {"code": "refused", "message": "令牌所属的账号须先登录修改密码"}
    }
    User.objects.filter(pk=leader.pk).update(must_change_password=False)
    client.force_login(leader)
    client.post(reverse("units:key_revoke", args=[ApiKey.objects.get().pk]))
    assert ask(client, "campaigns", token).json() == {
        "error": {"code": "unauthorized", "message": "缺少令牌，或令牌无效、已停用、已到期"}
    }
    key = ApiKey.objects.get()
    assert (key.revoked_by, AuditEntry.objects.filter(action="account.key_revoked").count()) == (leader, 1)


def test_system_administrator_revokes_others_keys_and_has_none(client, leader):
    key_of(leader)
    boss = make_user("boss", Role.SYSTEM_ADMIN)
    with pytest.raises(PermissionDenied):
        key_of(boss)
    client.force_login(boss)
    page = client.get(reverse("units:key_list"))
    assert [key.user for key in page.context["keys"]] == [leader]
    assert client.post(reverse("units:key_list"), {"name": "x", "until_on": "2026-12-31"}).status_code == 403
    assert client.post(reverse("units:key_revoke", args=[ApiKey.objects.get().pk])).status_code == 302
    assert ApiKey.objects.get().revoked_by == boss


def test_nobody_sees_or_revokes_anothers_key(client, drive, leader):
    key_of(leader)
    other = make_user("other", Role.EDITOR, drive.organiser)
    key = ApiKey.objects.get()
    client.force_login(other)
    assert list(client.get(reverse("units:key_list")).context["keys"]) == []
    assert client.post(reverse("units:key_revoke", args=[key.pk])).status_code == 404
    with pytest.raises(PermissionDenied):
        actions.revoke_api_key(key=key, by=other)
    key.refresh_from_db()
    assert key.revoked_at is None


def test_first_use_of_a_day_is_kept_and_leaves_one_row(client, leader):
    token = key_of(leader)
    for _n in range(3):
        told(client, "campaigns", token)
    assert ApiKey.objects.get().last_used_on == TODAY
    row = AuditEntry.objects.get(action="account.key_used")
    assert (row.by, row.lines) == (leader, [("最近使用", "", "2026-09-30")])


@pytest.mark.parametrize("rows", [1, 9])
def test_key_list_costs_the_same_at_any_length(client, leader, rows, django_assert_num_queries):
    for _n in range(rows):
        key_of(leader)
    client.force_login(leader)
    client.get(reverse("units:key_list"))
    with django_assert_num_queries(4):  # session, user, roles, keys
        assert len(client.get(reverse("units:key_list")).context["keys"]) == rows


# --- what is refused ------------------------------------------------------------------------------

OPEN = sorted(name for name in ACCESS if name.startswith("api:") and ACCESS[name].read == ANYONE)
ARGUMENTS = {
    "api:campaign": [1], "api:standings": [1], "api:scores": [1], "api:entries": [1], "api:project": [1],
    "api:milestones": [1], "api:report": [1], "api:report_file": [1, "pdf"], "api:unknown": ["x/y"],
}  # fmt: skip


@pytest.mark.parametrize("name", OPEN)
def test_switched_off_there_is_no_such_address(client, drive, leader, settings, name):
    token = key_of(leader)
    settings.API_ENABLED = False
    url = reverse(name, args=ARGUMENTS.get(name))
    assert client.get(url, headers={"Authorization": f"Bearer {token}"}).status_code == 404
    client.force_login(leader)
    for page in ("api:openapi-view", "api:openapi-json", "units:key_list"):
        assert client.get(reverse(page)).status_code == 404
    assert "接口令牌" not in client.get(reverse("units:password")).content.decode()
    assert ApiKey.objects.get().last_used_on is None


@pytest.mark.parametrize("name", [name for name in OPEN if name not in {"api:api-root", "api:unknown"}])
def test_without_a_key_nothing_is_answered_also_to_who_is_signed_in(client, leader, name):
    client.force_login(leader)
    for headers in ({}, {"Authorization": "Bearer nonsense"}, {"Authorization": f"Basic {'x' * 43}"}):
        response = client.get(reverse(name, args=ARGUMENTS.get(name)), headers=headers)
        assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer")
        assert response.json() == {
            "error": {"code": "unauthorized", "message": "缺少令牌，或令牌无效、已停用、已到期"}
        }


def test_nothing_is_written_through_it(client, leader):
    token = key_of(leader)
    for method in (client.post, client.put, client.patch, client.delete):
        response = method("/api/v1/campaigns", headers={"Authorization": f"Bearer {token}"})
        assert response.status_code == 302  # to the sign-in page: no key opens a page that is sent


@pytest.mark.parametrize(
    ("address", "status", "message"),
    [
        ("campaigns?page=0", 422, "参数 page 的值不能用，请对照接口说明"),
        ("campaigns?size=101", 422, "参数 size 的值不能用，请对照接口说明"),
        ("campaigns?size=x&page=y", 422, "参数 page、size 的值不能用，请对照接口说明"),
        ("campaigns/{}/standings?as_of=2026-13-01", 422, "参数 as_of 的值不能用，请对照接口说明"),
        ("campaigns/{}/standings?as_of=2026-06-30", 422, "as_of 须在 2026-07-01 至 2026-09-30 之间"),
        ("campaigns/{}/standings?basis=both", 422, "参数 basis 的值不能用，请对照接口说明"),
        ("campaigns/{}/entries", 422, "参数 line 的值不能用，请对照接口说明"),
        ("campaigns/{}/entries?line=999999999999999999999", 404, "没有这条记录，或令牌所属的账号无权查看"),
        ("campaigns/999999999999999999999", 404, "没有这条记录，或令牌所属的账号无权查看"),
        ("projects/1", 404, "没有这条记录，或令牌所属的账号无权查看"),
        ("projects?stage=nonsense", 422, "参数 stage 的值不能用，请对照接口说明"),
        ("reports/1/files/exe", 404, "没有这条记录，或令牌所属的账号无权查看"),
        ("nothing/here", 404, "没有这个地址，请对照接口说明"),
        ("", 404, "没有这个地址，请对照接口说明"),
    ],
)
def test_what_cannot_be_answered_is_told_in_chinese(client, drive, leader, address, status, message):
    response = ask(client, address.format(drive.campaign.pk), key_of(leader))
    assert (response.status_code, response.json()["error"]["message"]) == (status, message)
    assert response["Content-Type"].startswith("application/json")


def test_failure_is_told_as_json_and_logged(client, drive, leader, monkeypatch, caplog):
    monkeypatch.setattr("reports.api.campaigns.campaign_value", lambda row: 1 / 0)
    response = ask(client, "campaigns", key_of(leader))
    assert (response.status_code, response.json()["error"]["code"]) == (500, "failed")
    assert "ZeroDivisionError" in caplog.text


def test_answers_to_a_key_are_counted_by_the_minute(client, leader, drive, settings):
    settings.API_PER_MINUTE = 3
    token, other = key_of(leader), key_of(make_user("second", Role.LEADER, drive.organiser))
    assert [ask(client, "campaigns", token).status_code for _n in range(4)] == [200, 200, 200, 429]
    refused = ask(client, "campaigns", token)
    assert refused.json() == {"error": {"code": "too_many_requests", "message": "请求过于频繁，请一分钟后再试"}}
    assert refused["Retry-After"] == "60"
    assert ask(client, "campaigns", other).status_code == 200
    with time_machine.travel(NOON + timedelta(minutes=1), tick=False):
        assert ask(client, "campaigns", token).status_code == 200


# --- what is told ---------------------------------------------------------------------------------


def test_campaigns_are_those_of_the_keys_user(client, drive, leader):
    make_campaign(organiser=make_unit("别的区"), name="别区会战")
    whole = {
        "id": drive.campaign.pk, "name": drive.campaign.name, "organiser": "示范区", "starts_on": "2026-07-01",
        "ends_on": "2026-09-30", "clock": "day",
    }  # fmt: skip
    token = key_of(leader)
    assert told(client, "campaigns", token) == {"count": 1, "page": 1, "pages": 1, "items": [whole]}
    assert told(client, f"campaigns/{drive.campaign.pk}", token) == whole
    assert told(client, "campaigns?page=2", token)["items"] == []
    assert ask(client, "campaigns", token)["Cache-Control"] == "no-store"


def test_standings_are_those_of_the_page_with_exact_text(client, drive, leader):
    answer = told(client, f"campaigns/{drive.campaign.pk}/standings?as_of=2026-09-20&size=2", key_of(leader))
    assert (answer["count"], answer["pages"], len(answer["items"])) == (9, 5, 2)
    assert (answer["as_of"], answer["basis"], answer["time_progress"]) == ("2026-09-20", None, "0.891304347826")
    assert answer["items"][0] == {
        "line": drive.lines["招商信息"], "unit_id": drive.unit("甲镇").pk, "group": "乡镇", "unit": "甲镇",
        "is_total": False, "indicator": "招商信息", "measure": "条", "basis": "reported", "target": "10",
        "done": "12", "completion": "1.2", "completion_text": "120%", "lead_points_text": "超序时 30.9 个百分点",
        "rank": 1,
    }  # fmt: skip
    assert [(row["indicator"], row["target"], row["done"]) for row in answer["totals"]] == [
        ("招商信息", "20", "14"), ("到位资金", "10", "4.2"), ("新签项目", None, "0"),
    ]  # fmt: skip


def test_standings_of_all_pages_are_those_of_the_command(client, drive, leader):
    from campaigns.standings_json import line_value

    token, address = key_of(leader), f"campaigns/{drive.campaign.pk}/standings?size=4"
    rows = [row for page in (1, 2, 3) for row in told(client, f"{address}&page={page}", token)["items"]]
    state = drive.standings(END)
    assert [{**row, "line": 0, "unit_id": 0} for row in rows] == [
        {**json.loads(json.dumps(line_value(line), default=str)), "line": 0, "unit_id": 0}
        for line in state.lines.values()
    ]


def test_scores_are_exact_text_in_the_order_of_the_roster(client, drive, leader):
    answer = told(client, f"campaigns/{drive.campaign.pk}/scores", key_of(leader))
    assert [(row["unit"], row["score"], row["rank"]) for row in answer["items"]] == [
        ("甲镇", "92", 1), ("乙镇", "0", 2), ("丙园区", "50", 1),
    ]  # fmt: skip


def test_entries_are_the_sum_of_the_figure(client, drive, leader):
    address = f"campaigns/{drive.campaign.pk}/entries?line={drive.lines['招商信息']}"
    token = key_of(leader)
    whole = told(client, address, token)
    assert (whole["total"], whole["unit"], whole["count"], whole["others"]) == ("14", "示范区", 4, [])
    assert [(row["on"], row["unit"], row["amount"]) for row in whole["items"]] == [
        ("2026-09-20", "丙园区", "2"), ("2026-09-20", "甲镇", "3"), ("2026-08-01", "乙镇", "0"),
        ("2026-08-01", "甲镇", "9"),
    ]  # fmt: skip
    one = told(client, f"{address}&unit={drive.unit('甲镇').pk}&size=1&page=2", token)
    assert (one["total"], one["count"], [row["amount"] for row in one["items"]]) == ("12", 2, ["9"])


def test_entries_of_other_units_are_told_as_sums_only(client, drive):
    clerk = make_user("clerk", Role.CLERK, drive.unit("甲镇"))
    address = f"campaigns/{drive.campaign.pk}/entries?line={drive.lines['招商信息']}"
    answer = told(client, address, key_of(clerk))
    assert (answer["total"], {row["unit"] for row in answer["items"]}) == ("14", {"甲镇"})
    assert answer["others"] == [{"unit": "丙园区", "amount": "2"}, {"unit": "乙镇", "amount": "0"}]


def test_projects_and_milestones_are_those_of_the_keys_user(client, drive, leader):
    sign(drive, "甲镇", "锂电池", 52000, day(8, 3))
    sign(drive, "乙镇", "纺织", 9000, day(8, 4))
    clerk = make_user("clerk", Role.CLERK, drive.unit("甲镇"))
    own = told(client, "projects", key_of(clerk))
    assert [row["name"] for row in own["items"]] == ["锂电池"]
    assert {row["name"] for row in told(client, "projects", key_of(leader))["items"]} == {"锂电池", "纺织"}
    project = own["items"][0]
    assert (project["contracted"], project["stage"], project["stage_text"]) == ("52000", "signed", "签约")
    assert project["shares"] == [
        {"unit_id": drive.unit("甲镇").pk, "unit": "甲镇", "role": "introducing", "share": "100"}
    ]
    assert told(client, f"projects/{project['id']}", key_of(clerk)) == project
    rows = told(client, f"projects/{project['id']}/milestones", key_of(clerk))["items"]
    assert ("contract", "2026-08-03", "52000", "CNY") in [
        (row["kind"], row["on"], row["amount"], row["currency"]) for row in rows
    ]
    other = next(row for row in told(client, "projects", key_of(leader))["items"] if row["name"] == "纺织")
    for address in (f"projects/{other['id']}", f"projects/{other['id']}/milestones"):
        assert ask(client, address, key_of(clerk)).status_code == 404
    assert told(client, "projects?stage=lead", key_of(leader))["count"] == 0
    assert told(client, "projects?changed_since=2026-10-01", key_of(leader))["count"] == 0
    assert told(client, "projects?changed_since=2026-09-30", key_of(leader))["count"] == 2


def test_reports_are_the_issued_ones_with_the_files_that_went_out(client, drive):
    editor = make_editor(drive)
    draft = make_draft(drive, editor, number="第1期")
    token = key_of(editor)
    assert told(client, "reports", token)["items"] == []  # the editor sees the draft, other systems do not
    assert ask(client, f"reports/{draft.pk}", token).status_code == 404
    report = issuing.issue(report=draft, by=editor, today=TODAY)
    (row,) = told(client, "reports", token)["items"]
    assert (row["number"], row["issued_on"], row["sha256"]) == ("第1期", "2026-09-30", report.sha256)
    assert {file["kind"] for file in row["files"]} == set(DOCUMENTS)
    whole = told(client, f"reports/{report.pk}", token)
    assert issuing.hash_of(whole["frozen"].encode()) == report.sha256
    for file in row["files"]:
        response = client.get(file["url"], headers={"Authorization": f"Bearer {token}"})
        assert issuing.hash_of(response.content) == file["sha256"]
        assert response["Content-Disposition"].startswith("attachment")
    far = make_user("far", Role.LEADER, make_unit("别的区"))
    assert told(client, "reports", key_of(far))["items"] == []
    assert ask(client, row["files"][0]["url"].removeprefix("/api/v1/"), key_of(far)).status_code == 404


def test_report_that_was_revised_names_its_revision(client, drive):
    editor = make_editor(drive)
    old = issuing.issue(report=make_draft(drive, editor, number="第1期"), by=editor, today=TODAY)
    draft = revising.start_revision(report=old, by=editor, reason="更正一处笔误")
    token = key_of(editor)
    (row,) = told(client, "reports", token)["items"]
    assert (row["id"], row["revises"], row["revised_by"]) == (old.pk, None, None)  # a draft is nobody's business
    new = issuing.issue(report=draft, by=editor, today=TODAY)
    rows = told(client, "reports", token)["items"]
    assert {row["id"]: (row["number"], row["revises"], row["revised_by"]) for row in rows} == {
        old.pk: ("第1期", None, new.pk),
        new.pk: ("第1期（修订1）", old.pk, None),
    }


@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize(
    ("address", "queries"),
    [("standings", 6), ("scores", 6), ("entries", 9)],
)
def test_figures_cost_the_same_at_any_length(client, leader, drive, rows, address, queries):
    seat_many(drive.campaign, make_units(rows, drive.organiser))
    for number in range(rows):
        drive.add("招商信息", "丙园区", day(9, 2), number)
    asked = f"campaigns/{drive.campaign.pk}/{address}?line={drive.lines['招商信息']}"
    token = key_of(leader)
    told(client, asked, token)
    make_unit(f"后来{rows}", parent=drive.organiser)  # what is kept of standings holds until the next write
    with CaptureQueriesContext(connection) as found:
        assert len(told(client, asked, token)["items"]) >= rows
    assert len(found) == queries, [query["sql"][:80] for query in found]


@pytest.mark.parametrize("rows", [1, 30])
def test_campaigns_cost_the_same_at_any_length(client, drive, leader, rows):
    for number in range(rows):
        make_campaign(organiser=drive.organiser, name=f"第{number}轮")
    token = key_of(leader)
    told(client, "campaigns", token)
    with CaptureQueriesContext(connection) as found:
        assert len(told(client, "campaigns", token)["items"]) == rows + 1
    assert len(found) == 4, [query["sql"][:80] for query in found]  # key, roles, count, rows


@pytest.mark.parametrize("rows", [1, 30])
def test_lists_cost_the_same_at_any_length(client, drive, leader, rows):
    for number in range(rows):
        sign(drive, "甲镇", f"项目{number}", 100, day(8, 3))
    token = key_of(leader)
    told(client, "campaigns", token)
    with CaptureQueriesContext(connection) as found:
        assert len(told(client, "projects", token)["items"]) == rows
    assert len(found) == 5, [query["sql"][:80] for query in found]  # key, roles, count, rows, shares


# --- its own page ---------------------------------------------------------------------------------


def test_its_page_fetches_nothing_from_outside_and_keeps_the_policy(client, leader):
    client.force_login(leader)
    page = client.get(reverse("api:openapi-view"))
    text = page.content.decode()
    assert "https://" not in text
    assert "http://" not in text
    assert "default-src 'self'" in page["Content-Security-Policy"]
    assert 'src="/static/ninja/swagger-ui-bundle.js"' in text


def test_its_description_names_every_address(client, leader):
    client.force_login(leader)
    description = client.get(reverse("api:openapi-json")).json()
    assert sorted(description["paths"]) == [
        "/api/v1/campaigns", "/api/v1/campaigns/{pk}", "/api/v1/campaigns/{pk}/entries",
        "/api/v1/campaigns/{pk}/scores", "/api/v1/campaigns/{pk}/standings", "/api/v1/projects",
        "/api/v1/projects/{pk}", "/api/v1/projects/{pk}/milestones", "/api/v1/reports", "/api/v1/reports/{pk}",
        "/api/v1/reports/{pk}/files/{kind}",
    ]  # fmt: skip
    assert {method for row in description["paths"].values() for method in row} == {"get"}
