"""The rule book: every kind of rule on unrounded figures, what is kept of it, what clears it, who is let off."""

from datetime import date, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command

from campaigns import actions, rulebook
from campaigns.findings import try_rules
from campaigns.models import Campaign, Exemption, Finding, Rule
from tests.campaigns.drives import day, make_drive
from tests.factories import make_user
from units.models import AuditEntry, Role, User

SYSTEM = User.objects.system
HALF = date(2026, 8, 15)  # the 46th of 92 days
TOWNS = {"乡镇": ["甲镇", "乙镇", "丙镇", "丁镇"], "园区": ["东园"]}


@pytest.fixture
def drive(db):
    """Return a drive whose half is over: 甲 35 %, 乙 34.9 %, 丙 0, 丁 not reported, 东园 without a quota."""
    made = make_drive(groups=TOWNS, indicators={"招商信息": "条", "到位资金": "亿元"})
    made.owe("招商信息", 甲镇=1000, 乙镇=1000, 丙镇=100, 丁镇=10)
    made.read("招商信息", day(8, 1), 甲镇=350, 乙镇=349, 丙镇=0)
    return made


def rule_of(drive, **facts):
    """Write a rule; a yellow card below 70 % of the time progress on the leads, where nothing else is said."""
    base = {
        "name": "黄牌", "kind": Rule.Kind.PACE, "subject": Rule.Subject.ONE, "threshold": Decimal(70),
        "indicator": drive.indicators["招商信息"], "consequence": "约谈主要负责人", "clause": "考核办法第五条",
        "from_on": day(7, 1),
    }  # fmt: skip
    if facts.get("subject") in {"overall", "each"}:
        base["indicator"] = None
    if facts.get("kind") in {"zero", "missed"}:
        base["threshold"] = None
    return actions.write_rule(campaign=drive.campaign, by=SYSTEM(), **(base | facts))


def found(drive, rule, as_of=HALF):
    """Return the units a rule finds as of a day."""
    return [verdict.hit.unit for verdict in try_rules(drive.campaign, as_of, [rule]).verdicts]


def one(drive, rule, unit, as_of=HALF):
    """Return what a rule says of one unit."""
    trial = try_rules(drive.campaign, as_of, [rule])
    return next(verdict.hit for verdict in trial.verdicts if verdict.hit.unit == unit)


def judge(drive, as_of=HALF):
    return actions.evaluate_rules(campaign=drive.campaign, as_of=as_of, by=SYSTEM())


# --- the conditions


def test_pace_rule_reads_the_unrounded_ratio(drive):
    rule = rule_of(drive)
    assert found(drive, rule) == ["乙镇", "丙镇", "丁镇"]  # 35 % ÷ 50 % is 70 % exactly, and not below it
    hit = one(drive, rule, "乙镇")
    assert hit.arithmetic == (
        "完成 349 条 ÷ 目标 1000 条 = 34.9%；截至 2026-08-15 时序进度 50%；34.9% ÷ 50% = 69.8%，低于 70%。"
    )
    assert hit.remedy == "招商信息再完成 1 条（累计 350 条）；时序每天推移，以重新评定之日为准"
    assert one(drive, rule, "丁镇").arithmetic.startswith("完成 0（未填报） ÷ 目标 10 条 = 0%")


def test_pace_that_would_print_as_the_limit_is_printed_below_it(drive):
    drive.owe("招商信息", 甲镇=1000000, 乙镇=1000)
    drive.read("招商信息", day(8, 10), 甲镇=349999)
    assert "69.9998%，低于 70%" in one(drive, rule_of(drive), "甲镇").arithmetic


def test_pace_rule_of_100_finds_who_is_behind_the_clock(drive):
    rule = rule_of(drive, threshold=Decimal(100), level="notice", consequence="主要负责人离岗招商")
    drive.read("招商信息", day(8, 10), 甲镇=500)
    assert found(drive, rule) == ["乙镇", "丙镇", "丁镇"]
    assert rule.in_words == "各参战单位，招商信息完成率低于时序进度的，提醒：主要负责人离岗招商。"


def test_behind_rule_finds_from_so_many_points_on(drive):
    rule = rule_of(drive, kind="behind", threshold=Decimal(15))
    assert found(drive, rule) == ["甲镇", "乙镇", "丙镇", "丁镇"]  # 15 points exactly count
    assert one(drive, rule, "甲镇").remedy == "招商信息再完成 1 条（累计 351 条）；时序每天推移，以重新评定之日为准"
    assert found(drive, rule_of(drive, name="红灯", kind="behind", threshold=Decimal("15.01"))) == [
        "乙镇", "丙镇", "丁镇",
    ]  # fmt: skip


def test_zero_rule_tells_zero_from_not_reported(drive):
    rule = rule_of(drive, kind="zero")
    assert found(drive, rule) == ["丙镇", "丁镇"]
    assert one(drive, rule, "丙镇").arithmetic == "截至 2026-08-15：招商信息完成 0 条（目标 100 条）。"
    assert one(drive, rule, "丁镇").arithmetic == "截至 2026-08-15：招商信息完成 0（未填报）（目标 10 条）。"
    assert one(drive, rule, "丙镇").remedy == "招商信息有一笔实绩入账"


def test_zero_rule_on_everything_spares_who_has_done_one_thing(drive):
    drive.owe("到位资金", 丙镇=1)
    drive.read("到位资金", day(8, 1), 丙镇=500)
    assert found(drive, rule_of(drive, kind="zero", subject="overall")) == ["丁镇"]
    each = rule_of(drive, name="单项", kind="zero", subject="each")
    trial = try_rules(drive.campaign, HALF, [each])
    assert [(row.hit.unit, row.hit.name) for row in trial.verdicts] == [("丙镇", "招商信息"), ("丁镇", "招商信息")]


def test_last_rule_counts_from_below_and_shares_the_last_place(drive):
    drive.read("招商信息", day(8, 2), 丁镇=0)
    last = rule_of(drive, kind="last", threshold=Decimal(1))
    assert found(drive, last) == ["丙镇", "丁镇"]  # both at 0
    hit = one(drive, last, "丙镇")
    assert hit.arithmetic == (
        "截至 2026-08-15 招商信息 0%，乡镇有名次的 4 个单位中列第 3 位；低于它的有 0 个，不足 1 个。"
    )
    assert hit.remedy == "其他单位不变时，超过丁镇（0%）：招商信息再完成 1 条（累计 1 条）"
    assert found(drive, rule_of(drive, name="后三", kind="last", threshold=Decimal(3))) == ["乙镇", "丙镇", "丁镇"]


def test_last_rule_finds_nobody_in_a_group_of_one_or_of_equals(drive):
    rule = rule_of(drive, kind="last", threshold=Decimal(2), groups="园区")
    drive.owe("招商信息", 东园=10)
    drive.read("招商信息", day(8, 2), 东园=0)
    assert found(drive, rule) == []
    drive.read("招商信息", day(8, 3), 甲镇=1000, 乙镇=1000, 丙镇=100, 丁镇=10)
    assert found(drive, rule_of(drive, name="后二", kind="last", threshold=Decimal(2))) == []


def test_last_rule_may_spare_who_met_the_quota(drive):
    drive.read("招商信息", day(8, 3), 甲镇=1000, 乙镇=1500, 丙镇=130, 丁镇=11)
    assert found(drive, rule_of(drive, kind="last", threshold=Decimal(1))) == ["甲镇"]
    assert found(drive, rule_of(drive, name="未完成的末位", kind="last", threshold=Decimal(1), spare_met=True)) == []


def test_last_rule_on_what_nobody_owes_ranks_the_figures(drive):
    rule = rule_of(drive, kind="last", threshold=Decimal(1), indicator=drive.indicators["到位资金"])
    drive.read("到位资金", day(8, 1), 甲镇=20000, 乙镇=10000)
    assert found(drive, rule) == ["乙镇"]
    assert (
        one(drive, rule, "乙镇").remedy
        == "其他单位不变时，超过甲镇（2 亿元）：到位资金再完成 1.01 亿元（累计 2.01 亿元）"
    )


def test_composite_rules_read_the_score(drive):
    rule = rule_of(drive, subject="overall")
    hit = one(drive, rule, "乙镇")
    assert hit.arithmetic.startswith("综合得分 34.9 ÷ 满分 100 = 34.9%；")
    assert hit.remedy == "综合得分升到 35 分（现 34.9 分）；时序每天推移，以重新评定之日为准"
    last = rule_of(drive, name="末位", kind="last", subject="overall", threshold=Decimal(1))
    assert found(drive, last) == ["丙镇", "丁镇"]


def test_veto_is_judged_only_at_the_end(drive):
    rule = rule_of(drive, kind="missed", subject="overall", level="veto", consequence="取消评先评优资格")
    drive.owe("到位资金", 甲镇=1)
    drive.read("招商信息", day(9, 30), 甲镇=1000, 乙镇=1000, 丙镇=100, 丁镇=9)
    assert found(drive, rule, day(9, 29)) == []
    assert found(drive, rule, day(9, 30)) == ["甲镇", "丁镇"]
    hit = one(drive, rule, "丁镇", day(9, 30))
    assert hit.arithmetic == "期末 2026-09-30：招商信息 完成 9 条 ÷ 目标 10 条 = 90%，未达 100%。"
    assert "招商信息再完成 1 条（累计 10 条）" in hit.remedy
    assert rule.in_words == "各参战单位，期末有目标任务未完成的，一票否决：取消评先评优资格。"


def test_rule_over_months_wants_each_month_end(drive):
    rule = rule_of(drive, kind="last", threshold=Decimal(1), window="months", running=2)
    drive.read("招商信息", day(8, 20), 丙镇=90, 丁镇=5)
    assert found(drive, rule, day(8, 30)) == []  # one month end so far
    assert found(drive, rule, day(8, 31)) == []  # 丙 in July, 乙 in August
    drive.read("招商信息", day(8, 21), 甲镇=1000)
    assert found(drive, rule, day(9, 29)) == []
    drive.read("招商信息", day(9, 20), 甲镇=1000)
    assert found(drive, rule, day(9, 30)) == ["乙镇"]
    assert one(drive, rule, "乙镇", day(9, 30)).arithmetic.count("截至") == 2


def test_rule_of_quarter_ends_is_judged_at_each_of_them(drive):
    rule = rule_of(drive, kind="zero", window="quarters", running=1, consequence="黄牌警告")
    assert rule.in_words == "各参战单位，每季度末招商信息没有实绩的，黄牌：黄牌警告。"
    assert found(drive, rule, day(9, 29)) == []
    assert found(drive, rule, day(9, 30)) == ["丙镇", "丁镇"]
    hit = one(drive, rule, "丁镇", day(9, 30))
    assert hit.remedy.startswith("下一个季度末不再触发即解除；按本次的数：")


def test_spans_close_with_the_calendar_and_with_the_campaign():
    year = Campaign(starts_on=day(2, 10), ends_on=day(11, 20))
    ends = [day(3, 31), day(6, 30), day(9, 30), day(11, 20)]
    assert rulebook.span_closes(year, day(12, 31), 3) == ends[::-1]
    assert rulebook.span_closes(year, day(9, 29), 3) == ends[1::-1]
    assert rulebook.span_closes(year, day(12, 31), 6) == [day(11, 20), day(6, 30)]
    assert rulebook.span_closes(year, day(6, 29), 6) == []
    assert rulebook.span_closes(year, day(3, 31)) == [day(3, 31), day(2, 28)]


def test_rule_over_half_years_running_wants_each_of_them(drive):
    span = {"starts": day(1, 1, 2027), "ends": day(12, 31, 2027)}
    long = make_drive("年度", groups=TOWNS, indicators={"招商信息": "条"}, **span)
    long.owe("招商信息", 甲镇=10, 乙镇=10, 丙镇=10)
    long.read("招商信息", day(3, 1, 2027), 乙镇=1)
    long.read("招商信息", day(7, 10, 2027), 甲镇=1)
    both = rule_of(long, kind="zero", window="halves", running=2, from_on=day(1, 1, 2027))
    assert both.in_words == "各参战单位，连续 2 个半年末招商信息没有实绩的，黄牌：约谈主要负责人。"
    once = rule_of(long, name="半年", kind="zero", window="halves", running=1, from_on=day(1, 1, 2027))
    ends = day(6, 30, 2027), day(12, 31, 2027)
    assert [found(long, both, on) for on in ends] == [[], ["丙镇"]]
    assert [found(long, once, on) for on in ends] == [["甲镇", "丙镇"], ["丙镇"]]


def test_rule_over_two_campaigns_wants_both_ends(drive):
    before = make_drive(
        "上年", groups=TOWNS, indicators={"招商信息": "条"}, starts=day(7, 1, 2025), ends=day(9, 30, 2025)
    )
    before.owe("招商信息", 甲镇=10, 乙镇=10, 丙镇=10)
    before.read("招商信息", day(9, 1, 2025), 甲镇=1, 乙镇=9, 丙镇=0)
    rule = rule_of(
        drive, kind="last", threshold=Decimal(2), window="campaigns", earlier=before.campaign, level="red",
        consequence="建议调整主要负责人",
    )  # fmt: skip
    assert found(drive, rule) == ["丙镇"]
    assert rule.in_words == (
        "各参战单位，与上期（上年）期末连续两期招商信息列本组后 2 位的，红牌：建议调整主要负责人。"
    )


def test_basis_of_a_rule_overrides_that_of_the_line(drive):
    drive.read("招商信息", day(8, 5), bases=("recognised",), 甲镇=100)
    assert "甲镇" not in found(drive, rule_of(drive))
    assert "甲镇" in found(drive, rule_of(drive, name="认定", basis="recognised"))


def test_rule_out_of_force_or_of_another_group_finds_nobody(drive):
    rule_of(drive, until_on=day(8, 14))
    rule_of(drive, name="园区", groups="园区")
    assert try_rules(drive.campaign, HALF).verdicts == ()
    assert [row.hit.unit for row in try_rules(drive.campaign, day(8, 14)).verdicts] == ["丙镇", "丁镇"]


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"kind": "zero", "threshold": Decimal(1)}, "界线"),
        ({"threshold": None}, "界线"),
        ({"subject": "overall", "indicator": "招商信息"}, "不选"),
        ({"window": "months"}, "2 至 12"),
        ({"window": "campaigns"}, "上期战役"),
        ({"groups": "部门"}, "没有组别"),
        ({"until_on": date(2026, 6, 1)}, "停用日期"),
    ],
)
def test_rule_that_makes_no_sense_is_refused(drive, facts, message):
    if facts.get("indicator"):
        facts = facts | {"indicator": drive.indicators["招商信息"]}
    with pytest.raises(ValidationError, match=message):
        rule_of(drive, **facts)


# --- what is kept


def test_evaluation_keeps_sentence_inputs_arithmetic_and_remedy(drive):
    rule_of(drive)
    assert judge(drive) == actions.rulebook.Judged(found=3, cleared=0, standing=0, exempted=0)
    row = Finding.objects.get(unit__name="乙镇")
    assert (row.state, row.found_on, row.due_on, row.subject) == ("found", HALF, HALF + timedelta(days=5), "招商信息")
    assert row.sentence == "各参战单位，招商信息完成率低于时序进度的 70%的，黄牌：约谈主要负责人。"
    assert row.figures == [
        ["招商信息（上报）", "完成 349 条 / 目标 1000 条"], ["完成率（未取整）", "0.349"],
        ["时序进度（未取整）", "0.5"], ["名次", "2 / 3"],
    ]  # fmt: skip
    assert AuditEntry.objects.filter(action="finding.created").count() == 3


def test_evaluating_twice_keeps_nothing_twice(drive):
    rule_of(drive)
    judge(drive)
    before = (list(Finding.objects.order_by("pk").values()), AuditEntry.objects.count())
    assert judge(drive) == actions.rulebook.Judged(found=0, cleared=0, standing=3, exempted=0)
    assert (list(Finding.objects.order_by("pk").values()), AuditEntry.objects.count()) == before


def test_finding_that_holds_no_more_is_cleared_and_found_anew_later(drive):
    rule_of(drive)
    judge(drive)
    drive.read("招商信息", day(8, 16), 乙镇=900)
    assert judge(drive, day(8, 16)).cleared == 1
    row = Finding.objects.get(unit__name="乙镇")
    assert (row.state, row.cleared_on, row.settled_on) == ("cleared", day(8, 16), day(8, 16))
    drive.read("招商信息", day(8, 17), 乙镇=100)
    assert judge(drive, day(8, 17)).found == 1
    assert Finding.objects.filter(unit__name="乙镇").count() == 2
    assert AuditEntry.objects.filter(action="finding.cleared").count() == 1


def test_later_day_refreshes_the_figures_without_a_new_finding(drive):
    rule_of(drive)
    judge(drive)
    judge(drive, day(8, 20))
    row = Finding.objects.get(unit__name="乙镇")
    assert (row.found_on, row.judged_on) == (HALF, day(8, 20))
    assert "2026-08-20" in row.arithmetic


def test_earlier_day_is_refused_but_may_be_tried(drive):
    rule_of(drive)
    judge(drive)
    with pytest.raises(ValidationError, match="只能试算"):
        judge(drive, day(8, 1))
    assert len(try_rules(drive.campaign, day(8, 1)).verdicts) == 2


def test_rule_not_due_leaves_its_findings_alone(drive):
    rule = rule_of(drive)
    judge(drive)
    actions.change_rule(rule=rule, until_on=HALF, by=SYSTEM())
    judge(drive, day(8, 20))
    assert {row.state for row in Finding.objects.all()} == {"found"}


def test_evaluation_costs_the_same_at_any_number_of_units(db, django_assert_num_queries):
    for number, units in ((1, 3), (2, 30)):
        names = [f"{number}-{n}" for n in range(units)]
        made = make_drive(f"战役{number}", groups={"乡镇": names})
        made.owe("招商信息", **dict.fromkeys(names, 10))
        rule_of(made)
        with django_assert_num_queries(15):
            assert judge(made).found == units


# --- exemptions


def let_off(drive, unit, rule=None, **facts):
    base = {
        "ground": "force_majeure", "reason": "受灾停工", "signer": "区政府主要负责人", "from_on": day(8, 1),
        "until_on": day(8, 31), "today": HALF, "by": SYSTEM(),
    }  # fmt: skip
    return actions.exempt(campaign=drive.campaign, unit=drive.units[unit], rule=rule, **(base | facts))


def test_exemption_covers_what_is_open_and_what_is_found_later(drive):
    rule = rule_of(drive)
    judge(drive)
    exemption = let_off(drive, "乙镇", rule)
    assert Finding.objects.get(unit__name="乙镇").state == "exempted"
    assert exemption.in_words == (
        "乙镇免予适用“黄牌”：不可抗力，受灾停工。区政府主要负责人签批，2026-08-01 至 2026-08-31"
    )
    let_off(drive, "丙镇", from_on=day(8, 16), until_on=day(8, 20))
    assert judge(drive, day(8, 16)).exempted == 2
    judge(drive, day(9, 1))
    assert {row.unit.name: row.state for row in Finding.objects.all()} == {
        "乙镇": "found", "丙镇": "found", "丁镇": "found", "甲镇": "found",
    }  # fmt: skip


def test_exemption_ends_early_with_a_reason(drive):
    row = let_off(drive, "乙镇")
    actions.end_exemption(exemption=row, on=HALF, reason="已复工", by=SYSTEM())
    assert Exemption.objects.get().until_on == HALF
    with pytest.raises(ValidationError, match="起始日期与截止日期之间"):
        actions.end_exemption(exemption=row, on=day(9, 1), reason="x", by=SYSTEM())


def test_exemption_of_a_unit_off_the_roster_is_refused(drive):
    with pytest.raises(ValidationError, match="不在本战役"):
        actions.exempt(
            campaign=drive.campaign, unit=drive.organiser, ground="other", reason="x", signer="y",
            from_on=HALF, until_on=HALF, today=HALF, by=SYSTEM(),
        )  # fmt: skip


# --- what the unit says


def test_unit_acknowledges_and_answers(drive):
    rule_of(drive)
    judge(drive)
    row = Finding.objects.get(unit__name="乙镇")
    clerk = make_user("yi", Role.CLERK, drive.units["乙镇"])
    leader = make_user("yild", Role.LEADER, drive.units["乙镇"])
    other = make_user("jia", Role.CLERK, drive.units["甲镇"])
    with pytest.raises(PermissionDenied):
        actions.acknowledge_finding(finding=row, by=other)
    assert actions.acknowledge_finding(finding=row, by=leader).state == "acknowledged"
    with pytest.raises(PermissionDenied):
        actions.answer_finding(finding=row, answer="因", on=HALF, by=leader)
    with pytest.raises(ValidationError, match="写明情况"):
        actions.answer_finding(finding=row, answer=" ", on=HALF, by=clerk)
    answered = actions.answer_finding(finding=row, answer="月底前补上", on=HALF, by=clerk)
    assert (answered.state, answered.settled_on, answered.answered_by) == ("answered", HALF, clerk)
    judge(drive, day(8, 16))
    assert Finding.objects.get(pk=row.pk).state == "answered"


def test_finding_is_seen_by_its_unit_and_the_organiser(drive):
    rule_of(drive)
    judge(drive)
    seen = {
        name: [row.unit.name for row in Finding.objects.visible_to(user).order_by("unit__path")]
        for name, user in {
            "乙镇": make_user("yi", Role.CLERK, drive.units["乙镇"]),
            "区": make_user("ed", Role.EDITOR, drive.organiser),
            "管": make_user("adm", Role.SYSTEM_ADMIN, drive.organiser),
        }.items()
    }
    assert seen == {"乙镇": ["乙镇"], "区": ["乙镇", "丙镇", "丁镇"], "管": []}


# --- the command


def run(name, **options):
    out = StringIO()
    call_command(name, stdout=out, **options)
    return out.getvalue()


def test_evaluate_rules_command_keeps_or_only_tells(drive):
    rule_of(drive)
    told = run("evaluate_rules", as_of=HALF, dry_run=True)
    assert "新增 乙镇 黄牌 招商信息：完成 349 条" in told
    assert "试算触发 3 项" in told
    assert Finding.objects.count() == 0
    assert "百日会战：新认定 3 项，继续 0 项，解除 0 项；其中豁免 0 项" in run("evaluate_rules", as_of=HALF)
    assert "继续 3 项" in run("evaluate_rules", as_of=HALF, campaign="百日会战")
    with pytest.raises(CommandError, match="没有名为"):
        run("evaluate_rules", as_of=HALF, campaign="无")
    with pytest.raises(CommandError, match="只能试算"):
        run("evaluate_rules", as_of=day(8, 1))
