"""Bulletins for the pictures: one issued and revised, one that lies open with an objection, one with a remark."""

from datetime import date

from campaigns.models import Campaign
from reports import drafting, issuing, objections, remarking, revising, workflow
from reports.models import Objection, Report, ReportKind
from units.models import User

DRIVE, CONTEST = "百日会战（示范）", "百日竞赛（示范）"
STEPS_TO_COME = "逐单位列出差距，到人、到日；连续两期靠后的单位由领导小组办公室上门会诊。"


def set_up(today: date) -> None:
    """Issue a monthly bulletin and begin its revision; lay a ranking circular open; remark on a draft."""
    editor, leader = User.objects.get(username="bianbao"), User.objects.get(username="lingdao")
    drive, contest = Campaign.objects.get(name=DRIVE), Campaign.objects.get(name=CONTEST)
    monthly = _written(drive, "monthly", date(2026, 8, 31), editor)
    monthly = _approved(monthly, editor, leader, today)
    monthly = issuing.issue(report=monthly, by=editor, today=today)
    revision = revising.start_revision(report=monthly, by=editor, reason="下步要求漏写期限")
    texts = {row.pk: f"{row.text}差距在月底前补上。" for row in revision.sections.all() if row.is_written}
    drafting.change_report(report=revision, by=editor, texts=texts)
    circular = _approved(
        _written(contest, "ranking-circular", min(today, contest.ends_on), editor), editor, leader, today
    )
    circular = workflow.lay_open(report=circular, by=editor, today=today)
    clerk = User.objects.get(username="zuzhi")
    objections.file_objection(
        report=circular, unit=objections.units_of(circular, clerk)[0], about="招商信息",
        wrong="本周补报的两条线索没有计入", right="多两条", by=clerk, today=today,
    )  # fmt: skip
    draft = Report.objects.get(campaign=drive, kind__code="campaign-summary")
    section = draft.sections.get(heading="下一步打算")
    remarking.remark(report=draft, section=section.pk, by=leader, text="把牵头领导写进去。")


def keys() -> dict:
    """Return what the placeholders stand for."""
    issued = Report.objects.filter(campaign__name=DRIVE, status=Report.Status.ISSUED).order_by("pk")[0]
    return {
        "summary": Report.objects.get(campaign__name=DRIVE, kind__code="campaign-summary").pk,
        "issued": issued.pk,
        "revision": issued.revised_by.pk,
        "open": Report.objects.get(campaign__name=CONTEST, status=Report.Status.OBJECTION).pk,
        "objection": Objection.objects.order_by("pk")[0].pk,
        "kind": ReportKind.objects.get(code="monthly").pk,
    }


def _written(campaign, code, as_of, editor):
    kind = ReportKind.objects.get(code=code)
    report, _is_new = drafting.start_issue(campaign=campaign, kind=kind, as_of=as_of, by=editor)
    texts = {row.pk: STEPS_TO_COME for row in report.sections.all() if row.is_written}
    return drafting.change_report(report=report, by=editor, texts=texts)


def _approved(report, editor, leader, today):
    report = workflow.hand_in(report=report, by=editor, today=today)
    return workflow.approve(report=report, by=leader)
