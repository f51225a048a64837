"""Roster lines that stand for several units (招商小组): whose facts add up to whom, the page, the trail."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns import actions
from campaigns.models import Campaign, CampaignUnit, FurtherUnit
from campaigns.standings import OFF_ROSTER, ORGANISER, roster_owner, standings
from projects.entry import seats_of
from tests.campaigns.drives import undone
from tests.campaigns.factories import count, make_campaign, make_indicator, make_units, owe, report, seat
from tests.factories import make_unit, make_user
from units.models import AuditEntry, Role, Unit, User

pytestmark = pytest.mark.django_db
END = date(2026, 9, 30)


@pytest.fixture
def top():
    return make_unit("示范区")


@pytest.fixture
def drive(top):
    """Return a drive of two lines: 单位01 with 单位02 as 第一小组, and 单位03; 单位04 takes no part."""
    campaign = make_campaign(top)
    campaign.units = make_units(4, top)
    first, second, third, _fourth = campaign.units
    seats = [
        {"unit": first, "group": "小组", "title": "第一小组", "further": [second]},
        {"unit": third, "group": "小组"},
    ]
    actions.set_roster(campaign=campaign, seats=seats, by=User.objects.system())
    (campaign.line,) = count(campaign, make_indicator())
    return campaign


def stands(campaign, day=END):
    """Return the standings of a day."""
    return standings(Campaign.objects.select_related("organiser").get(pk=campaign.pk), day)


@st.composite
def trees(draw):
    """Draw a tree (parent of each unit, the organiser first), its roster, and who joins whose line."""
    parents = [None, *(draw(st.integers(0, n)) for n in range(draw(st.integers(1, 9))))]
    units = list(range(1, len(parents)))
    roster = draw(st.lists(st.sampled_from(units), unique=True, min_size=1))
    free = [unit for unit in units if unit not in roster]
    joining = draw(st.lists(st.sampled_from(free), unique=True)) if free else []
    joins = {unit: draw(st.sampled_from(roster)) for unit in joining}
    return parents, roster, joins, [draw(st.integers(0, 9)) for _unit in parents]


def holder_of(unit, parents, roster, joins):
    """Return whose line a unit counts on, walking up from it: the definition, not the code."""
    step = unit
    while step is not None:
        if step in roster:
            return step
        if step in joins:
            return joins[step]
        step = parents[step]
    return ORGANISER if unit == 0 else OFF_ROSTER


@given(trees())
def test_roll_up_over_any_tree_owns_each_unit_once(tree):
    parents, roster, joins, _amounts = tree
    rows = [{"id": unit, "parent_id": above, "joins": joins.get(unit)} for unit, above in enumerate(parents)]
    owner = roster_owner(rows, dict.fromkeys(roster), 0)
    assert owner == {unit: holder_of(unit, parents, roster, joins) for unit in range(len(parents))}


@settings(max_examples=12)
@given(tree=trees())
def test_roll_up_over_any_tree_is_the_sum_of_its_leaves(tree):
    parents, roster, joins, amounts = tree
    with undone():
        units = []
        for number, above in enumerate(parents):
            units.append(make_unit(f"甲{number}", Unit.Kind.DISTRICT, None if above is None else units[above]))
        campaign = make_campaign(units[0])
        seats = [
            {"unit": units[key], "further": [units[unit] for unit, at in joins.items() if at == key]}
            for key in roster
        ]
        actions.set_roster(campaign=campaign, seats=seats, by=User.objects.system())
        (line,) = count(campaign, make_indicator())
        entered = {
            unit: amounts[unit]
            for unit in range(len(parents))
            if holder_of(unit, parents, roster, joins) != OFF_ROSTER
        }
        report(campaign, line, {units[unit]: amount for unit, amount in entered.items()})
        found = stands(campaign)
        lines = {row.unit_id: row.done for row in found.of_column(line.pk)}
        assert lines == {
            units[key].pk: summed(
                [row for at, row in entered.items() if holder_of(at, parents, roster, joins) == key]
            )
            for key in roster
        }
        assert found.totals[line.pk].done == sum(entered.values())


def summed(amounts):
    """Return the sum of what was reported, None where nothing was."""
    return Decimal(sum(amounts)) if amounts else None


def test_line_of_a_group_adds_up_its_units_each_once(drive):
    first, second, third, fourth = drive.units
    owe(drive, drive.line, {first: 10})
    report(drive, drive.line, {first: 3, second: 4, third: 5})
    found = stands(drive)
    assert [(row.unit, row.done) for row in found.of_column(drive.line.pk)] == [("第一小组", 7), ("单位03", 5)]
    assert found.totals[drive.line.pk].done == 12
    assert found.owner[second.pk] == first.pk
    assert found.owner[fourth.pk] == OFF_ROSTER


def test_unit_off_the_roster_has_no_figures_to_enter_but_a_further_unit_has(drive):
    first, second, _third, fourth = drive.units
    with pytest.raises(ValidationError, match="不在该战役的参战名单中"):
        report(drive, drive.line, {fourth: 1})
    clerk = make_user("clerk", Role.CLERK, second)
    assert [(row.unit, row.line_unit_id) for row in seats_of(drive, clerk)] == [(second, first.pk)]
    assert list(Campaign.objects.visible_to(clerk)) == [drive]
    assert not Campaign.objects.visible_to(make_user("other", Role.CLERK, fourth)).exists()


def test_unit_stands_on_one_line_only(drive):
    first, second, third, _fourth = drive.units
    for seats in (
        [{"unit": first, "further": [second]}, {"unit": second}],
        [{"unit": first, "further": [third]}, {"unit": second, "further": [third]}],
        [{"unit": first, "further": [first]}],
    ):
        with pytest.raises(ValidationError, match="出现了两次"):
            actions.set_roster(campaign=drive, seats=seats, by=User.objects.system())


def test_seat_keeps_the_group_that_a_writer_does_not_name(drive):
    seat(drive, drive.units[3])
    line = CampaignUnit.objects.get(campaign=drive, unit=drive.units[0])
    assert (str(line), [row.unit for row in line.further.all()]) == ("第一小组", [drive.units[1]])


def test_trail_names_the_units_of_a_group(drive):
    told = AuditEntry.objects.filter(action="campaign.roster_set").get().lines
    assert ("单位01", "", "小组 第一小组 +单位02") in [tuple(row) for row in told]


def test_roster_page_joins_units_by_name_and_says_what_is_wrong(client, drive, top):
    first, second, third, fourth = drive.units
    client.force_login(make_user("editor", Role.EDITOR, top))
    page = client.get(f"/campaigns/{drive.pk}/roster/")
    assert f'name="join-{second.pk}" value="单位01"' in page.content.decode()
    sent = {f"on-{first.pk}": "1", f"on-{third.pk}": "1", f"title-{third.pk}": "招商二组", "nonce": "a"}
    sent |= {
        f"join-{second.pk}": "招商二组",
        f"join-{fourth.pk}": "单位03",
        "version": page.context["form"]["version"].value(),
    }
    assert client.post(f"/campaigns/{drive.pk}/roster/", sent).status_code == 302
    assert set(FurtherUnit.objects.values_list("seat__unit__name", "unit__name")) == {
        ("单位03", "单位02"), ("单位03", "单位04"),
    }  # fmt: skip
    wrong = client.post(
        f"/campaigns/{drive.pk}/roster/",
        sent | {f"join-{first.pk}": "单位03", f"join-{fourth.pk}": "没有的", "nonce": "b"},
    )
    text = wrong.content.decode()
    assert "已单独列入名单，不能再编入别的单位" in text
    assert "名单中没有（或不止一个）「没有的」" in text
