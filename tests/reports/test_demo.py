"""The demo district: every figure it was made for, on both bases, loaded once however often it is asked for."""

import json
import time
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.management import CommandError, call_command
from django.db.models import Max, Sum

from campaigns.models import (
    Basis,
    Campaign,
    CampaignUnit,
    DistrictPlace,
    Indicator,
    Recognition,
    Rule,
    Tally,
)
from campaigns.numbers import percent_text
from campaigns.standings import standings
from projects import todos
from projects.models import (
    Complaint,
    Decision,
    Event,
    Meeting,
    Milestone,
    Parcel,
    Problem,
    Project,
    Step,
    Trip,
    TripState,
    Visit,
)
from projects.stages import RECOGNISED, Kind
from reports.demo import people, tables
from reports.history import last_twice, same_kind
from reports.models import Report, WallScreen
from reports.proofreading.ledger import ledger_notes
from tests.demo_runs import load, sizes
from units.models import Role, User

DRIVE, ANNUAL, CONTEST = "百日会战（示范）", "年度目标（示范）", "百日竞赛（示范）"
EARLIER = "上年百日会战（示范）"
END, AUGUST = date(2026, 9, 30), date(2026, 8, 31)
DRIVE_FIGURES = {  # indicator: (done, target, percent)
    "招商信息": ("171", "358", "47.8%"),
    "外出走访企业": ("57", "720", "7.9%"),
    "邀请来区考察": ("93", "192", "48.4%"),
    "新签5000万元以上工业项目": ("12", "55", "21.8%"),
    "新开工项目": ("3", "26", "11.5%"),
    "新签项目": ("16", None, None),
    "签约合同资金": ("92900", None, None),
}
EARLIER_FIGURES = {
    "招商信息": ("143", "303", "47.2%"),
    "外出走访企业": ("31", "638", "4.9%"),
    "邀请来区考察": ("52", "167", "31.1%"),
    "新签5000万元以上工业项目": ("9", "50", "18%"),
    "新开工项目": ("2", "26", "7.7%"),
    "新签项目": ("13", None, None),
    "签约合同资金": ("202900", None, None),
}
ANNUAL_FIGURES = {
    "招商引资到位资金": ("848000", "1050000", "80.8%"),
    "省外到位资金": ("554000", "680000", "81.5%"),
    "新签约5亿元以上项目": ("10", "10", "100%"),
    "省级平台签约项目": ("18", None, None),
    "省级平台签约金额": ("1528000", "1300000", "117.5%"),
}
pytestmark = pytest.mark.django_db


def state_of(name, as_of, basis="reported"):
    return standings(Campaign.objects.select_related("organiser").get(name=name), as_of, basis=basis)


def figures_of(state):
    return {
        column.name: (
            state.totals[column.line_id].done,
            state.totals[column.line_id].target,
            percent_text(state.totals[column.line_id].completion)
            if state.totals[column.line_id].completion is not None
            else None,
        )
        for column in state.columns
    }


def exactly(expected):
    return {
        name: (Decimal(done), Decimal(target) if target else None, percent)
        for name, (done, target, percent) in expected.items()
    }


@pytest.mark.parametrize("basis", Basis.values)
@pytest.mark.parametrize(
    ("name", "as_of", "expected", "elapsed"),
    [(DRIVE, END, DRIVE_FIGURES, "100%"), (ANNUAL, AUGUST, ANNUAL_FIGURES, "66.7%")],
)
def test_demo_shows_the_figures_of_the_source(demo, basis, name, as_of, expected, elapsed):
    state = state_of(name, as_of, basis)

    assert figures_of(state) == exactly(expected)
    assert percent_text(state.time_progress) == elapsed


def test_earlier_round_gives_history_and_comparison_rows(demo):
    first, second = state_of(EARLIER, date(2025, 9, 30)), state_of(DRIVE, END)

    assert figures_of(first) == exactly(EARLIER_FIGURES)
    assert same_kind(second.campaign, first.campaign)
    assert last_twice([first, second], "区直部门组") == "连续两期列末位：区统计局、区民政局"
    assert first.unit_ids == second.unit_ids
    rule = Rule.objects.get(campaign__name=DRIVE)
    assert (rule.window, rule.earlier.name) == (Rule.Window.CAMPAIGNS, EARLIER)
    assert DistrictPlace.objects.filter(until__lte=demo).count() == DistrictPlace.objects.count() == 26
    assert WallScreen.objects.get().campaign.name == CONTEST


def test_standings_command_prints_the_same_figures(demo):
    out = StringIO()
    call_command("standings", DRIVE, as_of=END, basis="recognised", format="json", stdout=out)

    totals = {line["indicator"]: line for line in json.loads(out.getvalue())["lines"] if line["is_total"]}
    assert [totals[name]["completion_text"] for name in list(DRIVE_FIGURES)[:5]] == [
        "47.8%", "7.9%", "48.4%", "21.8%", "11.5%"
    ]  # fmt: skip
    assert totals["签约合同资金"]["done"] == "9.29"


@pytest.mark.parametrize("basis", Basis.values)
def test_eleven_of_48_units_met_the_leads_and_nobody_met_all(demo, basis):
    state = state_of(DRIVE, END, basis)
    owed = [column for column in state.columns if column.has_quota]

    assert state.met(state.columns[0].line_id) == (11, 48)
    assert len(owed) == 5
    assert not any(state.totals[column.line_id].is_met for column in owed)
    assert [
        score.unit for score in state.scores.values()
        if all(line.is_met for line in state.of_unit(score.unit_id) if line.target)
    ] == []  # fmt: skip


def test_quotas_of_the_units_add_up_to_the_organisers(demo):
    for name, as_of in ((DRIVE, END), (ANNUAL, AUGUST), (CONTEST, date(2026, 8, 10))):
        state = state_of(name, as_of)
        for column in state.columns:
            assert state.quota_sum(column.line_id) == state.totals[column.line_id].target, column.name


def test_composite_reads_only_the_five(demo):
    state = state_of(DRIVE, END)
    five = {column.line_id for column in state.columns[:5]}

    assert {part[0] for score in state.scores.values() for part in score.parts} == five


def test_signings_of_the_drive(demo):
    signed = Milestone.objects.live().filter(
        kind=Kind.CONTRACT, on__range=(date(2026, 7, 1), END), project__credits__unit__in=roster_of(DRIVE)
    )
    amounts = sorted(signed.distinct().values_list("amount_cny", flat=True), reverse=True)

    assert (len(amounts), sum(amounts)) == (16, Decimal(92900))
    assert [amount for amount in amounts if amount >= 10000] == [Decimal(14000)]


def roster_of(name):
    return CampaignUnit.objects.filter(campaign__name=name).values("unit")


def test_two_intents_are_recorded_and_counted_nowhere(demo):
    big = Milestone.objects.filter(kind=Kind.INTENT, amount__isnull=False).order_by("amount")

    assert [(row.amount, row.currency) for row in big] == [(Decimal(30000), "CNY"), (Decimal(300000), "USD")]
    assert not any(row.project.milestones.filter(kind=Kind.CONTRACT, on__isnull=False).exists() for row in big)


def test_platform_signings_of_the_year(demo):
    platform = Milestone.objects.live().filter(kind=Kind.CONTRACT, event__level=Event.Level.PROVINCE)
    fair = platform.values("event").annotate(total=Sum("amount_cny")).order_by("-total").first()

    assert platform.count() == 18
    assert platform.aggregate(last=Max("on"))["last"] < date(2026, 7, 1)
    assert platform.aggregate(last=Max("recognised_on"))["last"] < date(2026, 7, 1)
    assert platform.filter(amount_cny__gte=Decimal(50000)).count() == 10
    assert fair["total"] == Decimal(873000)
    assert platform.filter(event=fair["event"]).count() == 11


@pytest.mark.parametrize("basis", Basis.values)
def test_figures_of_the_drive_grow_from_week_to_week(demo, basis):
    first, before = date(2026, 7, 1), None
    for week in range(14):
        state = state_of(DRIVE, min(first + timedelta(days=7 * week), END), basis)
        done = [state.totals[column.line_id].done or Decimal(0) for column in state.columns]
        assert before is None or all(now >= then for now, then in zip(done, before, strict=True))
        before = done
    assert before[0] == 171


def test_nothing_of_the_first_two_waits_on_their_days(demo):
    for name, first, last in ((DRIVE, date(2026, 7, 1), END), (ANNUAL, date(2026, 1, 1), AUGUST)):
        units = roster_of(name)
        facts = (
            Tally.objects.live().filter(on__range=(first, last), unit__in=units),
            Visit.objects.live().filter(on__range=(first, last), unit__in=units),
            Milestone.objects.live().filter(
                on__range=(first, last), kind__in=RECOGNISED, project__credits__unit__in=units
            ),
        )
        for rows in facts:
            late = rows.exclude(recognition=Recognition.FULL, recognised_on__lte=last, recognised_number__gt="")
            assert late.count() == 0


def test_departments_of_the_running_drive_stand_on_no_other_roster(demo):
    others = CampaignUnit.objects.exclude(campaign__name=CONTEST).values("unit")

    assert CampaignUnit.objects.filter(campaign__name=DRIVE).count() == 48
    assert CampaignUnit.objects.filter(campaign__name=CONTEST).count() == 12
    assert not CampaignUnit.objects.filter(campaign__name=CONTEST, unit__in=others).exists()


def test_trips_of_the_year_reach_thirty_projects_and_a_forum_brings_two_frameworks(demo):
    trips = Trip.objects.made().filter(unit__in=roster_of(ANNUAL), starts_on__range=(date(2026, 1, 1), AUGUST))
    met = Visit.objects.live().filter(trip__in=trips)
    forum = Event.objects.get(name="临空经济产业发展论坛")

    assert trips.count() == 40
    assert met.values("project").distinct().count() == 30
    assert not met.filter(project=None).exists()
    assert list(forum.milestones.values_list("kind", flat=True)) == [Kind.FRAMEWORK] * 2
    assert {trip.state(demo) for trip in Trip.objects.all()} == set(TripState)
    assert not any(trip.is_filed_late for trip in Trip.objects.all())


def test_desk_holds_promises_of_every_state_and_land_that_lies_idle(demo):
    problems, steps = Problem.objects.all(), Step.objects.all()

    assert problems.overdue(demo).exists()
    assert problems.filter(done_on__isnull=False, extensions__isnull=False).exists()
    assert {todos.result_of(step, demo) for step in steps} >= {"agreed", "conditional", "absent", "silent", ""}
    assert Complaint.objects.unanswered().exists()
    assert Parcel.objects.not_built(demo).exists()
    assert not Parcel.objects.not_used(demo).exists()
    assert Parcel.objects.not_used(demo.replace(month=9)).exists()


def test_meetings_of_the_year_stand_as_held_up_to_the_day_of_the_load(demo):
    meetings = Meeting.objects.filter(on__year=2026)

    assert meetings.filter(on__lte=demo, kind="push", held=True).count() == 8
    assert not meetings.filter(on__gt=demo, held=True).exists()
    assert not Decision.objects.filter(done_on__gt=demo).exists()


def test_figures_of_the_running_drive_stand_beside_the_totals_of_the_other(demo):
    """First loaded in August, its visits fall into the other drive's days; the figures above stay exact."""
    state = state_of(DRIVE, demo)
    names = {column.line_id: column.name for column in state.columns}

    assert {names[line_id] for line_id in state.off_roster} >= {"招商信息", "外出走访企业", "新签项目"}


def test_running_drive_is_on_its_42nd_day(demo):
    campaign = Campaign.objects.get(name=CONTEST)
    assert (campaign.starts_on, campaign.days, campaign.day_number(demo)) == (demo - timedelta(days=41), 100, 42)
    state = state_of(CONTEST, demo)

    assert all(state.totals[column.line_id].done > 0 for column in state.columns)
    assert any(score.change for score in state.scores.values())
    assert Tally.objects.filter(campaign=campaign).aggregate(last=Max("on"))["last"] == demo


def test_running_drive_shows_every_verdict(demo):
    units = roster_of(CONTEST)
    verdicts = Counter(Tally.objects.live().filter(unit__in=units).values_list("recognition", flat=True))
    verdicts += Counter(Visit.objects.live().filter(unit__in=units).values_list("recognition", flat=True))

    assert set(verdicts) == set(Recognition.values)
    for model in (Tally, Visit, Milestone):
        less = model.objects.filter(recognition__in=[Recognition.REDUCED, Recognition.REFUSED])
        assert not less.filter(recognition_reason="").exists()


def test_no_one_recognised_what_they_entered(demo):
    for model in (Tally, Visit, Milestone):
        rows = model.objects.filter(recognised_by__isnull=False)
        assert rows.exists()
        assert set(rows.values_list("recognised_by__username", flat=True)) == {"rending"}
        assert not rows.filter(recorded_by__username="rending").exists()


def test_demo_has_what_pages_show(demo):
    assert Milestone.objects.overdue(END).count() >= 5
    assert Project.objects.filter(credits__share=Decimal(50)).distinct().count() == 1
    assert Project.objects.filter(credits__share=Decimal(60)).distinct().count() == 2
    assert Visit.objects.filter(led_by_top=True).exists()
    assert Visit.objects.filter(unit__name="青石镇招商专班").exists()
    for model in (Tally, Visit, Milestone):
        assert model.objects.filter(withdrawn_at__isnull=False).exists()
    met = Counter(Visit.objects.live().values_list("unit", "company", "direction"))
    assert max(met.values()) >= 2
    assert not Indicator.objects.filter(recounting=True).exists()
    report = Report.objects.get()
    assert (report.campaign.name, report.as_of, report.status) == (DRIVE, END, Report.Status.DRAFT)
    assert all(
        4 <= len(text.splitlines()) <= 10 for text in (row.text for row in report.sections.all() if row.is_written)
    )


def test_ledger_agrees_with_the_sources(demo):
    out = StringIO()
    call_command("check_ledger", stdout=out)
    assert "0 处差异" in out.getvalue()


def test_second_load_on_a_later_day_changes_nothing(demo):
    before, shown = sizes(), [figures_of(state_of(name, END)) for name in (DRIVE, ANNUAL, CONTEST)]

    assert "没有重复载入" in load(today=demo + timedelta(days=30))
    begun = time.monotonic()
    assert load(if_empty=True) == ""
    assert time.monotonic() - begun < 2

    assert sizes() == before
    assert [figures_of(state_of(name, END)) for name in (DRIVE, ANNUAL, CONTEST)] == shown
    assert Campaign.objects.get(name=CONTEST).starts_on == demo - timedelta(days=41)


def test_a_renamed_campaign_is_not_loaded_again(demo):
    Campaign.objects.filter(name=DRIVE).update(name="改过的名称")

    assert "没有重复载入" in load()
    assert Campaign.objects.count() == 4


def test_accounts_are_printed_and_can_be_used(demo):
    before = sizes()
    printed = load(accounts=True)

    for row in tables.rows("accounts"):
        assert row["username"] in printed
    for name, role, unit in (
        ("hedong", Role.CLERK, "河东街道"),
        ("qingshi2", Role.CLERK, "青石镇"),
        ("zuzhi", Role.CLERK, "区委组织部"),
        ("rending", Role.VERIFIER, "澄溪区"),
        ("xitong", Role.SYSTEM_ADMIN, "澄溪区"),
    ):
        user = User.objects.get(username=name)
        validate_password(people.PASSWORD, user)
        assert user.check_password(people.PASSWORD)
        assert not user.must_change_password
        assert [(member.role, member.unit.name) for member in user.memberships] == [(role, unit)]
    assert sizes() == before


def test_administrators_are_three_persons(demo):
    admins = {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN}
    holders = [user for user in User.objects.all() if user.roles & admins]

    assert [len(user.roles) for user in holders] == [1, 1, 1]
    assert {role for user in holders for role in user.roles} == admins


def test_demo_refuses_outside_debug(demo):
    before = sizes()
    for options in ({}, {"if_empty": True}, {"accounts": True}):
        with pytest.raises(CommandError, match="只能在 DEBUG=true 时使用"):
            call_command("demo", **options)
    assert sizes() == before


def test_a_text_is_proofread_against_the_ledger_and_the_tree(demo):
    drive = Campaign.objects.get(name="百日会战（示范）")
    day = date(2026, 9, 30)
    right = "外出走访企业57家，占目标任务720家的7.9%。青石镇完成较好。"
    wrong = "外出走访企业75家，占目标任务702家的10.7%。青岩镇、青石镇完成较好。"
    assert ledger_notes(right, drive, day) == []
    assert [(note.kind, note.text) for note in ledger_notes(wrong, drive, day)] == [
        ("ledger", "75家"), ("ledger", "702家"), ("name", "青岩镇"),
    ]  # fmt: skip
