"""The ledger: differences, reversals, closed months, and every day's figure whatever comes when."""

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from campaigns import actions, ledger
from campaigns.ledger import Key
from campaigns.models import AppendOnly, Basis, Entry, Tally
from campaigns.numbers import split
from tests.campaigns.drives import day, make_drive, undone
from tests.factories import make_user
from units.models import Role, User

pytestmark = pytest.mark.django_db
KIND = "campaigns.tally"


@pytest.fixture
def drive(db):
    return make_drive()


def key(drive, on, unit="甲镇", basis="reported"):
    return Key(drive.indicators["招商信息"].pk, drive.units[unit].pk, basis, on)


def rows():
    return [(row.amount, row.fact_on, row.on, row.sign) for row in Entry.objects.order_by("pk")]


@transaction.atomic
def post(wanted, source=1):
    return ledger.post_many(KIND, {source: wanted})


def test_post_adds_only_the_difference(drive):
    first, second = key(drive, day(7, 1)), key(drive, day(7, 2))
    assert post({first: Decimal(5), second: Decimal(2)}) == 2
    assert post({first: Decimal(5), second: Decimal(2)}) == 0
    assert post({first: Decimal(5), second: Decimal(3)}) == 2
    assert rows() == [
        (5, day(7, 1), day(7, 1), 1),
        (2, day(7, 2), day(7, 2), 1),
        (-2, day(7, 2), day(7, 2), -1),
        (3, day(7, 2), day(7, 2), 1),
    ]


def test_post_takes_back_what_is_no_longer_wanted_and_can_post_it_again(drive):
    one = key(drive, day(7, 1))
    post({one: Decimal(5)})
    assert post({}) == 1
    assert post({}) == 0
    assert post({one: Decimal(5)}) == 1
    assert Entry.objects.live().count() == 1
    assert sum(row[0] for row in rows()) == 5


def test_post_keeps_a_written_zero(drive):
    post({key(drive, day(7, 1)): Decimal(0)})
    assert rows() == [(0, day(7, 1), day(7, 1), 1)]
    assert drive.done("招商信息", "甲镇", day(7, 1)) == 0
    assert drive.done("招商信息", "乙镇", day(7, 1)) is None


def test_post_leaves_other_sources_alone(drive):
    post({key(drive, day(7, 1)): Decimal(5)}, source=1)
    post({key(drive, day(7, 1)): Decimal(7)}, source=2)
    post({}, source=1)
    assert drive.done("招商信息", "甲镇", day(7, 1)) == 7


@pytest.mark.django_db(transaction=True)
def test_post_refuses_to_run_outside_a_transaction(drive):
    with pytest.raises(RuntimeError):
        ledger.post_many(KIND, {1: {key(drive, day(7, 1)): Decimal(5)}})


def test_an_entry_of_a_closed_month_goes_to_the_first_open_day(drive):
    by = User.objects.system()
    actions.close_month(month=day(7), reason="通报已发", by=by)
    actions.close_month(month=day(8), reason="通报已发", by=by)
    post({key(drive, day(7, 15)): Decimal(5)})
    assert rows() == [(5, day(7, 15), day(9, 1), 1)]
    assert post({key(drive, day(7, 15)): Decimal(5)}) == 0


def test_a_reversal_of_a_closed_month_leaves_its_figure_alone(drive):
    post({key(drive, day(7, 15)): Decimal(5)})
    actions.close_month(month=day(7), reason="通报已发", by=User.objects.system())
    post({key(drive, day(7, 15)): Decimal(4)})
    assert rows()[1:] == [(-5, day(7, 15), day(8, 1), -1), (4, day(7, 15), day(8, 1), 1)]
    assert drive.done("招商信息", "甲镇", day(7, 31)) == 5
    assert drive.done("招商信息", "甲镇", day(8, 1)) == 4


def test_entries_refuse_to_be_changed_or_removed(drive):
    post({key(drive, day(7, 1)): Decimal(5)})
    entry = Entry.objects.get()
    entry.amount = Decimal(6)
    with pytest.raises(AppendOnly):
        entry.save()
    with pytest.raises(AppendOnly):
        entry.delete()
    with pytest.raises(AppendOnly):
        Entry.objects.update(amount=6)
    with pytest.raises(AppendOnly):
        Entry.objects.all().delete()
    with pytest.raises(AppendOnly):
        Entry.objects.bulk_update([entry], ["amount"])
    assert rows() == [(5, day(7, 1), day(7, 1), 1)]


def test_the_database_refuses_a_second_reversal_and_an_early_posting(drive):
    post({key(drive, day(7, 1)): Decimal(5)})
    entry = Entry.objects.get()
    same = {
        "indicator": entry.indicator, "unit": entry.unit, "basis": "reported", "fact_on": day(7, 2),
        "source_kind": KIND, "source_id": 1,
    }  # fmt: skip
    Entry.objects.create(**same, amount=-5, on=day(7, 2), sign=-1, reverses=entry)
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.create(**same, amount=-5, on=day(7, 2), sign=-1, reverses=entry)
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.create(**same, amount=5, on=day(7, 1), sign=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.create(**same, amount=5, on=day(7, 2), sign=-1)


# --- readings and increments in any order -------------------------------------------------------

DAYS = [day(7, number) for number in range(1, 7)]
AMOUNTS = st.decimals(0, 99, places=2)
FACTS = st.lists(
    st.tuples(st.sampled_from(DAYS), st.booleans(), AMOUNTS),
    max_size=9,
    unique_by=lambda fact: (fact[0], fact[1]),
)


def by_hand(facts, as_of):
    """Add up from the sources: the latest reading, and the increments of later days; None without any."""
    known = [fact for fact in facts if fact[0] <= as_of]
    readings = [fact for fact in known if fact[1]]
    last = max(readings, default=None, key=lambda fact: fact[0])
    later = [amount for on, is_reading, amount in known if not is_reading and (not last or on > last[0])]
    return sum(later, last[2] if last else Decimal(0)) if known else None


def enter(drive, facts):
    """Write facts in their order, past the checks that keep a person from contradicting a reading."""
    for on, is_reading, amount in facts:
        if is_reading:
            drive.read("招商信息", on, 甲镇=amount)
        else:
            tally = Tally.objects.create(
                campaign=drive.campaign, indicator=drive.indicators["招商信息"], unit=drive.units["甲镇"], on=on,
                amount=amount, recorded_by=User.objects.system(), recognition="full",
                recognised_amount=amount, recognised_on=on,
            )  # fmt: skip
            with transaction.atomic():
                actions.figures._post({(tally.indicator_id, tally.unit_id)})


@given(facts=FACTS.flatmap(st.permutations))
def test_every_day_keeps_its_figure_in_any_order_of_arrival(facts):
    with undone():
        drive = make_drive()
        enter(drive, facts)
        for as_of in DAYS:
            for basis in Basis.values:
                assert drive.done("招商信息", "甲镇", as_of, basis) == by_hand(facts, as_of)
                live = Entry.objects.filter(basis=basis, on__lte=as_of)
                assert sum(live.values_list("sign", flat=True)) == sum(on <= as_of for on, _, _ in facts)


@given(data=st.data())
def test_what_is_recognised_late_counts_from_its_day_as_added_up_by_hand(data):
    facts = data.draw(FACTS)
    delays = data.draw(st.lists(st.integers(0, 5), min_size=len(facts), max_size=len(facts)))
    order = data.draw(st.permutations(range(len(facts))))
    with undone():
        drive = make_drive()
        verifier = make_user("ren", Role.VERIFIER, drive.organiser)
        settled = defaultdict(list)
        tallies = {}
        for i, (on, is_reading, amount) in enumerate(facts):
            tallies[i] = Tally.objects.create(
                campaign=drive.campaign, indicator=drive.indicators["招商信息"], unit=drive.units["甲镇"], on=on,
                amount=amount, is_reading=is_reading, recorded_by=User.objects.system(),
            )  # fmt: skip
        for i in order:
            on = day(7, facts[i][0].day + delays[i])
            actions.recognise_tally(tally=tallies[i], verdict="full", on=on, by=verifier)
            settled[on].append(facts[i])
        for number in range(1, 13):
            as_of = day(7, number)
            known = [fact for on, held in settled.items() if on <= as_of for fact in held]
            assert drive.done("招商信息", "甲镇", as_of, "recognised") == by_hand(known, day(9, 30))


def test_a_reading_counts_from_its_own_campaign(drive):
    drive.add("招商信息", "甲镇", day(7, 5), 4)
    later = make_drive("十月活动", starts=day(10), ends=day(10, 31))
    later.read("招商信息", day(10, 9), 甲镇=3)
    assert later.done("招商信息", "甲镇", day(10, 9)) == 3
    assert drive.done("招商信息", "甲镇", day(9, 30)) == 4


def test_readings_of_overlapping_campaigns_are_refused_naming_the_first(drive):
    drive.read("招商信息", day(7, 5), 甲镇=4)
    year = make_drive("全年", starts=day(1), ends=day(12, 31))
    with pytest.raises(Exception, match="百日会战"):
        year.read("招商信息", day(7, 6), 甲镇=9)
    year.read("招商信息", day(7, 6), 乙镇=9)
    assert Tally.objects.count() == 2


def test_a_level_is_its_newest_reading_even_where_that_began_before_the_campaign():
    kinds = {"增速": {"kind": "level"}}
    year = make_drive("全年", indicators={"增速": "%"}, kinds=kinds, starts=day(1), ends=day(12, 31))
    summer = make_drive("夏季", indicators={"增速": "%"})
    year.read("增速", day(3, 31), 甲镇="5", 乙镇="6")
    year.read("增速", day(8, 31), 甲镇="-2.5")
    assert year.done("增速", "甲镇", day(8, 30)) == 5
    assert summer.done("增速", "甲镇", day(8, 30)) is None
    assert summer.done("增速", "甲镇", day(8, 31)) == Decimal("-2.5")
    assert summer.done("增速", "乙镇", day(9, 30)) is None
    assert year.done("增速", "示范区", day(8, 31)) is None


def test_an_entry_once_split_adds_up_to_the_whole():
    parts = split(Decimal("9.29"), [Decimal(1), Decimal(1), Decimal(1)])
    assert sum(map(Fraction, parts)) == Fraction("9.29")
