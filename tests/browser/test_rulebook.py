"""The rule book at work: written, tried, judged, answered on a phone, turned into an order and closed; a reward."""

from datetime import timedelta

from django.utils import timezone

from campaigns.models import Finding, Order
from tests.browser.people import CONTEST, PHONE
from tests.browser.steps import fill, owed

RULE = "线索黄牌（浏览器）"


def main(visitor):
    """Return what the page says."""
    return visitor.page.locator("main").inner_text()


def fits(visitor):
    """Say whether nothing sticks out of a phone."""
    return visitor.page.evaluate("document.documentElement.scrollWidth") <= PHONE["viewport"]["width"]


def write_rule(editor):
    """Write a rule that finds every unit without all its leads; the sentence follows what is typed."""
    editor.page.goto("/rulebook/")
    editor.follow("新建规则")
    assert CONTEST in main(editor)
    fill(editor, 规则名称=RULE, 处理="约谈分管负责人", 依据="竞赛办法（示范）第三条")
    editor.page.get_by_label("界线").fill("")
    editor.page.get_by_label("看什么数").select_option(label="指定的一项指标")
    editor.page.locator("#id_indicator").select_option(label="招商信息")
    editor.page.locator(".zs-rule-preview", has_text="还须填写或更正：界线").wait_for()
    editor.page.get_by_label("界线").fill("200")
    editor.page.locator(
        ".zs-rule-preview", has_text="招商信息完成率低于时序进度的 200%的，黄牌：约谈分管负责人"
    ).wait_for()
    editor.page.locator(".zs-rule-preview", has_text="会触发").wait_for()
    editor.press("保存")
    assert editor.told() == "规则已保存，下次评定时生效"


def test_rule_is_written_judged_answered_and_ends_in_a_closed_order(visit):
    editor, leader, clerk = visit("bianbao"), visit("lingdao"), visit("zhengfa", **PHONE)
    write_rule(editor)
    editor.follow("试算与认定")
    row = editor.page.locator("tr", has_text=RULE).filter(has_text="区委政法委")
    assert "新增" in row.inner_text()
    assert Finding.objects.filter(rule__name=RULE).count() == 0
    editor.press("按此认定")
    editor.page.locator(".zs-dialog").get_by_role("button", name="确定").click()
    editor.settle()
    editor.page.locator("#messages", has_text="新认定").wait_for()
    assert editor.told().startswith("新认定 ")

    found = Finding.objects.get(rule__name=RULE, unit__name="区委政法委")
    clerk.page.goto(found.get_absolute_url())
    assert fits(clerk)
    assert "如何解除" in main(clerk)
    clerk.follow("确认知悉")
    clerk.press("确认知悉")
    assert clerk.told() == "已确认知悉，请在期限内说明情况"
    clerk.follow("说明情况")
    fill(clerk, 情况说明="　")
    clerk.press("保存")
    assert "必填" in main(clerk)
    fill(clerk, 情况说明="专班调整，月底前补齐线索")
    assert fits(clerk)
    clerk.press("保存")
    assert "专班调整，月底前补齐线索" in main(clerk)

    leader.page.goto(found.get_absolute_url())
    leader.follow("转督办")
    due = timezone.localdate() + timedelta(days=5)
    fill(leader, 督办事项="补齐招商信息", 要求="逐条列出线索来源", 办理期限=due.isoformat())
    leader.press("签发")
    assert leader.told() == "督办单已签发，已列入承办单位的待办"
    order = Order.objects.get(title="补齐招商信息")

    assert owed(clerk, "补齐招商信息") == ["还有 5 天"]
    clerk.page.goto(order.get_absolute_url())
    clerk.follow("签收")
    clerk.press("签收")
    assert clerk.told() == "已签收，请在期限内回复"
    clerk.follow("回复")
    fill(clerk, 办理情况="已补报 6 条，附来源")
    clerk.press("保存")
    assert fits(clerk)

    leader.page.goto(order.get_absolute_url())
    assert "已回复，待复核" in main(leader)
    leader.follow("复核")
    fill(leader, 复核意见="属实，同意办结")
    leader.press("提交复核")
    assert "已办结" in main(leader)
    assert owed(clerk, "补齐招商信息") == []


def test_reward_is_approved_by_a_leader_and_paid_by_the_editor(visit):
    leader, editor = visit("lingdao", **PHONE), visit("bianbao")
    leader.page.goto("/rewards/?state=proposed&q=擎昱轻量化底盘部件项目")
    leader.follow("擎昱轻量化底盘部件项目")
    assert fits(leader)
    leader.follow("审批")
    leader.press("提交审批")
    assert "请填批准文号" in main(leader)
    fill(leader, 批准文号="澄溪府办函（示范）第31号")
    leader.press("提交审批")
    assert leader.told() == "审批意见已保存"
    reward = leader.page.url
    editor.page.goto(reward)
    editor.follow("登记兑现")
    editor.press("保存")
    assert editor.told() == "兑现已登记"
    assert "已兑现" in main(editor)


def test_red_and_black_lists_print_the_exemptions(visit):
    clerk = visit("zhengfa", **PHONE)
    clerk.page.goto("/")
    clerk.page.locator("main").get_by_role("link", name="红黑榜").first.click()
    clerk.page.wait_for_load_state()
    told = main(clerk)
    for text in ("红榜", "黑榜", "豁免公示", "区政府分管领导签批"):
        assert text in told
    assert fits(clerk)
