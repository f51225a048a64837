"""Flags: their arithmetic at the thresholds, what is read for them, and the pages that show them."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from projects import actions, flags
from projects.flags import BY_NAME, Facts, Twin
from projects.models import Credit, Evidence, Project, Threshold
from tests.factories import make_user
from tests.projects.factories import make_company, make_contract, make_desk, make_milestone, make_project, make_visit
from tests.projects.forms import list_rows
from units.models import Role

LIMITS = Threshold.DEFAULTS
DAY = date(2026, 9, 30)
AMOUNTS = st.integers(1, 10**17).map(lambda n: Decimal(n).scaleb(-6))


def said(name, limits=LIMITS, **facts):
    """Return what one flag says of some facts."""
    return str(BY_NAME[name].says(Facts(**facts), limits, DAY))


# --- arithmetic


def test_signed_big_filed_small_says_how_many_times():
    assert said("signed_big", contracted=Decimal(50000), filed=Decimal(3000)) == (
        "协议 5 亿元，备案 3000 万元，相差 16.7 倍（阈值 10 倍）"
    )
    assert said("signed_big", contracted=Decimal(30000), filed=Decimal(3000)).endswith("相差 10 倍（阈值 10 倍）")
    assert said("signed_big", contracted=Decimal("29999.999999"), filed=Decimal(3000)) == ""
    assert said("signed_big", contracted=Decimal(30000), filed=Decimal(0)) == ""
    assert said("signed_big", contracted=Decimal(30000)) == ""


def test_filed_for_less_holds_below_its_percentage_and_not_at_it():
    assert said("filed_less", contracted=Decimal(10000), filed=Decimal(8000)) == ""
    assert said("filed_less", contracted=Decimal(10000), filed=Decimal("7999.999999")) == (
        "协议 1 亿元，备案 7999.999999 万元，备案为协议的 79.99999999%（阈值 80%）"
    )
    assert said("filed_less", contracted=Decimal(10000), filed=Decimal(6000)) == (
        "协议 1 亿元，备案 6000 万元，备案为协议的 60%（阈值 80%）"
    )
    assert said("filed_less", contracted=Decimal(10000)) == ""
    assert said("filed_less", filed=Decimal(10000)) == ""


def test_paid_above_says_by_how_much():
    assert said("paid_above", contracted=Decimal(3000), arrived=Decimal(3300)) == (
        "协议 3000 万元，到位 3300 万元，多 300 万元"
    )
    assert said("paid_above", contracted=Decimal(3000), arrived=Decimal(3000)) == ""
    assert said("paid_above", arrived=Decimal(3000)) == ""


def test_signed_again_holds_up_to_its_percentage():
    twins = (
        Twin(Decimal(9000), "蓝天二期", "/projects/2/"),
        Twin(Decimal("8999.999999"), "蓝天三期", "/projects/3/"),
    )
    assert said("signed_again", contracted=Decimal(10000), twins=twins) == (
        "协议 1 亿元，同一投资方另有「蓝天二期」9000 万元，相差 10%（阈值 10%）"
    )
    assert said("signed_again", contracted=Decimal(10000), twins=twins[1:]) == ""
    assert said("signed_again", contracted=Decimal(10000), twins=(Twin(Decimal(10000)),)) == (
        "协议 1 亿元，同一投资方另有其他单位的 1 个项目金额相近（阈值 10%）"
    )


def test_stalled_holds_from_its_day_on():
    waits = {"is_waiting": True, "last_on": DAY - timedelta(days=90)}
    assert said("stalled", **waits) == "最近一次进展或走访在 2026-07-02，已 90 天（阈值 90 天）"
    assert said("stalled", **{**waits, "last_on": DAY - timedelta(days=89)}) == ""
    assert said("stalled", **{**waits, "is_waiting": False}) == ""


def test_start_missed_counts_the_days_past_the_promise():
    assert said("start", is_waiting=True, start_due=date(2026, 9, 29)) == "承诺 2026-09-29 开工，逾期 1 天"
    assert said("start", is_waiting=True, start_due=DAY) == ""
    assert said("start", is_waiting=True) == ""


def test_shares_and_papers():
    assert said("shares", shares=Decimal("99.5")) == "各单位份额合计 99.5%，应为 100%"
    assert said("shares", shares=Decimal(100)) == ""
    assert said("paper", papers=(("到账.pdf", 2), ("合同.pdf", 3))) == (
        "凭证「到账.pdf」同时用于 2 条记录；凭证「合同.pdf」同时用于 3 条记录"
    )
    assert said("paper") == ""


def test_what_the_bureau_sets_holds():
    limits = LIMITS | {Threshold.Name.SIGNED_TIMES: Decimal("2.5")}
    signed = {"contracted": Decimal(25), "filed": Decimal(10)}
    assert said("signed_big", limits, **signed).endswith("相差 2.5 倍（阈值 2.5 倍）")
    assert said("signed_big", limits, contracted=Decimal(24), filed=Decimal(10)) == ""


@given(contracted=AMOUNTS, filed=AMOUNTS)
def test_flags_of_sums_agree_with_exact_division(contracted, filed):
    ratio = Fraction(filed) / Fraction(contracted)
    facts = {"contracted": contracted, "filed": filed}

    assert bool(said("filed_less", **facts)) == (ratio < Fraction(4, 5))
    assert bool(said("signed_big", **facts)) == (ratio <= Fraction(1, 10))


# --- what is read


@pytest.fixture
def desk(client, db):
    made = make_desk()
    client.force_login(made.clerk)
    return made


def raised(desk, project, user=None, day=None):
    """Return {flag: words} of a project."""
    found = flags.of_projects(Project.objects.filter(pk=project.pk), user or desk.clerk, day or desk.today)
    return {one.name: one.words for one in found.get(project.pk, ())}


def test_sums_leave_out_what_was_withdrawn_or_lies_ahead(desk):
    project = make_contract(desk, amount=1000).project
    made = make_milestone(desk, project, "funding", amount=Decimal(1500))
    assert raised(desk, project) == {"paid_above": "协议 1000 万元，到位 1500 万元，多 500 万元"}

    assert raised(desk, project, day=desk.today - timedelta(days=1)) == {}
    actions.withdraw_milestone(milestone=made, reason="记错", by=desk.clerk)
    assert raised(desk, project) == {}


def test_same_investor_under_two_names_signed_again(desk):
    first = make_contract(desk, name="一期", amount=10000, company=make_company(desk, "蓝天电子有限公司")).project
    second = make_contract(
        desk, name="二期", amount=9500, company=make_company(desk, "深圳蓝天电子（集团）股份有限公司")
    ).project
    far = make_contract(desk, name="三期", amount=5000, company=first.company).project

    assert raised(desk, first) == {
        "signed_again": "协议 1 亿元，同一投资方另有「二期」9500 万元，相差 5%（阈值 10%）"
    }
    assert list(raised(desk, second)) == ["signed_again"]
    assert raised(desk, far) == {}
    make_milestone(desk, second, "termination", note="不建了")
    assert raised(desk, first) == {}
    assert raised(desk, second) == {}


def test_partner_and_investor_changing_places_are_the_same_parties(desk):
    one = make_contract(desk, name="甲", company=make_company(desk, "甲公司")).project
    two = make_contract(desk, name="乙", company=make_company(desk, "乙公司")).project
    assert raised(desk, one) == {}
    for project, partner in ((one, "乙公司"), (two, "甲公司")):
        actions.change_project(project=project, local_partner=partner, by=desk.clerk)

    assert list(raised(desk, one)) == list(raised(desk, two)) == ["signed_again"]


def test_another_units_project_is_counted_but_not_named(desk):
    company = make_company(desk)
    mine = make_contract(desk, name="我的", company=company).project
    make_contract(desk, name="别人的", company=company, unit=desk.units[1], by=desk.other_clerk)

    assert raised(desk, mine) == {
        "signed_again": "协议 5000 万元，同一投资方另有其他单位的 1 个项目金额相近（阈值 10%）"
    }
    assert "别人的" in raised(desk, mine, user=desk.leader)["signed_again"]


def test_a_visit_ends_a_standstill(desk):
    project = make_contract(desk, on=desk.today - timedelta(days=100)).project
    assert list(raised(desk, project)) == ["stalled"]
    visit = make_visit(desk, company=project.company)
    actions.correct_visit(visit=visit, project=project, reason="补登项目", by=desk.clerk)
    assert raised(desk, project) == {}


def test_promised_start_is_missed_until_it_is_put_off(desk):
    project = make_contract(desk).project
    due = desk.today - timedelta(days=3)
    promise = make_milestone(desk, project, "groundbreaking", due_on=due)
    assert raised(desk, project) == {"start": f"承诺 {due} 开工，逾期 3 天"}
    actions.extend_promise(milestone=promise, to_on=desk.today, reason="用地", allowed_by="分管领导", by=desk.clerk)
    assert raised(desk, project) == {}


def test_shares_that_do_not_add_up_and_a_paper_on_two_records(desk):
    contract = make_contract(desk)
    Credit.objects.filter(project=contract.project).update(share=Decimal(60))
    funds = make_milestone(desk, contract.project, "funding", amount=Decimal(10))
    for record in (contract, funds):
        Evidence.objects.create(
            milestone=record, file="x", name="合同.pdf", content_type="application/pdf", size=1, sha256="a" * 64,
            uploaded_by=desk.clerk,
        )  # fmt: skip

    assert raised(desk, contract.project) == {
        "shares": "各单位份额合计 60%，应为 100%",
        "paper": "凭证「合同.pdf」同时用于 2 条记录",
    }
    with transaction.atomic():
        actions.withdraw_evidence(evidence=contract.evidence.get(), reason="传错", by=desk.clerk)
        assert list(raised(desk, contract.project)) == ["shares"]
        transaction.set_rollback(True)
    actions.withdraw_milestone(milestone=funds, reason="重复", by=desk.clerk)
    assert list(raised(desk, contract.project)) == ["shares"]


# --- the pages


def make_flagged(desk, number):
    """Return a project whose money exceeds its contract."""
    company = make_company(desk, f"第{number}家企业")
    project = make_contract(desk, name=f"项目{number}", amount=100 * number, company=company).project
    make_milestone(desk, project, "funding", amount=Decimal(200 * number))
    return project


def test_page_groups_projects_by_flag_with_links(client, desk):
    make_flagged(desk, 1)
    text = client.get("/flags/").content.decode()
    assert "到位超协议" in text
    assert "协议 100 万元，到位 200 万元，多 100 万元" in text
    assert "/projects/?flag=paid_above" in text
    assert "停滞 90 天" in text


def test_page_without_flags_says_so(client, desk):
    assert "没有需要核对的项目" in client.get("/flags/").content.decode()


def test_page_keeps_to_the_readers_units(client, desk):
    make_flagged(desk, 1)
    client.force_login(desk.other_clerk)
    assert "项目1" not in client.get("/flags/").content.decode()


@pytest.mark.parametrize("day", ["", "nonsense", "2026-02-30", "0001-01-01", "9999-12-31", "\x00"])
def test_page_takes_any_day(client, desk, day):
    assert client.get("/flags/", {"as_of": day}).status_code == 200


def test_page_costs_the_same_at_any_length(client, desk):
    counts = []
    for numbers in ((1, 2), range(3, 30)):
        for number in numbers:
            make_flagged(desk, number)
        with CaptureQueriesContext(connection) as queries:
            client.get("/flags/")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 11  # one more for land and complaints


def test_list_narrows_to_a_flag_and_shows_it(client, desk):
    flagged = make_flagged(desk, 1)
    make_project(desk, name="无事")
    for value in ("paid_above", "any"):
        response = client.get(f"/projects/?flag={value}")
        assert [row.record for row in response.context["table"].rows] == [flagged]
    assert "到位超协议" in response.content.decode()
    assert client.get("/projects/?flag=stalled").context["totals"].count == 0
    assert client.get("/projects/?flag=nonsense").status_code == 200
    sheet = list_rows(client.get("/projects/?flag=any&export=xlsx"))
    assert "到位超协议：协议 100 万元，到位 200 万元，多 100 万元" in sheet[1]


def test_project_page_and_verifier_see_the_arithmetic_and_nothing_is_refused(client, desk):
    project = make_flagged(desk, 1)
    assert "协议 100 万元，到位 200 万元，多 100 万元" in client.get(f"/projects/{project.pk}/").content.decode()

    client.force_login(desk.verifier)
    funds = project.milestones.get(kind="funding")
    text = client.get(f"/recognition/milestone/{funds.pk}/").content.decode()
    assert "项目预警" in text
    assert "多 100 万元" in text
    actions.recognise_milestone(milestone=funds, verdict="full", on=desk.today, by=desk.verifier)
    visit = make_visit(desk)
    assert "项目预警" not in client.get(f"/recognition/visit/{visit.pk}/").content.decode()


def test_pages_are_for_business_roles(client, desk):
    client.force_login(make_user("admin", Role.SYSTEM_ADMIN, desk.district))
    for path in ("/flags/", "/projects/chain/", "/projects/schedule/"):
        assert client.get(path).status_code == 403


# --- land and complaints (R42, R57, R95)


def test_idle_land_says_how_long_it_lies():
    lying = (
        ("3 号地块", Decimal("20.5"), DAY - timedelta(days=29)),
        ("4 号地块", Decimal(8), DAY - timedelta(days=1)),
    )
    assert said("unbuilt", unbuilt=lying) == (
        "「3 号地块」20.5 亩，约定 2026-09-01 开工，逾期 29 天；「4 号地块」8 亩，约定 2026-09-29 开工，逾期 1 天"
    )
    assert said("unused", unused=lying[1:]) == "「4 号地块」8 亩，约定 2026-09-29 投用，逾期 1 天"
    assert said("unanswered", unanswered=(("验收拖延", DAY - timedelta(days=3)),)) == (
        "「验收拖延」应于 2026-09-27 答复，逾期 3 天"
    )
    assert [said(name) for name in ("unbuilt", "unused", "unanswered")] == ["", "", ""]


def test_land_is_flagged_from_the_day_after_its_deadline_until_it_is_taken_back(desk):
    project = make_project(desk)
    parcel = actions.record_parcel(
        project=project, name="3 号地块", area=Decimal(20), handed_over_on=DAY - timedelta(days=99), build_by=DAY,
        use_by=DAY + timedelta(days=9), by=desk.clerk,
    )  # fmt: skip

    def raised(days):
        found = flags.of_projects(
            Project.objects.all(), desk.clerk, DAY + timedelta(days=days), ("unbuilt", "unused")
        )
        return [(flag.name, str(flag.words)) for flag in found.get(project.pk, ())]

    assert raised(0) == []
    assert raised(1) == [("unbuilt", "「3 号地块」20 亩，约定 2026-09-30 开工，逾期 1 天")]
    assert [name for name, _words in raised(10)] == ["unbuilt"]
    parcel = actions.change_parcel(parcel=parcel, built_on=DAY + timedelta(days=2), by=desk.clerk)
    assert raised(9) == []
    assert raised(10) == [("unused", "「3 号地块」20 亩，约定 2026-10-09 投用，逾期 1 天")]
    with pytest.raises(ValidationError, match="收回须写明依据"):
        actions.change_parcel(parcel=parcel, reclaimed_on=DAY + timedelta(days=20), by=desk.clerk)
    actions.change_parcel(
        parcel=parcel, reclaimed_on=DAY + timedelta(days=20), reclaim_reason="协议第九条", by=desk.clerk
    )
    assert [raised(days) != [] for days in (19, 20)] == [True, False]
