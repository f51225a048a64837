"""Two people at one project at once, on PostgreSQL: each lock is shown to matter by taking it off."""

from datetime import timedelta
from decimal import Decimal
from threading import Barrier, Event

from django.db.models import Sum

from campaigns import ledger
from campaigns.models import Entry, Indicator
from projects import actions
from projects.actions import milestones, rates, shares
from projects.models import Credit, ExchangeRate, Milestone, Project
from projects.reconciling import differences
from tests.campaigns.test_races import PATIENCE, errors, lock_off, meet, together
from tests.projects.factories import add_rule, make_desk, make_milestone, make_project
from units.models import User


def make_world():
    """Return a desk with a signed project, an indicator of its instalments and a first one of them."""
    desk = make_desk()
    desk.money = add_rule("到位资金额", "money", fact="milestone.funding", measure="amount")
    desk.project = make_project(desk)
    make_milestone(desk, desk.project, "contract", on=desk.today - timedelta(days=30), amount=Decimal(5000))
    make_milestone(desk, desk.project, "funding", on=desk.today - timedelta(days=5), amount=Decimal(1000))
    Indicator.objects.update(recounting=False)
    return desk


def share(desk, first, ago):
    """Share the project between two units since some days ago."""
    rows = [(desk.units[0], "introducing", Decimal(first)), (desk.units[1], "landing", Decimal(100 - first))]
    day = desk.today - timedelta(days=ago)
    return actions.set_shares(project=desk.project, shares=rows, from_on=day, document="纪要", by=desk.editor)


def found():
    """Return what does not agree, and what the present shares add up to."""
    total = Credit.objects.aggregate(total=Sum("share"))["total"]
    return [row.text for row in differences()], total


def share_twice(desk, monkeypatch):
    """Set two agreements at once, each having checked before the other has saved."""
    barrier, draft = Barrier(2), shares.draft_shares

    def slow(**facts):
        drafted = draft(**facts)
        meet(barrier)
        return drafted

    monkeypatch.setattr(shares, "draft_shares", slow)
    return together(lambda: share(desk, 60, 10), lambda: share(desk, 30, 10))


def test_two_agreements_at_once_are_one_after_the_other(postgres, monkeypatch):
    desk = make_world()
    outcomes = share_twice(desk, monkeypatch)
    assert errors(outcomes) == []
    assert found() == ([], Decimal(100))
    assert Credit.ever.filter(project=desk.project).count() == 3  # the second one corrected the first


def test_without_the_lock_two_agreements_do_collide(postgres, monkeypatch):
    desk = make_world()
    with lock_off(monkeypatch, Project.objects, "select_for_update", lambda **kwargs: Project.objects.all()):
        outcomes = share_twice(desk, monkeypatch)
    assert errors(outcomes) or found() != ([], Decimal(100))


def share_while_recording(desk, monkeypatch):
    """Set shares while an instalment is recorded, which has derived its entries but not posted them."""
    derived, shared, post = Event(), Event(), ledger.post_many

    def slow(model, wanted):
        if not derived.is_set():  # the instalment comes first; the shares post as well
            derived.set()
            shared.wait(PATIENCE)
        return post(model, wanted)

    monkeypatch.setattr(ledger, "post_many", slow)

    def record():
        return make_milestone(desk, desk.project, "funding", amount=Decimal(700))

    def set_them():
        derived.wait(10)
        share(desk, 60, 10)
        shared.set()

    return together(record, set_them)


def test_new_instalment_is_split_by_shares_set_meanwhile(postgres, monkeypatch):
    desk = make_world()
    assert errors(share_while_recording(desk, monkeypatch)) == []
    assert found() == ([], Decimal(100))
    held = Entry.objects.filter(indicator=desk.money, basis="reported").values_list("unit__name")
    sums = dict(held.annotate(total=Sum("amount")).order_by())
    assert sums == {"商务局": Decimal(1020), "工信局": Decimal(680)}


def test_without_the_lock_an_instalment_keeps_the_former_shares(postgres, monkeypatch):
    desk = make_world()
    monkeypatch.setattr(milestones, "settle_stage", lambda project: None)  # it writes the row, which locks it too
    with lock_off(monkeypatch, Project.objects, "select_for_update", lambda **kwargs: Project.objects.all()):
        assert errors(share_while_recording(desk, monkeypatch)) == []
    told, total = found()
    assert (bool(told), total) == (True, Decimal(100))


def convert_while_recording(monkeypatch):
    """Change a rate while a contract in dollars is recorded, which has read it but not saved itself."""
    desk = make_desk()
    by = User.objects.system()
    row = actions.create_rate(currency="USD", rate=Decimal(6), from_on=desk.today - timedelta(days=99), by=by)
    project = make_project(desk)
    read, changed, convert = Event(), Event(), rates.converted

    def slow(milestone):
        read.set()
        changed.wait(PATIENCE)
        return convert(milestone)

    monkeypatch.setattr(rates, "converted", slow)

    def record():
        return make_milestone(desk, project, "contract", amount=Decimal(100), currency="USD")

    def change():
        read.wait(10)
        monkeypatch.setattr(rates, "converted", convert)
        actions.change_rate(row=row, rate=Decimal(7), by=by)
        changed.set()

    assert errors(together(record, change)) == []
    return Milestone.objects.get().rate, ExchangeRate.objects.get().rate


def test_contract_follows_a_rate_changed_meanwhile(postgres, monkeypatch):
    assert convert_while_recording(monkeypatch) == (Decimal(7), Decimal(7))
    assert list(differences()) == []


def test_without_the_lock_a_contract_keeps_a_rate_that_is_gone(postgres, monkeypatch):
    with lock_off(monkeypatch, rates, "_hold", lambda ids: None):
        assert convert_while_recording(monkeypatch) == (Decimal(6), Decimal(7))
