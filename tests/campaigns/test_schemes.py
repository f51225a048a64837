"""Schemes of a campaign: written as drafts, put in force from a day, read by standings."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from campaigns import actions, ledger
from campaigns.models import Mark, Scheme, ScoreItem
from tests.campaigns.drives import day, make_drive
from tests.factories import make_unit, make_user
from units.models import AuditEntry, Role, User

pytestmark = pytest.mark.django_db
AS_OF = day(8, 10)


@pytest.fixture
def drive():
    """Return a drive of three units that owe signings and money, with figures."""
    drive = make_drive(groups={"乡镇": ["甲镇", "乙镇", "丙镇"]}, indicators={"签约": "个", "到位资金": "亿元"})
    drive.owe("签约", 甲镇=10, 乙镇=10, 丙镇=10)
    drive.owe("到位资金", 甲镇=2, 乙镇=2)
    drive.read("签约", day(8, 1), 甲镇=12, 乙镇=5, 丙镇=8)
    drive.read("到位资金", day(8, 1), 甲镇=10000, 乙镇=30000)
    return drive


def by():
    """Return the user who writes."""
    return User.objects.system()


def write(drive, **facts):
    """Return a draft of 60 for signings and 40 for money."""
    scheme = actions.create_scheme(campaign=drive.campaign, name="考核办法", by=by(), **facts)
    add(drive, scheme, "1", "签约", method="linear", parameters={"full": "60"}, source={"reads": "rate"})
    add(drive, scheme, "2", "到位资金", method="linear", parameters={"full": "40"}, source={"reads": "rate"})
    return scheme


def add(drive, scheme, code, indicator=None, **facts):
    """Add a row to a draft."""
    facts = {"label": indicator or "甲项", "clause": "见办法", **facts}
    if indicator:
        facts["indicator"] = drive.indicators[indicator]
    return actions.set_row(scheme=scheme, code=code, by=by(), **facts)


def enforce(scheme, starts_on):
    """Put a draft in force."""
    return actions.enforce_scheme(scheme=scheme, starts_on=starts_on, document="考核〔2026〕1号", by=by())


def scores(drive, as_of=AS_OF, **more):
    """Return {unit: (score, place, place before)}."""
    return {
        row.unit: (row.score, row.rank, row.previous_rank) for row in drive.standings(as_of, **more).scores.values()
    }


def mark(drive, item, unit, on, value, **more):
    """Record a count or mark."""
    return actions.record_mark(
        campaign=drive.campaign, item=item, unit=drive.units[unit], on=on, value=Decimal(value),
        evidence="台账第 3 页", by=by(), **more,
    )  # fmt: skip


# --- standings --------------------------------------------------------------------------------------


def test_draft_changes_no_figure(drive):
    before = scores(drive)
    write(drive)
    # (100 + 50)/2, (50 + 75... held at 100)/2, 80 of the one it owes
    assert scores(drive) == before == {"甲镇": (75, 2, 2), "乙镇": (75, 2, 2), "丙镇": (80, 1, 1)}


def test_scheme_in_force_makes_the_score_from_its_first_day(drive):
    enforce(write(drive), day(8, 5))
    # 60 + 40 × 1/2; 60 × 1/2 + 40; 60 × 8/10, the money is not owed and not spread
    assert scores(drive) == {"甲镇": (80, 1, 2), "乙镇": (70, 2, 2), "丙镇": (48, 3, 1)}
    assert scores(drive, day(8, 4)) == {"甲镇": (75, 2, 1), "乙镇": (75, 2, 1), "丙镇": (80, 1, 1)}


def test_place_before_is_by_the_scheme_of_that_day(drive):
    enforce(write(drive), day(7, 1))
    drive.read("签约", day(8, 9), 丙镇=20)
    assert scores(drive) == {"甲镇": (80, 1, 1), "乙镇": (70, 2, 2), "丙镇": (60, 3, 3)}


def test_later_version_takes_over_and_an_ended_one_gives_way(drive):
    first = enforce(write(drive), day(7, 1))
    second = actions.create_scheme(
        campaign=drive.campaign, name="考核办法（修订）", copy_of=first, by=by(), high=Decimal(50)
    )
    enforce(second, day(8, 5))
    assert [(row.number, row.rows.count()) for row in Scheme.objects.order_by("number")] == [(1, 2), (2, 2)]
    assert {row[0] for row in scores(drive).values()} == {50, 48}
    assert {row[0] for row in scores(drive, day(8, 4)).values()} == {80, 70, 48}
    actions.end_scheme(scheme=second, ends_on=day(8, 9), reason="暂停", by=by())
    assert {row[0] for row in scores(drive).values()} == {80, 70, 48}


def test_marks_and_counts_are_scored_from_their_day(drive):
    late = actions.create_item(name="迟报", kind="count", by=by())
    peers = actions.create_item(name="评议", kind="mark", by=by())
    scheme = write(drive)
    add(drive, scheme, "3", item=late, kind="penalty", method="per_count", parameters={"each": "2"},
        source={"reads": "count"})  # fmt: skip
    add(drive, scheme, "4", item=peers, method="marked", parameters={"full": "10"}, source={"reads": "mark"})
    enforce(scheme, day(7, 1))
    mark(drive, late, "甲镇", day(8, 9), 3)
    mark(drive, peers, "乙镇", day(8, 1), 90, rater="园区")
    wrong = mark(drive, peers, "丙镇", day(8, 1), 100)
    actions.withdraw_mark(mark=wrong, reason="记错单位", by=by())
    # 80 − 3 × 2; 70 + 9; 48 and no mark, which is not 0 marks
    assert {name: row[0] for name, row in scores(drive).items()} == {"甲镇": 74, "乙镇": 79, "丙镇": 48}
    assert {name: row[0] for name, row in scores(drive, day(8, 8)).items()} == {"甲镇": 80, "乙镇": 79, "丙镇": 48}


def test_single_facts_are_read_from_the_ledger(drive):
    drive.add("签约", "甲镇", day(8, 2), 3)
    scheme = actions.create_scheme(campaign=drive.campaign, name="笔数", by=by())
    add(drive, scheme, "1", method="fixed", parameters={"points": "50"}, source={})
    tiers = {"rows": [["大", "3", "", "5", None], ["小", "1", "", "1", None]]}
    add(drive, scheme, "2", "签约", kind="bonus", method="tiers", parameters=tiers, source={"reads": "case_count"})
    enforce(scheme, day(7, 1))
    # 甲镇: a reading of 12 and an increment of 3, both 大; 乙镇 one of 5; 丙镇 one of 8
    assert {name: row[0] for name, row in scores(drive).items()} == {"甲镇": 60, "乙镇": 55, "丙镇": 55}


def test_shared_fact_counts_by_share_and_doubled_in_full_for_both_but_once_in_the_total(drive):
    key = ledger.Key(drive.indicators["到位资金"].pk, drive.units["甲镇"].pk, "reported", day(8, 2))
    shared = {key: Decimal(3000), key._replace(unit_id=drive.units["丙镇"].pk): Decimal(7000)}
    with transaction.atomic():
        ledger.post_many("projects.milestone", {77: shared})
    total = drive.standings(AS_OF).totals[drive.lines["到位资金"]].done
    found = []
    for doubled in (False, True):
        scheme = actions.create_scheme(campaign=drive.campaign, name="双计", by=by())
        ten = {"points": "10", "step": "1", "whole": False}
        source = {"reads": "case_amount", "doubled": doubled}
        add(drive, scheme, "1", "到位资金", method="per_unit", parameters=ten, source=source)
        found.append({name: row[0] for name, row in scores(drive, tried=scheme.pk).items()})
    # in 亿元: 甲镇 1 of its own and 0.3 of the shared one, 乙镇 3, 丙镇 0.7; doubled, the shared one is 1 for each
    assert found == [{"甲镇": 13, "乙镇": 30, "丙镇": 7}, {"甲镇": 20, "乙镇": 30, "丙镇": 10}]
    assert drive.standings(AS_OF).totals[drive.lines["到位资金"]].done == total == 50000


def test_last_years_figure_is_read_from_the_same_days(drive):
    last = make_drive(
        "去年", groups={"乡镇": ["甲镇", "乙镇", "丙镇"]}, indicators={"签约": "个"}, organiser=drive.organiser,
        starts=date(2025, 7, 1), ends=date(2025, 9, 30),
    )  # fmt: skip
    last.read("签约", date(2025, 8, 10), 甲镇=8, 乙镇=4)
    last.read("签约", date(2025, 8, 11), 乙镇=10)
    scheme = actions.create_scheme(campaign=drive.campaign, name="增幅", by=by())
    add(drive, scheme, "1", "签约", method="linear", parameters={"full": "100"}, source={"reads": "growth"})
    enforce(scheme, day(7, 1))
    # (12 − 8)/8, (5 − 4)/4, nothing to compare with
    assert {name: row[0] for name, row in scores(drive).items()} == {"甲镇": 50, "乙镇": 25, "丙镇": None}


def test_excluded_unit_has_its_reason(drive):
    scheme = write(drive, excluded=[[drive.units["丙镇"].pk, "飞地"]])
    enforce(scheme, day(7, 1))
    table = drive.standings(AS_OF)
    assert table.results[drive.units["丙镇"].pk].why == "不参加考核：飞地"
    assert scores(drive)["丙镇"] == (None, None, None)


def test_scheme_is_tried_without_being_in_force(drive):
    scheme = write(drive)
    assert scores(drive, tried=scheme.pk) == {"甲镇": (80, 1, 1), "乙镇": (70, 2, 2), "丙镇": (48, 3, 3)}
    assert {name: row[0] for name, row in scores(drive, tried=scheme.pk).items()} == {
        "甲镇": 80,
        "乙镇": 70,
        "丙镇": 48,
    }


@pytest.mark.parametrize("size", [1, 30])
def test_standings_by_a_scheme_cost_the_same_at_any_size(size):
    drive = make_drive(groups={"乡镇": [f"单位{n:02}" for n in range(size)]}, indicators={"签约": "个"})
    drive.owe("签约", **dict.fromkeys(drive.units, 10))
    drive.read("签约", day(8, 1), **dict.fromkeys(drive.units, 5))
    late = actions.create_item(name="迟报", kind="count", by=by())
    scheme = actions.create_scheme(campaign=drive.campaign, name="办法", by=by())
    add(drive, scheme, "1", "签约", method="linear", parameters={"full": "60"}, source={"reads": "case_rate"})
    add(drive, scheme, "2", "签约", method="linear", parameters={"full": "60"}, source={"reads": "growth"})
    add(drive, scheme, "3", item=late, kind="penalty", method="per_count", parameters={"each": "2"},
        source={"reads": "count"})  # fmt: skip
    enforce(scheme, day(7, 1))
    for unit in drive.units:
        mark(drive, late, unit, day(8, 1), 1)
    with CaptureQueriesContext(connection) as queries:
        drive.standings(AS_OF)
    assert len(queries) == 8  # the campaign, three of every standings, rows, marks, facts, last year


# --- writing ----------------------------------------------------------------------------------------


def test_row_that_cannot_be_worked_out_is_refused_and_nothing_is_kept(drive):
    scheme = write(drive)
    for facts, told in [
        ({"code": "3", "parameters": {"full": "六十"}}, "不是精确数字"),
        ({"code": "1", "parameters": {"full": "10"}}, "本办法已有同编号的一行"),
        ({"code": "3", "parameters": {"full": "10"}, "within": "9"}, "上级“9”不是本办法的一行"),
    ]:
        with pytest.raises(ValidationError, match=told):
            add(drive, scheme, indicator="签约", method="linear", source={"reads": "rate"}, **facts)
    assert scheme.rows.count() == 2


def test_scheme_in_force_is_not_changed(drive):
    scheme = enforce(write(drive), day(8, 1))
    with pytest.raises(ValidationError, match="施行的办法不再改动"):
        actions.remove_row(row=scheme.rows.first(), reason="改", by=by())
    with pytest.raises(ValidationError, match="施行的办法不再改动"):
        enforce(scheme, day(8, 5))


def test_scheme_without_an_item_is_not_put_in_force(drive):
    scheme = actions.create_scheme(campaign=drive.campaign, name="空", by=by())
    with pytest.raises(ValidationError, match="还没有计分项"):
        enforce(scheme, day(8, 1))


def test_only_an_editor_of_the_organiser_writes_rules_and_marks(drive):
    scheme = write(drive)
    late = actions.create_item(name="迟报", kind="count", by=by())
    stranger = make_user("stranger", Role.EDITOR, make_unit("邻区"))
    with pytest.raises(PermissionDenied):
        actions.change_scheme(scheme=scheme, name="甲", by=stranger)
    with pytest.raises(PermissionDenied):
        actions.record_mark(
            campaign=drive.campaign, item=late, unit=drive.units["甲镇"], on=AS_OF, value=Decimal(1), evidence="甲",
            by=stranger,
        )  # fmt: skip
    with pytest.raises(PermissionDenied):
        actions.create_item(name="造假", kind="count", by=make_user("clerk", Role.CLERK, drive.organiser))


def test_mark_is_for_a_unit_of_the_roster_within_the_drive(drive):
    late = actions.create_item(name="迟报", kind="count", by=by())
    with pytest.raises(ValidationError, match="日期须在战役期间"):
        mark(drive, late, "甲镇", day(10, 1), 1)
    drive.units["邻镇"] = make_unit("邻镇", parent=drive.organiser)
    with pytest.raises(ValidationError, match="不在参战名单中"):
        mark(drive, late, "邻镇", AS_OF, 1)
    with pytest.raises(ValidationError, match="不能为负"):
        mark(drive, late, "甲镇", AS_OF, -1)
    assert not Mark.objects.exists()


def test_every_write_leaves_one_row_of_the_trail(drive):
    before = AuditEntry.objects.count()
    scheme = actions.create_scheme(campaign=drive.campaign, name="办法", by=by())
    item = actions.create_item(name="迟报", kind="count", by=by())
    row = add(drive, scheme, "1", "签约", method="linear", parameters={"full": "60"}, source={"reads": "rate"})
    actions.set_row(scheme=scheme, row=row, parameters={"full": "70"}, by=by())
    actions.change_scheme(scheme=scheme, name="新名", by=by())
    wrong = mark(drive, item, "甲镇", AS_OF, 1)
    actions.withdraw_mark(mark=wrong, reason="错", by=by())
    enforce(scheme, day(8, 1))
    actions.end_scheme(scheme=scheme, ends_on=day(8, 31), reason="改", by=by())
    trail = AuditEntry.objects.order_by("pk")[before:]
    assert [entry.action for entry in trail] == [
        "scheme.created", "item.created", "row.created", "row.changed", "scheme.changed", "mark.created",
        "mark.withdrawn", "scheme.enforced", "scheme.stopped",
    ]  # fmt: skip
    assert ScoreItem.objects.get().name == "迟报"
