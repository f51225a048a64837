"""The frozen figures of a summary: the same numbers as the standings, each with its rows, none made up."""

from decimal import Decimal
from fractions import Fraction

import pytest
from django.core.exceptions import ValidationError

from campaigns.models import Basis, Campaign, CampaignIndicator, Indicator, Recognition
from projects import actions
from reports.composing import read_figures
from reports.figures import AnnexRow, MissingFigures, campaign_figures
from reports.models import Report
from tests.campaigns.drives import day, make_drive
from tests.factories import make_unit, make_user
from tests.reports.factories import END, make_told_drive, sign
from units.models import Role

pytestmark = pytest.mark.django_db


def figures_of(drive, as_of=END, **more):
    campaign = Campaign.objects.select_related("organiser").get(pk=drive.campaign.pk)
    return campaign_figures(campaign, as_of, **more)


def by_name(drive, **more):
    return {figure.name: figure for figure in figures_of(drive, **more).indicators}


def test_figures_are_those_of_the_standings():
    drive = make_told_drive()
    state, figures = drive.standings(END), figures_of(drive)
    for figure, total in zip(figures.indicators, state.totals.values(), strict=True):
        assert (figure.done_value, figure.completion) == (total.done, total.completion)
    leads, money, signed = figures.indicators
    assert (leads.done.text, leads.target, leads.percent, leads.gap) == ("14条", "20条", "70%", "6条")
    assert (money.done.text, money.target, money.percent, money.gap) == ("4.2亿元", "10亿元", "42%", "5.8亿元")
    assert (signed.done.text, signed.target, signed.percent, signed.gap) == ("0个", None, "—", "")
    assert (leads.met, leads.owing, leads.zero_units, leads.unreported_units) == (1, 3, ("乙镇",), ())
    assert (money.zero_units, money.unreported_units) == ((), ("乙镇",))
    assert [(unit.unit, unit.percent) for unit in leads.best] == [("甲镇", "120%")]
    assert figures.is_over
    assert figures.basis == "上报"


def test_units_that_are_level_are_best_together():
    drive = make_drive()
    drive.owe("招商信息", 甲镇=3, 乙镇=6)
    drive.read("招商信息", day(8, 1), 甲镇=1, 乙镇=2)
    assert [unit.unit for unit in by_name(drive)["招商信息"].best] == ["甲镇", "乙镇"]


def test_every_number_leads_to_its_rows_of_the_same_day():
    drive = make_told_drive()
    line = drive.lines["招商信息"]
    assert by_name(drive, as_of=day(9, 15))["招商信息"].done.href == (
        f"/campaigns/{drive.campaign.pk}/rows/?line={line}&unit=&basis=reported&as_of=2026-09-15"
    )


def test_an_organiser_without_own_quota_is_measured_by_the_units(client):
    drive = make_told_drive()
    drive.owe("招商信息", 示范区=None)
    leads = by_name(drive)["招商信息"]
    assert (leads.target, leads.quota_from_units, leads.completion) == ("24条", True, Fraction(14, 24))
    assert figures_of(drive).annex_total.cells[0] == ("24", "14", "58.3%")  # the text and the table agree


def test_the_annex_lists_every_unit_by_place():
    figures = figures_of(make_told_drive())
    assert figures.annex_total == AnnexRow(
        "", "合计", (("20", "14", "70%"), ("10", "4.2", "42%"), ("—", "0", "—")), "—", "—"
    )
    assert figures.annex_rows == (
        AnnexRow("乡镇", "甲镇", (("10", "12", "120%"), ("5", "4.2", "84%"), ("—", "0", "—")), "92", "1"),
        AnnexRow("乡镇", "乙镇", (("10", "0", "0%"), ("5", "—", "—"), ("—", "0", "—")), "0", "2"),
        AnnexRow("园区", "丙园区", (("4", "2", "50%"), ("—", "—", "—"), ("—", "0", "—")), "50", "1"),
    )


def test_a_tie_and_a_unit_without_task_in_the_annex():
    drive = make_drive(groups={"乡镇": ["甲镇", "乙镇", "丙镇"]})
    drive.owe("招商信息", 甲镇=3, 乙镇=6)
    drive.read("招商信息", day(8, 1), 甲镇=1, 乙镇=2)
    assert [(row.unit, row.score, row.rank) for row in figures_of(drive).annex_rows] == [
        ("甲镇", "33.33", "1（并列）"), ("乙镇", "33.33", "1（并列）"), ("丙镇", "—", "—"),
    ]  # fmt: skip


def test_a_figure_nobody_reported_stops_with_its_name():
    drive = make_told_drive()
    with pytest.raises(MissingFigures) as caught:
        figures_of(drive, as_of=day(7, 10))
    assert caught.value.names == ("「招商信息」没有任何单位报数", "「到位资金」没有任何单位报数")
    assert "招商信息" in caught.value.messages[0]
    assert isinstance(caught.value, ValidationError)


def test_an_indicator_being_recounted_stops_with_its_name():
    drive = make_told_drive()
    Indicator.objects.filter(name="新签项目").update(recounting=True)
    with pytest.raises(MissingFigures) as caught:
        figures_of(drive)
    assert caught.value.names == ("「新签项目」重算中",)


def test_a_level_is_the_organisers_own_reading():
    drive = make_drive(indicators={"满意度": "%"}, kinds={"满意度": {"kind": "level"}})
    drive.owe("满意度", 示范区=95, 甲镇=95, 乙镇=95)
    drive.read("满意度", day(8, 1), 甲镇=90, 乙镇=0)
    with pytest.raises(MissingFigures, match="「满意度」没有组织单位自己的数值"):
        figures_of(drive)
    drive.read("满意度", day(8, 2), 示范区=92)
    figure = by_name(drive)["满意度"]
    assert (figure.is_level, figure.done.text, figure.gap, figure.surplus) == (True, "92%", "3个百分点", "")
    assert figure.zero_units == ()  # a growth of nought is a figure like another


def test_a_campaign_without_indicators_or_units_has_no_figures():
    drive = make_drive(groups={"乡镇": []}, indicators={"招商信息": "条"})
    with pytest.raises(MissingFigures, match="还没有参战单位"):
        figures_of(drive)
    drive.campaign.lines.all().delete()
    with pytest.raises(MissingFigures, match="还没有考核指标"):
        figures_of(drive)


def test_bases_that_differ_are_named_one_by_one():
    drive = make_told_drive()
    CampaignIndicator.objects.filter(pk=drive.lines["招商信息"]).update(basis=Basis.RECOGNISED)
    figures = figures_of(drive)
    assert figures.basis == ""
    assert [figure.basis for figure in figures.indicators] == ["认定", "上报", "上报"]
    assert figures_of(drive, basis=Basis.RECOGNISED).basis == "认定"


# --- contracts ----------------------------------------------------------------------------------


def test_contracts_of_the_window_and_intents_without_a_contract():
    drive = make_told_drive()
    sign(drive, "甲镇", "大项目", 14000, day(7, 28))
    sign(drive, "乙镇", "亿元项目", 10000, day(8, 28))
    sign(drive, "乙镇", "小项目", 9999, day(9, 30))
    sign(drive, "乙镇", "早项目", 90000, day(6, 30))
    sign(drive, "甲镇", "意向项目", 300000, day(8, 1), kind="intent", currency="USD", rate=Decimal("7.2"))
    kept = sign(drive, "甲镇", "两次意向", 30000, day(8, 2), kind="intent")
    by = kept.recorded_by
    actions.record_milestone(project=kept.project, kind="framework", on=day(8, 9), amount=20000, by=by)
    then = sign(drive, "甲镇", "签成的", 20000, day(8, 3), kind="intent")
    actions.record_milestone(project=then.project, kind="contract", on=day(9, 9), amount=600, by=by)
    shown = figures_of(drive).signings
    assert (shown.count, shown.above_big, shown.largest_name, shown.largest) == (4, 2, "大项目", "1.4亿元")
    assert shown.intents == (("意向项目", "30亿美元"), ("两次意向", "3亿元"))
    assert figures_of(drive, as_of=day(9, 8)).signings.intents[2] == ("签成的", "2亿元")


def test_recognised_contracts_count_for_what_was_recognised_from_that_day_on():
    drive = make_told_drive()
    contract = sign(drive, "甲镇", "大项目", 14000, day(7, 28))
    sign(drive, "乙镇", "未认定项目", 20000, day(7, 29))
    verifier = make_user("verifier", Role.VERIFIER, drive.organiser)
    actions.recognise_milestone(
        milestone=contract, by=verifier, verdict=Recognition.REDUCED, amount=Decimal(8000), on=day(9, 10),
        number="1号", reason="只认到账部分",
    )  # fmt: skip
    shown = figures_of(drive, basis=Basis.RECOGNISED).signings
    assert (shown.basis, shown.count, shown.above_big, shown.largest) == ("认定", 1, 0, "8000万元")
    assert figures_of(drive, basis=Basis.RECOGNISED, as_of=day(9, 9)).signings is None
    assert figures_of(drive, basis=Basis.REPORTED).signings.count == 2


def test_contracts_of_offices_below_the_roster_count_and_those_off_it_do_not():
    drive = make_told_drive()
    drive.units["甲镇商务办"] = make_unit("甲镇商务办", "department", drive.units["甲镇"])
    drive.units["外单位"] = make_unit("外单位", "department", drive.organiser)
    sign(drive, "甲镇商务办", "名下项目", 600, day(8, 1))
    sign(drive, "外单位", "名册外项目", 90000, day(8, 1))
    shown = figures_of(drive).signings
    assert (shown.count, shown.largest_name) == (1, "名下项目")


def test_no_contract_and_no_intent_is_nothing_to_tell():
    assert figures_of(make_told_drive()).signings is None


def test_figures_cost_the_same_for_any_number_of_contracts(django_assert_num_queries):
    drive = make_told_drive()
    campaign = Campaign.objects.select_related("organiser").get(pk=drive.campaign.pk)
    sign(drive, "甲镇", "项目0", 700, day(8, 1))
    sign(drive, "甲镇", "意向0", 700, day(8, 1), kind="intent")
    report = Report(campaign=campaign, from_on=campaign.starts_on, as_of=END)
    with django_assert_num_queries(8):
        read_figures(report)
    for number in range(1, 12):
        sign(drive, "乙镇", f"项目{number}", 700, day(8, 1))
        sign(drive, "乙镇", f"意向{number}", 700, day(8, 1), kind="intent")
    with django_assert_num_queries(8):
        read_figures(report)
