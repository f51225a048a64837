"""The pages of the rule book: rules with their sentence, trial and judgement, findings, orders, instructions."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns import actions
from campaigns.models import Exemption, Finding, Instruction, Order, Rule
from projects import todos
from tests.campaigns.drives import day, make_drive
from tests.campaigns.test_rulebook import HALF, judge, rule_of
from tests.factories import make_user
from units.models import Role, User

pytestmark = pytest.mark.django_db
TYPED = {
    "name": "黄牌", "kind": "pace", "threshold": "70", "subject": "one", "indicator": "", "basis": "",
    "window": "now", "level": "yellow", "consequence": "约谈", "clause": "办法第五条", "answer_days": "5",
    "from_on": "2026-07-01",
}  # fmt: skip


@pytest.fixture(autouse=True)
def half():
    """Let it be the day on which half of the drive is over."""
    with time_machine.travel(HALF, tick=False):
        yield


@pytest.fixture
def drive():
    """Return a drive in which 乙镇 is behind, with the people of both sides."""
    made = make_drive(groups={"乡镇": ["甲镇", "乙镇"], "园区": ["东园"]})
    made.owe("招商信息", 甲镇=10, 乙镇=10)
    made.read("招商信息", day(8, 1), 甲镇=9, 乙镇=1)
    made.clerk = make_user("yi", Role.CLERK, made.units["乙镇"])
    made.other = make_user("jia", Role.CLERK, made.units["甲镇"])
    made.editor = make_user("ed", Role.EDITOR, made.organiser)
    made.leader = make_user("ld", Role.LEADER, made.organiser)
    return made


@pytest.fixture
def finding(drive):
    """Return what the yellow card says of 乙镇."""
    rule_of(drive)
    judge(drive)
    return Finding.objects.get()


def body(response):
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def send(client, url, **data):
    """Post a form; return the errors of its form, or None where it was taken."""
    response = client.post(url, {"nonce": f"n{url}{len(data)}", **data})
    return None if response.status_code == 302 else response.context["form"].errors.as_data()


def typed(drive, **changes):
    return TYPED | {"indicator": drive.indicators["招商信息"].pk} | changes


# --- rules


def test_rule_is_previewed_while_it_is_typed(client, drive):
    client.force_login(drive.editor)
    url = f"/campaigns/{drive.campaign.pk}/rule-preview/"
    told = body(client.get(url, typed(drive)))
    assert "各参战单位，招商信息完成率低于时序进度的 70%的，黄牌：约谈。" in told
    assert "会触发 1 个单位：乙镇" in told
    assert "没有单位触发" in body(client.get(url, typed(drive, threshold="10")))
    assert "还不到评定的时候" in body(client.get(url, typed(drive, at_end="on")))
    assert "还须填写或更正：界线、处理" in body(client.get(url, typed(drive, threshold="", consequence="")))


def test_editor_writes_and_changes_a_rule(client, drive):
    client.force_login(drive.editor)
    assert "上期战役" in body(client.get("/rulebook/new/?like=years"))
    assert send(client, "/rulebook/new/", **typed(drive, groups=["乡镇"], running="3")) is None
    rule = Rule.objects.get()
    assert (rule.groups, rule.running, rule.threshold) == ("乡镇", 1, Decimal(70))
    page = body(client.get(f"/rulebook/{rule.pk}/"))
    assert "乡镇，招商信息完成率低于时序进度的 70%的，黄牌：约谈。" in page
    changed = typed(drive, kind="zero", threshold="70", version="1")
    assert send(client, f"/rulebook/{rule.pk}/change/", **changed) is None
    rule.refresh_from_db()
    assert (rule.kind, rule.threshold, rule.groups) == ("zero", None, "")
    again = client.post(f"/rulebook/{rule.pk}/change/", {"nonce": "x", **typed(drive, version="1")})
    assert "他人" in again.content.decode()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"threshold": ""}, "threshold"),
        ({"kind": "last", "threshold": "1.5"}, "threshold"),
        ({"indicator": ""}, "indicator"),
        ({"window": "campaigns"}, "earlier"),
        ({"window": "months", "running": "1"}, "running"),
        ({"window": "quarters", "running": "13"}, "running"),
        ({"until_on": "2026-06-01"}, "until_on"),
        ({"groups": ["部门"]}, "groups"),
        ({"clause": ""}, "clause"),
    ],
)
def test_rule_form_says_what_is_wrong_beside_its_field(client, drive, changes, field):
    client.force_login(drive.editor)
    assert list(send(client, "/rulebook/new/", **typed(drive, **changes))) == [field]


def test_everybody_reads_the_rules_and_only_the_organiser_writes_them(client, drive):
    rule = rule_of(drive)
    client.force_login(drive.clerk)
    assert "黄牌" in body(client.get("/rulebook/"))
    assert "约谈主要负责人" in body(client.get(f"/rulebook/{rule.pk}/"))
    town = make_user("town", Role.EDITOR, drive.units["乙镇"])
    client.force_login(town)
    assert client.get(f"/rulebook/{rule.pk}/change/").status_code == 403
    assert client.get("/rulebook/new/").status_code == 404
    assert client.get(f"/campaigns/{drive.campaign.pk}/evaluation/").status_code == 403


def test_rules_are_tried_for_a_day_and_kept_on_a_button(client, drive):
    rule_of(drive)
    client.force_login(drive.editor)
    url = f"/campaigns/{drive.campaign.pk}/evaluation/"
    page = body(client.get(url))
    assert "新增" in page
    assert "完成 1 条 ÷ 目标 10 条 = 10%" in page
    assert Finding.objects.count() == 0
    assert send(client, url, as_of="2026-08-15") is None
    assert Finding.objects.get().found_on == HALF
    assert "继续" in body(client.get(url))
    assert "只能试算" in body(client.get(url, {"as_of": "2026-08-01"}))
    assert "只能试算" in body(client.get(url, {"as_of": "2026-08-16"}))
    refused = client.post(url, {"nonce": "later", "as_of": "2026-08-16"})
    assert "今天以后" in refused.content.decode()


# --- findings


def test_finding_page_shows_sentence_arithmetic_remedy_and_the_way_down(client, drive, finding):
    client.force_login(drive.clerk)
    page = body(client.get(f"/findings/{finding.pk}/"))
    for text in (finding.sentence, finding.arithmetic, finding.remedy, "考核办法第五条", "确认知悉", "说明情况"):
        assert text in page
    assert "转督办" not in page
    for url in [url for _label, url in client.get(f"/findings/{finding.pk}/").context["downs"]]:
        assert client.get(url).status_code == 200
    client.force_login(drive.other)
    assert client.get(f"/findings/{finding.pk}/").status_code == 404
    assert "没有触发规则" in body(client.get("/findings/"))


def test_unit_acknowledges_and_answers_on_its_pages(client, drive, finding):
    client.force_login(drive.clerk)
    assert "说明情况" in body(client.get(f"/findings/{finding.pk}/answer/"))
    assert send(client, f"/findings/{finding.pk}/acknowledge/") is None
    assert client.get(f"/findings/{finding.pk}/acknowledge/").status_code == 403
    assert send(client, f"/findings/{finding.pk}/answer/", answer="月底补上", version="2") is None
    finding.refresh_from_db()
    assert (finding.state, finding.answer) == ("answered", "月底补上")
    assert "月底补上" in body(client.get(f"/findings/{finding.pk}/"))


def test_findings_are_filtered(client, drive, finding):
    client.force_login(drive.editor)
    found = {
        query: len(client.get(f"/findings/?{query}").context["table"].rows)
        for query in (
            "state=open", "state=cleared", "state=late", f"rule={finding.rule_id}", "level=yellow", "level=veto",
            f"unit={drive.units['乙镇'].pk}", f"unit={drive.units['甲镇'].pk}", f"campaign={drive.campaign.pk}",
            "q=乙",
        )
    }  # fmt: skip
    assert list(found.values()) == [1, 0, 0, 1, 1, 0, 1, 0, 1, 1]
    assert client.get("/findings/?export=xlsx").status_code == 200


@pytest.mark.parametrize("path", ["/findings/", "/rulebook/", "/orders/", "/instructions/", "/exemptions/"])
def test_lists_of_the_rule_book_cost_the_same_at_any_length(client, drive, path):
    costs = []
    client.force_login(drive.editor)
    for count in (1, 30):
        while Rule.objects.count() < count:
            rule = rule_of(drive, name=f"规则{Rule.objects.count()}")
        judge(drive)
        for finding in Finding.objects.exclude(state="ordered"):
            order(drive, finding)
            actions.give_instruction(
                from_unit=drive.organiser, unit=drive.units["乙镇"], leader="领导", text="办", given_on=HALF,
                due_on=HALF, by=drive.editor, campaign=drive.campaign,
            )  # fmt: skip
            exempt(drive, rule)
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            body(client.get(path))
        costs.append(len(queries))
    assert costs[0] == costs[1]


# --- exemptions


def exempt(drive, rule):
    return actions.exempt(
        campaign=drive.campaign, unit=drive.units["东园"], rule=rule, ground="other", reason="因", signer="领导",
        from_on=HALF, until_on=HALF, today=HALF, by=drive.editor,
    )  # fmt: skip


def test_exemption_is_written_shown_to_all_and_ended(client, drive, finding):
    client.force_login(drive.editor)
    asked = f"campaign={drive.campaign.pk}&unit={finding.unit_id}&rule={finding.rule_id}"
    assert body(client.get(f"/exemptions/new/?{asked}")).count("selected") >= 3
    facts = {
        "campaign": drive.campaign.pk, "unit": finding.unit_id, "rule": finding.rule_id, "ground": "force_majeure",
        "reason": "洪涝停工", "signer": "区政府主要负责人", "document": "示府办〔2026〕9号", "from_on": "2026-08-01",
        "until_on": "2026-08-31",
    }  # fmt: skip
    assert list(send(client, "/exemptions/new/", **(facts | {"until_on": "2026-07-01"}))) == ["until_on"]
    assert send(client, "/exemptions/new/", **facts) is None
    finding.refresh_from_db()
    assert finding.state == "exempted"
    client.force_login(drive.other)
    assert "洪涝停工" in body(client.get("/exemptions/"))
    assert "示府办〔2026〕9号" in body(client.get(f"/rulebook/{finding.rule_id}/"))
    client.force_login(drive.editor)
    row = Exemption.objects.get()
    assert send(client, f"/exemptions/{row.pk}/end/", on="2026-08-20", reason="已复工") is None
    row.refresh_from_db()
    assert row.until_on == day(8, 20)


# --- orders and instructions


def order(drive, finding):
    return actions.issue_order(
        campaign=drive.campaign, unit=finding.unit, title=str(finding), demand="整改", issued_on=HALF,
        due_on=HALF + timedelta(days=7), by=drive.editor, finding=finding,
    )  # fmt: skip


def test_order_goes_from_finding_to_close_on_its_pages(client, drive, finding):
    client.force_login(drive.editor)
    url = f"/orders/new/?finding={finding.pk}"
    assert "如何解除" in body(client.get(url))
    assert send(client, url, title="限期赶上", demand="报方案", due_on="2026-08-22") is None
    row = Order.objects.get()
    assert (row.finding, row.unit, row.campaign) == (finding, drive.units["乙镇"], drive.campaign)
    assert client.get(f"/orders/{row.pk}/sign/").status_code == 403
    client.force_login(drive.clerk)
    assert "签收" in body(client.get(f"/orders/{row.pk}/"))
    assert body(client.get(f"/orders/{row.pk}/sign/"))
    assert send(client, f"/orders/{row.pk}/sign/") is None
    assert send(client, f"/orders/{row.pk}/reply/", reply="已报方案", version="2") is None
    client.force_login(drive.other)
    assert client.get(f"/orders/{row.pk}/").status_code == 404
    client.force_login(drive.editor)
    assert "已报方案" in body(client.get(f"/orders/{row.pk}/review/"))
    assert list(send(client, f"/orders/{row.pk}/review/", passed="no", review="不实", version="3")) == ["due_on"]
    assert send(client, f"/orders/{row.pk}/review/", passed="yes", review="属实", version="3") is None
    page = body(client.get(f"/orders/{row.pk}/"))
    assert "已办结" in page
    assert "督办〔2026〕1号" in body(client.get(f"/findings/{finding.pk}/"))


def test_order_is_raised_to_the_leader_who_finds_it_in_a_view_of_its_own(client, drive, finding):
    order(drive, finding)
    actions.raise_orders(as_of=day(8, 23), by=User.objects.system())
    client.force_login(drive.leader)
    rows = client.get("/orders/?state=raised").context["table"].rows
    assert [row.record.raised_to for row in rows] == [drive.organiser]
    client.force_login(drive.clerk)
    assert len(client.get("/orders/?state=raised").context["table"].rows) == 0


def test_instruction_goes_from_text_to_close_on_its_pages(client, drive):
    client.force_login(drive.leader)
    facts = {
        "from_unit": drive.organiser.pk, "leader": "区政府主要负责人", "text": "请抓紧", "given_on": "2026-08-15",
        "unit": drive.units["乙镇"].pk, "due_on": "2026-08-20", "campaign": drive.campaign.pk,
    }  # fmt: skip
    assert "ld 科员" in body(client.get("/instructions/new/"))
    assert list(send(client, "/instructions/new/", **(facts | {"due_on": "2026-08-01"}))) == ["due_on"]
    assert send(client, "/instructions/new/", **facts) is None
    row = Instruction.objects.get()
    client.force_login(drive.clerk)
    assert "回复" in body(client.get(f"/instructions/{row.pk}/"))
    assert send(client, f"/instructions/{row.pk}/reply/", reply="已办", version="1") is None
    client.force_login(drive.other)
    assert client.get(f"/instructions/{row.pk}/").status_code == 404
    client.force_login(drive.leader)
    assert send(client, f"/instructions/{row.pk}/close/", outcome="阅", version="2") is None
    assert "已办结" in body(client.get(f"/instructions/{row.pk}/"))


def test_answers_orders_and_instructions_are_in_the_to_do_list(client, drive, finding):
    actions.give_instruction(
        from_unit=drive.organiser, unit=drive.units["乙镇"], leader="领导", text="请抓紧", given_on=HALF,
        due_on=day(8, 18), by=drive.leader,
    )  # fmt: skip

    def owed():
        return [(row.kind, row.title, row.due_on) for row in todos.todos(drive.clerk, HALF)]

    assert owed() == [("批示", "请抓紧", day(8, 18)), ("规则触发", "黄牌 · 百日会战", day(8, 20))]
    order(drive, finding)
    assert owed() == [("批示", "请抓紧", day(8, 18)), ("督办单", str(finding), day(8, 22))]
    assert todos.todos(drive.other, HALF) == []
    client.force_login(drive.clerk)
    assert str(finding) in body(client.get("/todos/"))
