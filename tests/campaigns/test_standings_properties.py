"""Standings of any drive: a tree that changes, figures that only grow, any order of entry, places, what is needed."""

from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from django.core.exceptions import ValidationError
from hypothesis import example, given, settings
from hypothesis import strategies as st

from campaigns import actions
from campaigns.clock import weeks_left
from campaigns.models import Campaign
from campaigns.places import ranks_within_groups
from campaigns.ranking import line_rows
from campaigns.standings import OFF_ROSTER, standings
from tests.campaigns.drives import day, make_drive, undone
from tests.campaigns.factories import count, make_campaign, make_indicator, report
from tests.campaigns.test_roster_groups import holder_of, trees
from tests.factories import make_unit
from units.actions import move_unit
from units.models import Unit, User

END = day(9, 30)
NAMES = ("甲镇", "乙镇", "丙镇", "丁镇")

# --- a tree that changes ------------------------------------------------------------------------

MOVES = st.lists(  # who, under whom (modulo how many there are), days after the start (91: the last), whether merged
    st.tuples(st.integers(1, 9), st.integers(0, 9), st.sampled_from([40, 91, 92, 120]), st.booleans()),
    min_size=1,
    max_size=4,
).map(lambda moves: sorted(moves, key=lambda move: move[2]))


@pytest.mark.django_db
@settings(max_examples=20)
@given(tree=trees(), moves=MOVES)
@example(tree=([None, 0, 1], [1], {}, [1, 2, 5]), moves=[(2, 0, 120, False)])  # after the end: still of that time
@example(tree=([None, 0, 1, 0], [1, 3], {}, [1, 2, 5, 4]), moves=[(2, 3, 91, True)])  # on the last day: it holds
def test_roll_up_over_a_tree_that_changes_is_that_of_the_campaign_s_end(tree, moves):
    parents, roster, joins, amounts = tree
    by = User.objects.system()
    with undone():
        units = []
        for number, above in enumerate(parents):
            units.append(make_unit(f"甲{number}", Unit.Kind.DISTRICT, None if above is None else units[above]))
        campaign = make_campaign(units[0])
        seats = [
            {"unit": units[key], "further": [units[unit] for unit, at in joins.items() if at == key]}
            for key in roster
        ]
        actions.set_roster(campaign=campaign, seats=seats, by=by)
        (line,) = count(campaign, make_indicator())
        entered = {
            unit: amounts[unit]
            for unit in range(len(parents))
            if holder_of(unit, parents, roster, joins) != OFF_ROSTER
        }
        report(campaign, line, {units[unit]: amount for unit, amount in entered.items()})
        then = list(parents)
        for who, under, after, ends in moves:
            who, under, on = who % len(units), under % len(units), day(7, 1) + timedelta(days=after)
            with suppress(ValidationError):  # what the tree does not allow
                fresh = Unit.objects.get(pk=units[who].pk)
                move_unit(unit=fresh, under=Unit.objects.get(pk=units[under].pk), on=on, ends=ends, by=by)
                if on <= END:
                    then[who] = under
        found = standings(Campaign.objects.select_related("organiser").get(pk=campaign.pk), END)
        held = {}
        for unit, amount in entered.items():
            holder = holder_of(unit, then, roster, joins)
            held[holder] = held.get(holder, Decimal(0)) + amount
        assert {row.unit_id: row.done for row in found.of_column(line.pk)} == {
            units[key].pk: held.get(key) for key in roster
        }
        apart = held.get(OFF_ROSTER, Decimal(0))
        assert found.off_roster.get(line.pk, Decimal(0)) == apart
        assert (found.totals[line.pk].done or Decimal(0)) == sum(entered.values()) - apart


# --- days and order -----------------------------------------------------------------------------

FACTS = st.lists(  # unit, day of July, amount, whether by name of the organiser's second indicator
    st.tuples(st.sampled_from(NAMES), st.integers(1, 28), st.decimals(0, 99, places=2), st.booleans()), max_size=10
)


def entered(facts):
    """Return a drive of four units in two groups, with some increments entered in their order."""
    drive = make_drive(groups={"一组": NAMES[:2], "二组": NAMES[2:]}, indicators={"招商信息": "条", "资金": "万元"})
    drive.owe("招商信息", 甲镇=100, 乙镇=50, 丙镇=7)
    drive.owe("资金", 甲镇=30, 丁镇=20)
    for unit, number, amount, money in facts:
        drive.add("资金" if money else "招商信息", unit, day(7, number), amount)
    return drive


@pytest.mark.django_db
@settings(max_examples=15)
@given(facts=FACTS)
def test_as_of_a_later_day_no_added_figure_is_less(facts):
    with undone():
        drive = entered(facts)
        before = {}
        for number in (1, 9, 20, 28):
            state = drive.standings(day(7, number))
            now = {key: line.done or Decimal(0) for key, line in state.lines.items()}
            now |= {key: line.done or Decimal(0) for key, line in state.totals.items()}
            scores = {key: score.score for key, score in state.scores.items() if score.score is not None}
            assert all(now[key] >= amount for key, amount in before.items() if key in now)
            assert all(scores[key] >= before[key, "score"] for key in scores if (key, "score") in before)
            known = [fact for fact in facts if fact[1] <= number]
            assert state.totals[drive.lines["资金"]].done == (
                sum(fact[2] for fact in known if fact[3]) if any(fact[3] for fact in known) else None
            )
            before = now | {(key, "score"): score for key, score in scores.items()}


@pytest.mark.django_db
@settings(max_examples=15)
@given(data=st.data())
def test_order_of_entry_is_irrelevant_to_every_figure_score_and_place(data):
    facts = data.draw(FACTS)
    told = []
    for order in (facts, data.draw(st.permutations(facts))):
        with undone():
            state = entered(order).standings(day(7, 28))
            lines = [(line.unit, line.column.name, line.done, line.count, line.rank) for line in state.lines.values()]
            scores = [(row.unit, row.score, row.rank, row.previous_rank) for row in state.scores.values()]
            told.append((lines, [line.done for line in state.totals.values()], scores))
    assert told[0] == told[1]


# --- places -------------------------------------------------------------------------------------

SCORES = st.one_of(st.none(), st.fractions(0, 3, max_denominator=4), st.fractions(0, 1))
RANKED = st.dictionaries(st.integers(0, 30), st.tuples(SCORES, st.sampled_from("ab")), max_size=12)


@given(RANKED)
def test_places_count_who_is_better_in_the_group_and_name_who_is_equal(units):
    values = {key: value for key, (value, _group) in units.items()}
    group_of = {key: group for key, (_value, group) in units.items()}
    ranks = ranks_within_groups(values, group_of)
    for key, value in values.items():
        if value is None:
            assert key not in ranks
            continue
        rivals = [
            other
            for unit, other in values.items()
            if unit != key and group_of[unit] == group_of[key] and other is not None
        ]
        assert ranks[key] == (1 + sum(other > value for other in rivals), value in rivals)


@given(RANKED, st.sets(st.integers(0, 30)))
def test_who_is_left_out_moves_only_those_below(units, out):
    values = {key: value for key, (value, _group) in units.items()}
    group_of = {key: group for key, (_value, group) in units.items()}
    whole = ranks_within_groups(values, group_of)
    rest = ranks_within_groups({key: None if key in out else value for key, value in values.items()}, group_of)
    assert set(rest) == {key for key in whole if key not in out}
    for key, (place, _tied) in rest.items():
        better = sum(group_of[other] == group_of[key] and values[other] > values[key] for other in out & set(whole))
        assert place == whole[key][0] - better


# --- what is needed -----------------------------------------------------------------------------


@pytest.mark.django_db
@settings(max_examples=25)
@given(
    quota=st.integers(1, 10**6),
    done=st.integers(0, 10**6),
    passed=st.integers(0, 91),
    clock=st.sampled_from(["day", "month", "workday"]),
)
def test_run_rate_times_the_weeks_left_is_what_is_missing(quota, done, passed, clock):
    with undone():
        drive = make_drive(clock=clock)
        drive.owe("招商信息", 甲镇=quota)
        as_of = day(7, 1) + timedelta(days=passed)
        drive.add("招商信息", "甲镇", as_of, done)
        state = drive.standings(as_of)
        (group,) = line_rows(state, drive.lines["招商信息"], lambda line: "", lambda unit_id: "")
        (told,) = [row.pace_needed for row in group.rows if row.unit == "甲镇"]
        weeks, missing = weeks_left(state.campaign, as_of), max(quota - done, 0)
        if not missing:
            assert told == ""
        elif weeks < 1:
            assert told == ("不足一周，须全部完成" if weeks else "活动已结束")
        else:
            printed = Fraction(told.removeprefix("每周需 ").removesuffix(" 条"))
            exact = Fraction(missing) / weeks
            step = Fraction(1, 10 if exact >= Fraction(1, 10) else 100)
            assert abs(printed * weeks - missing) <= step / 2 * weeks
            assert weeks == Fraction((state.campaign.ends_on - as_of).days, 7)
