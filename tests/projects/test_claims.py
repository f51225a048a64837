"""First-report claims: what keeps one alive, who sees what of it, the bureau's decision."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from projects import actions, claiming
from projects.models import Claim, Company, Threshold
from tests.factories import make_unit, make_user
from tests.projects.factories import make_company, make_desk, make_milestone, make_project, make_visit
from tests.projects.forms import list_rows, nonsense_in_every_field, send
from units.models import AuditEntry, Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    made = make_desk()
    client.force_login(made.clerk)
    return made


def ago(desk, days):
    return desk.today - timedelta(days=days)


def claim_of(desk, company, days=0, *, unit=None, by=None, note="展会上谈过"):
    """Return a claim that a unit made so many days ago."""
    return actions.register_claim(
        company=company, unit=unit or desk.unit, on=ago(desk, days), note=note, by=by or desk.clerk, today=desk.today
    )


def rival_of(desk, company, days=0):
    return claim_of(desk, company, days, unit=desk.units[1], by=desk.other_clerk, note="电话里谈过")


def told(desk, company, as_of=None):
    """Return [(unit, state, last day, whether it holds)] of the claims on a company."""
    rows = claiming.standings_of(company, as_of or desk.today)
    return [(str(row.claim.unit), row.text, row.lapses_on, row.holds) for row in rows]


# --- when it lapses


def test_claim_lapses_after_the_set_days(desk):
    company = make_company(desk)
    claim_of(desk, company, 90)
    assert told(desk, company) == [("商务局", "即将失效", desk.today, True)]
    tomorrow = desk.today + timedelta(days=1)
    assert told(desk, company, tomorrow) == [("商务局", "已失效", desk.today, False)]
    actions.set_threshold(name=Threshold.Name.CLAIM_DAYS, value=180, by=desk.editor)
    assert told(desk, company, tomorrow)[0][1] == "有效"


def test_visit_and_talks_of_the_unit_and_those_below_keep_it_alive(desk):
    company = make_company(desk)
    claim_of(desk, company, 100)
    assert told(desk, company)[0][1] == "已失效"
    below = make_unit("招商科", parent=desk.unit)
    clerk = make_user("below", Role.CLERK, below)
    visit = make_visit(desk, company=company, unit=below, by=clerk, on=ago(desk, 40))
    assert told(desk, company) == [("商务局", "有效", desk.today + timedelta(days=50), True)]
    project = make_project(desk, company=company)
    make_milestone(desk, project, "talks", on=ago(desk, 10))
    assert told(desk, company)[0][2] == desk.today + timedelta(days=80)
    assert told(desk, company, ago(desk, 20))[0][2] == desk.today + timedelta(days=50)  # talks lay ahead then
    actions.withdraw_visit(visit=visit, reason="填错", by=clerk)
    assert told(desk, company, ago(desk, 20))[0][2] == ago(desk, 10)


def test_what_others_do_does_not_keep_it_alive(desk):
    company = make_company(desk)
    claim_of(desk, company, 100)
    make_visit(desk, company=company, unit=desk.units[1], by=desk.other_clerk)
    theirs = make_project(desk, company=company, unit=desk.units[1], by=desk.other_clerk)
    make_milestone(desk, theirs, "talks", by=desk.other_clerk)
    own = make_project(desk, company=company, name="蓝天二期")
    make_milestone(desk, own, "lead")  # hearing of it is no contact
    make_milestone(desk, own, "talks", due_on=desk.today + timedelta(days=9))  # a promise is none either
    make_visit(desk, company=make_company(desk, "红土食品公司"))
    assert told(desk, company)[0][1] == "已失效"


def test_lapsed_claim_may_be_registered_anew_and_a_standing_one_not(desk):
    company = make_company(desk)
    old = claim_of(desk, company, 100)
    fresh = claim_of(desk, company, 2)
    old.refresh_from_db()
    assert (old.state, old.decision) == ("released", "已失效，重新登记")
    assert fresh.state == "standing"
    with pytest.raises(ValidationError, match="仍然有效，不必重复登记"):
        claim_of(desk, company, 1)
    assert list(AuditEntry.objects.values_list("action", flat=True)[:2]) == ["claim.created", "claim.released"]


# --- registering


def form(desk, **more):
    return {
        "company_name": "蓝天公司", "origin": "country", "unit": desk.unit.pk, "on": desk.today.isoformat(),
        "contact": "张三", "note": "展会上谈过",
    } | more  # fmt: skip


def test_claim_on_a_new_company_enters_it(client, desk):
    response = send(client, "/claims/new/", **form(desk))
    company = Company.objects.get()
    assert response.url == f"/companies/{company.pk}/claims/"
    claim = company.claims.get()
    assert (claim.unit, claim.on, claim.recorded_by, claim.state) == (desk.unit, desk.today, desk.clerk, "standing")
    page = client.get(response.url).content.decode()
    assert "展会上谈过" in page
    assert "<title>首报首谈 · 蓝天公司" in page


def test_claim_is_refused_for_tomorrow_and_for_other_units(client, desk):
    tomorrow = desk.today + timedelta(days=1)
    assert "不能晚于今天" in send(client, "/claims/new/", **form(desk, on=tomorrow)).content.decode()
    assert send(client, "/claims/new/", **form(desk, unit=desk.units[1].pk)).context["form"].errors["unit"]
    assert not Claim.objects.exists()


@pytest.mark.parametrize("page", ["claim", "visit", "lead"])
def test_second_unit_is_told_that_a_claim_exists_and_since_when(client, desk, page):
    claim_of(desk, make_company(desk), 7)
    client.force_login(desk.other_clerk)
    second = desk.units[1].pk
    forms = {
        "claim": ("/claims/new/", form(desk, unit=second)),
        "visit": (
            "/visits/new/",
            {"direction": "outbound", "company_name": "蓝天公司", "on": desk.today, "heads": 1, "unit": second},
        ),
        "lead": (
            "/projects/new/",
            {"name": "一期", "company_name": "蓝天公司", "origin": "country", "sector": "industry", "unit": second,
             "on": desk.today},
        ),
    }  # fmt: skip
    url, data = forms[page]
    text = client.get(send(client, url, **data).url).content.decode()
    assert f"已有首报首谈：商务局（{ago(desk, 7)} 起）" in text


def test_own_and_lapsed_claims_are_no_news(client, desk):
    company = make_company(desk)
    claim_of(desk, company, 7)
    rival_of(desk, company, 100)
    assert claiming.notice(company, desk.unit, desk.today) == ""
    assert "商务局" in claiming.notice(company, desk.units[1], desk.today)


# --- who sees what


def test_company_page_shows_the_claim_to_everyone_who_sees_the_company(client, desk):
    company = make_company(desk)
    claim_of(desk, company, 10)
    make_visit(desk, company=company, unit=desk.units[1], by=desk.other_clerk)
    client.force_login(desk.other_clerk)
    text = client.get(company.get_absolute_url()).content.decode()
    assert f"{ago(desk, 10)} 首报，{desk.today + timedelta(days=80)} 后失效" in text


def test_claims_page_keeps_the_rival_s_notes_and_evidence_to_itself(client, desk):
    company = make_company(desk)
    claim_of(desk, company, 10)
    rival_of(desk, company, 3)
    make_visit(desk, company=company, on=ago(desk, 2))
    project = make_project(desk, company=company, unit=desk.units[1], by=desk.other_clerk, name="他人项目")
    make_milestone(desk, project, "talks", by=desk.other_clerk)
    page = f"/companies/{company.pk}/claims/"
    own = client.get(page).content.decode()
    assert "展会上谈过" in own
    assert "走出去 · 商务局" in own
    for hidden in ("电话里谈过", "他人项目"):
        assert hidden not in own
    assert own.count("争议") >= 2
    client.force_login(desk.editor)
    whole = client.get(page).content.decode()
    for shown in ("展会上谈过", "走出去 · 商务局", "电话里谈过", "洽谈 · 他人项目", "裁定"):
        assert shown in whole


def test_claims_of_a_company_one_has_nothing_to_do_with_are_not_found(client, desk):
    company = make_company(desk)
    claim = claim_of(desk, company, 10)
    client.force_login(desk.other_clerk)
    assert client.get(f"/companies/{company.pk}/claims/").status_code == 404
    assert client.get(f"/claims/{claim.pk}/release/").status_code == 404
    client.force_login(desk.leader)
    assert client.get(f"/claims/{claim.pk}/release/").status_code == 403


# --- giving up and deciding


def test_claim_is_given_up_with_a_reason(client, desk):
    claim = claim_of(desk, make_company(desk), 10)
    url = f"/claims/{claim.pk}/release/"
    assert client.get(url).status_code == 200
    assert send(client, url, reason="", version=1).status_code == 200
    assert send(client, url, reason="企业另有打算", version=1).url == claim.get_absolute_url()
    claim.refresh_from_db()
    assert (claim.state, claim.decision) == ("released", "企业另有打算")
    row = AuditEntry.objects.first()
    assert (row.action, row.reason) == ("claim.released", "企业另有打算")
    assert "不在有效状态" in send(client, url, reason="再来", version=2).content.decode()
    assert "企业另有打算" in client.get(claim.get_absolute_url()).content.decode()


def test_bureau_decides_with_a_reason_and_units_see_it(client, desk):
    company = make_company(desk)
    first, second = claim_of(desk, company, 10), rival_of(desk, company, 3)
    client.force_login(desk.editor)
    url = f"/companies/{company.pk}/claims/decide/"
    seen = client.get(url).context["form"]["seen"].value()
    assert send(client, url, upheld=first.pk, reason="", seen=seen).status_code == 200
    assert send(client, url, upheld=first.pk, reason="首报在前，有走访为证", seen=seen).status_code == 302
    for claim in (first, second):
        claim.refresh_from_db()
    assert (first.state, second.state, second.decided_by) == ("upheld", "overruled", desk.editor)
    row = AuditEntry.objects.get(action="company.claims_decided")
    assert sorted(row.lines) == [("商务局", "有效", "裁定有效"), ("工信局", "有效", "裁定无效")]
    assert [row[1] for row in told(desk, company)] == ["裁定有效", "裁定无效"]
    client.force_login(desk.other_clerk)
    text = client.get(f"/companies/{company.pk}/claims/").content.decode()
    assert "首报在前，有走访为证" in text
    assert "裁定无效" in text


def test_decision_on_claims_that_changed_meanwhile_is_refused(client, desk):
    company = make_company(desk)
    first, second = claim_of(desk, company, 10), rival_of(desk, company, 3)
    client.force_login(desk.editor)
    url = f"/companies/{company.pk}/claims/decide/"
    seen = client.get(url).context["form"]["seen"].value()
    claim_of(desk, company, 1, unit=desk.units[2], by=make_user("third", Role.CLERK, desk.units[2]))
    response = send(client, url, upheld=first.pk, reason="首报在前", seen=seen)
    assert "首报有了变化" in response.content.decode()
    second.refresh_from_db()
    assert second.state == "standing"


def test_one_claim_alone_needs_no_decision(client, desk):
    company = make_company(desk)
    claim = claim_of(desk, company, 10)
    client.force_login(desk.editor)
    assert "claims/decide/" not in client.get(f"/companies/{company.pk}/claims/").content.decode()
    response = send(client, f"/companies/{company.pk}/claims/decide/", upheld=claim.pk, reason="x", seen="")
    assert "至少要有两个单位的首报" in response.content.decode() or response.context["form"].errors
    claim.refresh_from_db()
    assert claim.state == "standing"


@pytest.mark.parametrize("who", ["clerk", "leader", "verifier"])
def test_only_editors_decide(client, desk, who):
    company = make_company(desk)
    claim = claim_of(desk, company, 10)
    client.force_login(getattr(desk, who))
    url = f"/companies/{company.pk}/claims/decide/"
    assert client.get(url).status_code == 403
    assert send(client, url, upheld=claim.pk, reason="x").status_code == 403


def test_new_claim_after_a_decision_is_disputed_anew(desk):
    company = make_company(desk)
    first, _second = claim_of(desk, company, 10), rival_of(desk, company, 3)
    actions.decide_claims(company=company, upheld=first, reason="在前", by=desk.editor, now=timezone.now())
    rival_of(desk, company, 1)
    assert [row[1] for row in told(desk, company)] == ["裁定有效", "裁定无效", "争议"]


# --- the list


def test_list_filters_by_what_a_claim_is_worth(client, desk):
    names = {"有效": 10, "快到期": 80, "失效的": 100, "放弃的": 10}
    for name, days in names.items():
        claim = claim_of(desk, make_company(desk, f"{name}公司"), days)
        if name == "放弃的":
            actions.release_claim(claim=claim, reason="不谈了", by=desk.clerk)
    contested = make_company(desk, "争议公司")
    claim_of(desk, contested, 5)
    rival_of(desk, contested, 4)

    def found(**query):
        rows = client.get("/claims/", query).context["table"].data.data
        return {row.company.name.removesuffix("公司") for row in rows}

    assert found() == {"有效", "快到期", "失效的", "放弃的", "争议"}
    assert found(state="holding") == {"有效", "快到期", "争议"}
    assert found(state="lapsing") == {"快到期"}
    assert found(state="lapsed") == {"失效的"}
    assert found(state="disputed") == {"争议"}
    assert found(state="closed") == {"放弃的"}
    assert found(q="zhengyi") == {"争议"}
    assert found(unit=desk.unit.pk, state="lapsed") == {"失效的"}
    cells = list_rows(client.get("/claims/", {"state": "lapsing", "export": "xlsx"}))
    assert cells[0][:3] == ["企业", "首报单位", "首次接触"]
    assert cells[1][0] == "快到期公司"
    assert cells[1][-1] == "即将失效"
    held = {row.name for row in client.get("/companies/", {"is_claimed": "True"}).context["table"].data.data}
    assert held == {"有效公司", "快到期公司", "争议公司"}


def test_list_shows_own_claims_and_all_to_the_bureau(client, desk):
    company = make_company(desk)
    claim_of(desk, company, 10)
    rival_of(desk, company, 3)
    assert len(client.get("/claims/").context["table"].data.data) == 1
    client.force_login(desk.editor)
    assert len(client.get("/claims/").context["table"].data.data) == 2


def test_empty_list_names_the_next_step(client, desk):
    text = client.get("/claims/").content.decode()
    assert "还没有首报首谈" in text
    assert "/claims/new/" in text


def queries(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as taken:
        assert client.get(url).status_code == 200
    return len(taken)


def test_pages_cost_the_same_at_any_length(client, desk):
    company = make_company(desk)
    claim_of(desk, company, 10)
    make_visit(desk, company=company)
    make_milestone(desk, make_project(desk, company=company), "talks")
    pages = ("/claims/", f"/companies/{company.pk}/claims/", "/companies/")
    few = [queries(client, page) for page in pages]
    for number in range(30):
        claim_of(desk, make_company(desk, f"第{number}号公司"), 10)
        make_visit(desk, company=company)
        make_milestone(desk, make_project(desk, company=company, name=f"项目{number}"), "talks")
    for number in range(5):
        unit = make_unit(f"单位{number}", parent=desk.district)
        claim_of(desk, company, number, unit=unit, by=make_user(f"clerk{number}", Role.CLERK, unit))
    assert [queries(client, page) for page in pages] == few


def test_nonsense_gets_a_message(client, desk):
    company = make_company(desk)
    claim, rival = claim_of(desk, company, 10), rival_of(desk, company, 3)
    assert nonsense_in_every_field(client, "/claims/new/", form(desk)) == []
    assert nonsense_in_every_field(client, f"/claims/{claim.pk}/release/", {"reason": "", "version": 1}) == []
    for name in ("q", "state", "unit", "sort", "page"):
        assert client.get("/claims/", {name: "1e9\x00'"}).status_code == 200
    assert client.get("/claims/new/", {"company": "९९९"}).status_code == 200
    client.force_login(desk.editor)
    url = f"/companies/{company.pk}/claims/decide/"
    wrong = {"upheld": rival.pk, "reason": "", "seen": ""}
    assert nonsense_in_every_field(client, url, wrong, ["upheld", "seen"]) == []
