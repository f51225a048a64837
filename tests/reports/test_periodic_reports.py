"""Periodic issues, each kind composed from a real drive, every sentence compared whole; one click; letters."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns import actions
from campaigns.models import Finding
from campaigns.standings import standings
from reports import composing, drafting, issuing
from reports.documents import DOCUMENTS
from reports.documents.content import Heading
from reports.figures import MissingFigures
from reports.models import Report, ReportKind
from reports.proofreading.verdicts import claims_of
from tests.campaigns.drives import day, make_drive
from tests.campaigns.test_rulebook import rule_of
from tests.factories import make_user
from tests.reports.periodic_drives import (
    AUGUST,
    SEPTEMBER,
    campaign_of,
    expected,
    make_periodic_drive,
    order,
    told,
    write_lists,
)
from units.models import AuditEntry, Role, User

PERIODIC = {
    "weekly": day(9, 13),
    "half-monthly": day(9, 15),
    "monthly": SEPTEMBER,
    "newsletter": SEPTEMBER,
    "mid-campaign": SEPTEMBER,
    "ranking-circular": SEPTEMBER,
}


def start(drive, code, as_of=SEPTEMBER):
    kind = ReportKind.objects.get(code=code)
    return drafting.start_issue(campaign=drive.campaign, kind=kind, as_of=as_of, by=drive.editor)[0]


@pytest.fixture
def drive(db):
    """Return the drive of two months with lists and an order that is late."""
    made = make_periodic_drive()
    write_lists(made)
    order(made)
    return made


# --- what they say ------------------------------------------------------------------------------


@pytest.mark.parametrize("code", PERIODIC)
def test_issue_of_a_kind_says_every_sentence(drive, code):
    assert told(start(drive, code, PERIODIC[code])) == expected(code)


@pytest.mark.parametrize("code", PERIODIC)
def test_no_claim_of_an_issue_is_wrong(drive, code):
    text = "\n".join(told(start(drive, code, PERIODIC[code])))
    assert [claim.text for claim in claims_of(text) if claim.verdict in {"wrong", "rounding"}] == []


@pytest.mark.parametrize("code", PERIODIC)
def test_issue_of_a_campaign_that_is_over_or_has_nothing_is_no_broken_sentence(db, code):
    bare = make_drive("空战", groups={"": ["孤镇"]})
    bare.editor = make_user("ed", Role.EDITOR, bare.organiser)
    bare.read("招商信息", day(8, 1), 孤镇=0)
    for as_of in (day(8, 3), day(9, 30)):
        for line in told(start(bare, code, as_of)):
            assert line.strip()
            assert not any(bad in line for bad in ("None", "，，", "。。", "；。", "：。", "、。", "（）")), line


def test_figures_of_a_monthly_are_those_of_the_standings(drive):
    state = standings(campaign_of(drive), SEPTEMBER)
    document = composing.compose_report(start(drive, "monthly")).document
    table = document.annexes[0]
    leads = state.totals[drive.lines["招商信息"]]
    assert table.rows[0] == ("招商信息", "条", "上报", "60", "13", f"{leads.done}", "41.7", "-47.5", "—", "—")
    ranks = {row[2]: row[1] for row in document.annexes[1].rows}
    assert ranks == {score.unit: str(score.rank) for score in state.scores.values()}


# --- places against the last issue ----------------------------------------------------------------


def issue(report, editor, monkeypatch):
    files = {kind: (lambda document, kind=kind: kind.encode(), type_) for kind, (_, type_) in DOCUMENTS.items()}
    monkeypatch.setattr(issuing, "DOCUMENTS", files)
    written = {row.pk: "抓紧。" for row in report.sections.all() if row.is_written}
    drafting.change_report(report=report, by=editor, texts=written)
    return issuing.issue(report=Report.objects.get(pk=report.pk), by=editor, today=day(10, 1))


def test_places_move_against_the_last_issue_and_not_against_a_letter(drive, monkeypatch):
    issue(start(drive, "monthly", AUGUST), drive.editor, monkeypatch)
    letter, _new = drafting.start_letter(order=drive.campaign.orders.get(), as_of=day(9, 5), by=drive.editor)
    issue(letter, drive.editor, monkeypatch)
    drive.read("招商信息", day(9, 18), 丙镇=15)
    lines = told(start(drive, "monthly"))
    assert (
        "乡镇（3个单位）：得分由高到低依次为甲镇（100分）、丙镇（37.5分）、乙镇（10分）。"
        "与上期（截至8月31日）相比，位次1个上升、1个下降、1个持平，上升最多的是丙镇（上升1位）；下降最多的是乙镇（下降1位）。"
    ) in lines
    assert "乡镇 | 2 | 丙镇 | 37.5 | 3 | 上升1位" in lines


def test_newsletter_takes_up_where_the_last_one_ended(drive, monkeypatch):
    first = start(drive, "newsletter", day(9, 5))
    assert first.from_on == day(7, 1)
    issue(first, drive.editor, monkeypatch)
    second = start(drive, "newsletter")
    assert second.from_on == day(9, 6)
    assert "一、最新进展" in told(second)


# --- one click ----------------------------------------------------------------------------------


def test_one_click_starts_the_monthly_of_the_day_and_a_second_finds_it(drive, client):
    client.force_login(drive.editor)
    page = f"/campaigns/{drive.campaign.pk}/?as_of=2026-09-20"
    address = f"/campaigns/{drive.campaign.pk}/issues/monthly/"
    assert f'action="{address}"' in client.get(page).content.decode()
    answer = client.post(address, {"as_of": "2026-09-20"})
    report = Report.objects.get()
    assert (answer.status_code, answer.url) == (302, report.get_absolute_url())
    assert (report.kind.code, report.from_on, report.as_of) == ("monthly", day(9, 1), SEPTEMBER)
    assert report.title == "关于2026年9月百日会战进展情况的通报"
    for asked in ("2026-09-20", "2026-09-25"):
        assert client.post(address, {"as_of": asked}).url == report.get_absolute_url()
    assert Report.objects.count() == 1
    assert client.post(address, {"as_of": "2026-08-31"}).url != report.get_absolute_url()


def test_one_click_after_the_month_was_issued_leads_to_the_issue(drive, monkeypatch):
    issued = issue(start(drive, "monthly"), drive.editor, monkeypatch)
    assert start(drive, "monthly") == issued
    assert start(drive, "monthly", day(9, 30)) != issued


def test_ranking_page_offers_a_circular_of_its_day(drive, client):
    client.force_login(drive.editor)
    address = f"/campaigns/{drive.campaign.pk}/issues/ranking-circular/"
    page = client.get(f"/campaigns/{drive.campaign.pk}/ranking/?as_of=2026-09-20").content.decode()
    assert f'action="{address}"' in page
    client.post(address, {"as_of": "2026-09-20"})
    client.post(address, {"as_of": "2026-09-20"})
    report = Report.objects.get()
    assert (report.kind.code, report.from_on, report.as_of) == ("ranking-circular", day(7, 1), SEPTEMBER)


def test_one_click_is_for_editors_and_for_two_kinds(drive, client):
    leader = make_user("leader", Role.LEADER, drive.organiser)
    client.force_login(leader)
    page = client.get(f"/campaigns/{drive.campaign.pk}/").content.decode()
    assert "出本月通报" not in page
    assert client.post(f"/campaigns/{drive.campaign.pk}/issues/monthly/").status_code == 403
    client.force_login(make_user("other", Role.EDITOR, drive.units["甲镇"]))
    assert client.post(f"/campaigns/{drive.campaign.pk}/issues/monthly/").status_code == 403
    client.force_login(drive.editor)
    assert client.post(f"/campaigns/{drive.campaign.pk}/issues/weekly/").status_code == 404
    assert client.post("/campaigns/999999/issues/monthly/").status_code == 404
    assert Report.objects.count() == 0


def test_one_click_with_a_nonsense_day_takes_the_usual_one(drive, client):
    client.force_login(drive.editor)
    client.post(f"/campaigns/{drive.campaign.pk}/issues/monthly/", {"as_of": "2026-13-99"})
    assert Report.objects.get().as_of <= drive.campaign.ends_on


# --- letters ------------------------------------------------------------------------------------


def test_letter_serves_its_order(drive, client):
    row = drive.campaign.orders.get()
    client.force_login(drive.editor)
    address = f"/orders/{row.pk}/letter/"
    assert f'action="{address}"' in client.get(row.get_absolute_url()).content.decode()
    client.post(address)
    client.post(address)
    letter = Report.objects.get()
    assert (letter.kind.code, letter.order, letter.number, letter.addressee) == (
        "supervision-letter", row, "督办〔2026〕1号", "乙镇",
    )  # fmt: skip
    Report.objects.filter(pk=letter.pk).update(as_of=SEPTEMBER)
    assert told(Report.objects.get()) == expected("letter")
    assert list(AuditEntry.objects.filter(action="report.created").values_list("object_id", flat=True)) == [letter.pk]


def test_letter_of_a_finding_says_rule_and_arithmetic(drive):
    rule = rule_of(drive, kind="zero", threshold=None, level="red", name="红灯")
    actions.evaluate_rules(campaign=drive.campaign, as_of=day(9, 10), by=User.objects.system())
    finding = Finding.objects.get(rule=rule)
    row = order(drive, "丙镇", title=str(finding), finding=finding, demand="说明原因。", person="")
    letter, is_new = drafting.start_letter(order=row, as_of=SEPTEMBER, by=drive.editor)
    assert is_new
    assert told(letter) == expected("letter of a finding")


def test_letter_cannot_be_started_by_who_does_not_edit_the_campaign(drive):
    clerk = make_user("clerk", Role.CLERK, drive.units["乙镇"])
    with pytest.raises(PermissionDenied):
        drafting.start_letter(order=drive.campaign.orders.get(), as_of=SEPTEMBER, by=clerk)
    assert Report.objects.count() == 0


def test_letter_without_an_order_is_never_issued(drive):
    report = start(drive, "supervision-letter")
    composed = composing.compose_report(report)
    assert composed.missing == ("督办事项（请从督办单页面印发）",)
    with pytest.raises(MissingFigures, match="督办事项"):
        composing.document_of(Report.objects.get(pk=report.pk), draft=False)


# --- cost ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", PERIODIC)
def test_issue_costs_the_same_at_any_number_of_units(db, code):
    def cost(many):
        names = [f"{many}号{n}镇" for n in range(many)]
        drive = make_drive(f"战役{many}", groups={"乡镇": names})
        drive.owe("招商信息", **dict.fromkeys(names, 10))
        drive.read("招商信息", day(8, 1), **dict.fromkeys(names, 3))
        drive.editor = User.objects.system()
        report = start(drive, code, PERIODIC[code])
        composing.compose_report(report)
        with CaptureQueriesContext(connection) as queries:
            composing.compose_report(Report.objects.select_related("campaign__organiser", "kind").get(pk=report.pk))
        return len(queries)

    assert cost(1) == cost(30)


def test_headings_of_a_monthly_are_numbered(drive):
    blocks = composing.compose_report(start(drive, "monthly")).document.blocks
    firsts = [block.text for block in blocks if isinstance(block, Heading) and block.level == 1]
    assert firsts == ["一、总体情况", "二、分组排名", "三、进度对比", "四、存在问题", "五、下一步要求"]
