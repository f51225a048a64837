"""What the demo lacks for pictures of planning and judging: a campaign to come, a scheme, a wall; what is typed."""

from datetime import date, timedelta
from decimal import Decimal

from django.core.files.base import ContentFile
from django.utils import timezone

from campaigns import actions
from campaigns.models import (
    Campaign,
    CampaignUnit,
    Finding,
    Instruction,
    Mark,
    Order,
    Rule,
    Scheme,
    SelfSheet,
    Target,
)
from projects import campaign_templates
from projects.actions import file_plan, start_campaign
from projects.models import CountingRule, Inspection, Reward
from reports import screens
from units.actions import rename_unit
from units.models import Unit, User

COMING, CONTEST, DISTRICT = "新一轮百日会战", "百日竞赛（示范）", "澄溪区"
GROUP = ("青石镇", "青石招商小组", ("白鹭镇", "龙潭镇"))
STAGES = ((29, "0.2", "起步"), (59, "0.6", "过半"), (99, "1", "收官"))
PERSONS = (("部务会成员甲", 3), ("部务会成员乙", 3), ("组织科", 2))
CLAUSES = (
    ("1", "签约合同资金", "linear", {"full": "40"}, "完成任务得 40 分，未完成按比例得分。"),
    ("2", "新签项目", "steps", {"rows": [["100%", "30"], ["50%", "15"]]}, "完成任务得 30 分，过半得 15 分。"),
    ("3", "外出走访企业", "linear", {"full": "20"}, "完成任务得 20 分，未完成按比例得分。"),
    ("4", "招商信息", "linear", {"full": "10"}, "完成任务得 10 分，未完成按比例得分。"),
)  # fmt: skip
PLACES = (("2026-03-31", 6, "全市通报第3期"), ("2026-06-30", 4, "全市通报第6期"), ("2026-09-30", 3, "全市通报第9期"))
TABLE = """组别,单位,合计,指标,计量单位,目标,完成
乡镇,青石镇,,来访批次,批,"1,200",386
乡镇,龙潭镇,,来访批次,批,800,415
街道,河东街道,,来访批次,批,600,402
街道,望湖街道,,来访批次,批,600,—
,澄溪区,1,来访批次,批,"3,200",1203
"""
wall_token = []  # known only once it is made


def set_up():
    """Enter it, through the actions that pages use."""
    editor, today = User.objects.get(username="bianbao"), timezone.localdate()
    campaign = start_campaign(
        template=campaign_templates.load("hundred_days"), name=COMING, organiser=Unit.objects.get(name=DISTRICT),
        starts_on=today + timedelta(days=30), with_targets=True, by=editor,
    )  # fmt: skip
    plan(campaign, editor, today)
    judge(Campaign.objects.get(name=CONTEST), editor)
    places = [
        {"since": date(2026, 1, 1), "until": date.fromisoformat(until), "indicator": None, "place": place,
         "of_how_many": 9, "source": source}
        for until, place, source in PLACES
    ]  # fmt: skip
    actions.record_places(unit=campaign.organiser, rows=places, by=editor)
    rename_unit(
        unit=Unit.objects.get(name="青石镇招商专班"), name="青石镇招商服务专班", on=date(2026, 3, 1),
        document="青石镇党委会议纪要〔2026〕4号", by=User.objects.get(username="xitong"), today=today,
    )  # fmt: skip


def plan(campaign, editor, today):
    """Join three towns to a line, issue the quotas and begin a new draft; file plans; set stages."""
    lead, title, others = GROUP
    units = {unit.name: unit for unit in Unit.objects.filter(name__in=(lead, *others))}
    owed = Target.objects.working(campaign).filter(unit__name__in=others)
    actions.set_targets(
        campaign=campaign, targets={(row.line_id, row.unit_id): (None, None) for row in owed}, by=editor
    )
    seats = [
        {"unit": seat.unit, "group": seat.group, "title": title if seat.unit.name == lead else "",
         "further": [units[name] for name in others] if seat.unit.name == lead else []}
        for seat in campaign.roster.select_related("unit")
        if seat.unit.name not in others
    ]  # fmt: skip
    actions.set_roster(campaign=campaign, seats=seats, by=editor)
    actions.issue_targets(
        campaign=campaign, holds_from=campaign.starts_on, today=today, document="澄招组〔2026〕18号", by=editor
    )
    line = campaign.lines.first()
    actions.set_targets(campaign=campaign, targets={(line.pk, units[lead].pk): (Decimal(30), None)}, by=editor)
    stages = [(campaign.starts_on + timedelta(days=day), Decimal(share), name) for day, share, name in STAGES]
    actions.set_stages(campaign=campaign, stages=stages, by=editor)
    for unit in (campaign.organiser, units[lead]):
        file = ContentFile(b"%PDF-1.4\n%%EOF\n", f"{unit}工作方案.pdf")
        file_plan(campaign=campaign, unit=unit, on=today, files=[file], by=editor, today=today)


def judge(contest, editor):
    """Share a unit's quota out among its persons, write rules of scoring, count late reports, make a wall."""
    seat = contest.roster.get(unit__name="区委组织部")
    line = contest.lines.get(indicator__name="招商信息")
    shares = {(line.pk, person): Decimal(amount) for person, amount in PERSONS}
    actions.set_person_targets(seat=seat, targets=shares, by=User.objects.get(username="zuzhi"))
    if not contest.schemes.exists():
        scheme = actions.create_scheme(
            campaign=contest, name="百日竞赛考核办法", document="澄招组〔2026〕13号", by=editor
        )
        for code, name, method, parameters, clause in CLAUSES:
            indicator = contest.lines.get(indicator__name=name).indicator
            actions.set_row(
                scheme=scheme, code=code, label=name, indicator=indicator, method=method, parameters=parameters,
                source={"reads": "rate"}, clause=clause, by=editor,
            )  # fmt: skip
    if not Mark.objects.exists():
        late = actions.create_item(name="进度迟报", kind="count", by=editor)
        for name, days in (("区委编办", 9), ("区侨联", 23)):
            actions.record_mark(
                campaign=contest, item=late, unit=contest.roster.get(unit__name=name).unit, value=Decimal(1),
                on=contest.starts_on + timedelta(days=days), evidence="动态信息周报登记表", by=editor,
            )  # fmt: skip
    wall_token.append(screens.make_wall(campaign=contest, name="指挥部大厅", groups=[], by=editor))


def keys():
    """Return what the placeholders stand for."""
    coming, contest = Campaign.objects.get(name=COMING), Campaign.objects.get(name=CONTEST)
    scheme = Scheme.objects.filter(campaign=contest).order_by("number")[0]
    group = CampaignUnit.objects.get(campaign=coming, unit__name=GROUP[0])
    return {
        "coming": coming.pk,
        "group": group.unit_id,
        "scheme": scheme.pk,
        "clause": scheme.rows.order_by("order")[1].pk,
        "counting": CountingRule.objects.get(indicator__name="新签5000万元以上工业项目").pk,
        "rule": Rule.objects.filter(campaign=contest).order_by("pk")[0].pk,
        "finding": Finding.objects.filter(rule__campaign=contest).order_by("pk")[0].pk,
        "order": Order.objects.order_by("pk")[0].pk,
        "instruction": Instruction.objects.order_by("pk")[0].pk,
        "renamed": Unit.objects.get(name="青石镇招商服务专班").pk,
        "wall": wall_token[0],
        "sheet": SelfSheet.objects.filter(scheme__campaign=contest).order_by("pk")[0].pk,
        "reward": Reward.objects.filter(state=Reward.State.PROPOSED).order_by("pk")[0].pk,
        "inspection": Inspection.objects.order_by("pk")[0].pk,
    }


# --- what is done on a page before its picture is taken


def table(page):
    """Send a published table and look at its preview."""
    page.get_by_label("战役名称").fill("上半年来访竞赛")
    for label, day in (("开始日期", "2026-01-01"), ("结束日期", "2026-06-30"), ("表中数字截至", "2026-05-31")):
        page.get_by_label(label).fill(day)
    file = {"name": "通报.csv", "mimeType": "text/csv", "buffer": TABLE.encode()}
    page.get_by_label("通报表", exact=True).set_input_files(file)
    page.get_by_role("button", name="预览").click()
    page.get_by_role("heading", name="预览").wait_for()


def paste(page):
    """Paste a block of the quota grid, with a cell that is no number."""
    page.locator("[data-targets] tbody tr:nth-child(3) input").first.focus()
    page.evaluate(
        """text => { const data = new DataTransfer(); data.setData("text/plain", text);
        document.activeElement.dispatchEvent(new ClipboardEvent("paste",
        {clipboardData: data, bubbles: true, cancelable: true})); }""",
        "1,599\t12\t8\n20\t待定\t6\n18\t10\t5\n",
    )


def helper(page):
    """Open the helper that shares quotas out."""
    page.locator(".zs-grid-tool summary").first.click()


def counting(page):
    """Ask for more money in a counting rule and wait for what that would move."""
    page.get_by_label("金额不低于（人民币）").fill("8000")
    page.get_by_role("heading", name="保存后各单位的数").wait_for()
    page.evaluate("window.scrollTo(0, document.getElementById('rule-tried').offsetTop - 120)")


STEPS = {"table": table, "targets-paste": paste, "targets-helper": helper, "rule-preview": counting}
