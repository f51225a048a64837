"""A drive with two months of figures, last year's, a forecast, lists, a finding and orders: for periodic issues."""

from decimal import Decimal
from pathlib import Path

from campaigns import actions
from campaigns.models import Campaign, Indicator
from projects.actions import create_rule
from reports import composing
from reports.documents.content import Chart
from reports.documents.drawing import said
from tests.campaigns.drives import day, make_drive
from tests.reports.factories import make_editor, sign
from units.models import User

AUGUST, SEPTEMBER = day(8, 31), day(9, 20)
TOWNS = {"乡镇": ["甲镇", "乙镇", "丙镇"], "园区": ["东园"]}


def make_periodic_drive():
    """Return a drive: leads that are typed, contracts that are counted, a quota for all but the park's leads."""
    drive = make_drive(
        groups=TOWNS,
        indicators={"招商信息": "条", "新签项目": "个", "签约合同资金": "亿元"},
        kinds={name: {"fed_by": "facts"} for name in ("新签项目", "签约合同资金")},
    )
    drive.owe("招商信息", 示范区=60, 甲镇=20, 乙镇=20, 丙镇=20)
    drive.owe("新签项目", 示范区=4, 甲镇=1, 乙镇=1, 丙镇=1, 东园=1)
    drive.read("招商信息", day(8, 10), 甲镇=9, 乙镇=3, 丙镇=0)
    drive.read("招商信息", day(9, 10), 甲镇=21, 乙镇=4)
    count_contracts(drive)
    sign(drive, "甲镇", "齿轮项目", 8000, day(8, 5))
    sign(drive, "东园", "电池项目", 12000, day(9, 8))
    drive.editor = make_editor(drive)
    return drive


def count_contracts(drive):
    """Let contracts count, by number and by amount."""
    for name, measure in (("新签项目", "count"), ("签约合同资金", "amount")):
        create_rule(
            indicator=drive.indicators[name], fact="milestone.contract", measure=measure, from_on=day(1, 1),
            conditions={}, by=User.objects.system(),
        )  # fmt: skip
    Indicator.objects.update(recounting=False)  # nothing was signed yet


def campaign_of(drive):
    """Return the campaign as a page loads it."""
    return Campaign.objects.select_related("organiser").get(pk=drive.campaign.pk)


def write_lists(drive):
    """Write a red and a black list; let one unit off the black one."""
    by = User.objects.system()
    base = {
        "campaign": drive.campaign, "by": by, "clause": "办法第九条", "from_on": day(7, 1), "subject": "one",
        "indicator": drive.indicators["招商信息"],
    }  # fmt: skip
    actions.write_roll(kind="red", name="红榜", at_least=Decimal(100), **base)
    black = actions.write_roll(kind="black", name="黑榜", last=2, **base)
    actions.exempt(
        campaign=drive.campaign, unit=drive.units["丙镇"], roll=black, ground="force_majeure", reason="洪涝停工",
        signer="区政府主要负责人", from_on=day(9, 1), until_on=day(9, 30), today=SEPTEMBER, by=drive.editor,
    )  # fmt: skip


def order(drive, unit="乙镇", **facts):
    """Issue a supervision order."""
    base = {
        "title": "台账不实", "demand": "逐条核对。\n报送整改情况。", "issued_on": day(9, 1), "due_on": day(9, 10),
        "person": "张某", "by": drive.editor,
    }  # fmt: skip
    return actions.issue_order(campaign=drive.campaign, unit=drive.units[unit], **(base | facts))


def expected(name):
    """Return what an issue says, block by block and table by table, as periodic_issues.txt keeps it."""
    text = (Path(__file__).parent / "periodic_issues.txt").read_text(encoding="utf-8")
    _before, _sign, found = text.partition(f"==== {name}\n")
    return found.partition("\n==== ")[0].strip().splitlines()


def told(report, *, with_tables=True):
    """Return what an issue says, a line a block; of a chart its numbers, of a table its title, heads and rows."""
    composed = composing.compose_report(report)
    assert composed.missing == ()
    document = composed.document
    lines = [
        report.title,
        *(f"图：{said(block)}" if isinstance(block, Chart) else block.text for block in document.blocks),
    ]
    for table in document.annexes if with_tables else ():
        lines += [f"【{table.title}】", " | ".join(table.heads), *(" | ".join(row) for row in table.rows)]
        lines += [table.note] if table.note else []
    return lines
