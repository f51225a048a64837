"""A small drive with figures and contracts, and people, for tests of the reports room."""

from decimal import Decimal

from projects import actions
from reports import drafting, workflow
from reports.kinds import MAIN
from reports.models import ReportKind
from tests.campaigns.drives import day, make_drive
from tests.factories import make_user
from tests.projects.factories import READY, sign_off
from units.models import Role, User

END = day(9, 30)


def make_told_drive(**facts):
    """Return a drive of three units in two groups: leads and money owed, signings that nobody owes."""
    drive = make_drive(
        groups={"乡镇": ["甲镇", "乙镇"], "园区": ["丙园区"]},
        indicators={"招商信息": "条", "到位资金": "亿元", "新签项目": "个"},
        kinds={"新签项目": {"fed_by": "facts"}},
        **facts,
    )
    drive.owe("招商信息", 示范区=20, 甲镇=10, 乙镇=10, 丙园区=4)
    drive.owe("到位资金", 示范区=10, 甲镇=5, 乙镇=5)
    drive.read("招商信息", day(8, 1), 甲镇=9, 乙镇=0)
    drive.read("招商信息", day(9, 20), 甲镇=12, 丙园区=2)
    drive.read("到位资金", day(9, 1), 甲镇=42000)
    return drive


def sign(drive, unit, name, amount, on, kind="contract", **facts):
    """Record a contract, or an intent, of a new project that a unit introduced."""
    by = User.objects.system()
    company = actions.find_company(name=f"{name}公司", unit=drive.unit(unit), by=by)
    project = actions.create_project(
        name=name, company=company, unit=drive.unit(unit), sector="industry", by=by, **READY
    )
    sign_off(project)
    return actions.record_milestone(project=project, kind=kind, on=on, amount=Decimal(amount), by=by, **facts)


def make_editor(drive):
    """Return an editor of the organiser."""
    return make_user("editor", Role.EDITOR, drive.organiser)


def make_draft(drive, editor, measures="一抓到底。", problems="", plans="再接再厉。", **facts):
    """Return a draft with both sections written."""
    values = {
        "campaign": drive.campaign,
        "as_of": END,
        "title": "示范区百日会战总结",
        "issuer": "示范区",
        "kind": ReportKind.objects.get(code=MAIN),
    }
    texts = {"主要做法": measures, "存在问题": problems, "下一步打算": plans}
    return drafting.create_report(by=editor, texts=texts, **values | facts)


def approved(report, editor, leader, today):
    """Hand a draft in and approve it."""
    return workflow.approve(report=workflow.hand_in(report=report, by=editor, today=today), by=leader)


def write_sections(report, editor, version=None, **texts):
    """Write sections of a draft by their headings."""
    numbers = {row.heading: row.pk for row in report.sections.all()}
    return drafting.change_report(
        report=report, by=editor, version=version, texts={numbers[name]: text for name, text in texts.items()}
    )
