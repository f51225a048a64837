"""A bulletin before a browser: a cited figure, approved by the leader, open to objections, issued, read, revised."""

from datetime import timedelta

from django.utils import timezone

from campaigns.models import Campaign
from reports import drafting
from reports.models import Report, ReportKind
from tests.browser.people import CONTEST, PHONE
from tests.browser.steps import fill
from units.models import User

DEMAND = "各单位要对照差距补齐短板，全区招商信息完成率为{招商信息·完成率}。"


def main(visitor):
    """Return what the page says."""
    return visitor.page.locator("main").inner_text()


def write_draft(day):
    """Start a circular on the contest that cites a figure."""
    campaign = Campaign.objects.select_related("organiser").get(name=CONTEST)
    kind = ReportKind.objects.get(code="ranking-circular")
    return drafting.create_report(
        campaign=campaign, kind=kind, as_of=day, texts={"工作要求": DEMAND}, by=User.objects.get(username="bianbao")
    )


def approve(editor, leader, report):
    """Hand a draft in and approve it."""
    editor.page.goto(report.get_absolute_url())
    editor.follow("送审")
    editor.press("确认送审")
    assert editor.told() == "已送审，等待审核"
    leader.page.goto(report.get_absolute_url())
    leader.follow("审核")
    leader.press("提交")
    assert leader.told() == "已办理"


def lay_open(editor, report):
    """Lay what was approved open to objections."""
    editor.page.goto(report.get_absolute_url())
    editor.follow("公示")
    editor.press("开始公示")
    assert "可以查看并提出异议" in editor.told()


def issue(editor, report):
    """Issue it."""
    editor.page.goto(report.get_absolute_url())
    editor.follow("印发")
    editor.page.locator("main").get_by_role("button", name="确认印发").click(timeout=60_000)
    editor.page.locator("#messages", has_text="已印发").wait_for(timeout=60_000)


def test_bulletin_goes_from_draft_to_issue_with_an_objection_and_is_revised(visit, on_day):
    today = timezone.localdate()
    on_day(today)
    report = write_draft(today)
    editor, leader, clerk = visit("bianbao"), visit("lingdao"), visit("zhengfa", **PHONE)
    editor.page.goto(report.get_absolute_url())
    cited = editor.page.locator(".zs-doc-text", has_text="全区招商信息完成率为").inner_text()
    assert "%" in cited
    assert "{" not in cited
    clerk.page.goto(report.get_absolute_url())
    assert "找不到这一页" in main(clerk)

    approve(editor, leader, report)
    lay_open(editor, report)
    clerk.page.goto(report.get_absolute_url())
    assert clerk.page.evaluate("document.documentElement.scrollWidth") <= PHONE["viewport"]["width"]
    clerk.follow("提出异议")
    fill(clerk, 指标或内容="招商信息", 哪里不对="本周报送的一条没有计入", 认为应为="比公示稿多1条")
    clerk.press("提出")
    assert "待处理" in main(clerk)

    editor.page.goto(report.get_absolute_url())
    assert "还有 1 件异议没有处理" in main(editor)
    editor.follow("处理")
    editor.page.get_by_label("不予采纳").check()
    fill(editor, 理由="该条尚未认定")
    editor.press("提交")
    assert "该条尚未认定" in main(editor)

    on_day(today + timedelta(days=14))
    issue(editor, report)
    report = Report.objects.get(pk=report.pk)
    assert report.full_number.endswith("号")
    assert "收到异议1件，采纳0件，不予采纳1件" in main(editor)
    assert cited in editor.page.locator(".zs-doc-text", has_text="全区招商信息完成率为").inner_text()
    clerk.page.goto(report.get_absolute_url())
    assert "不予采纳" in main(clerk)
    editor.follow("分发与阅知")
    assert "政法委" in editor.page.locator("section", has_text="已打开").last.inner_text()
    editor.press("催阅未打开的")
    assert editor.told().startswith("已催阅 ")

    editor.page.goto(report.get_absolute_url())
    editor.follow("修订")
    fill(editor, 理由="漏计一条")
    editor.press("起草修订")
    revision = Report.objects.get(revises=report)
    approve(editor, leader, revision)
    lay_open(editor, revision)
    on_day(today + timedelta(days=28))
    issue(editor, revision)
    assert "（修订1）" in main(editor)
    editor.follow("逐行对照")
    assert "本期印发前公示" in main(editor)
    clerk.page.goto(report.get_absolute_url())
    assert "已被修订" in main(clerk)
