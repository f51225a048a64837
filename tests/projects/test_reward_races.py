"""Two people at one reward at once, on PostgreSQL: judged twice it is proposed once; each lock matters."""

from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier

from django.core.exceptions import ValidationError
from django.db import IntegrityError

from campaigns.models import Campaign
from projects import actions
from projects.actions import rewards
from projects.models import Reward
from projects.models.rewards import RewardQuerySet
from tests.campaigns.test_races import errors, lock_off, meet, together
from tests.projects.factories import make_contract, make_desk
from units.models import AuditEntry


def make_earning():
    """Return a desk whose one contract earns by one clause."""
    desk = make_desk()
    actions.write_reward_rule(
        campaign=desk.campaign, name="签约奖", fact="size", threshold=Decimal(100), formula="fixed", basis="reported",
        prize=Decimal(1), clause="办法第四条", from_on=date(2020, 1, 1), by=desk.editor,
    )  # fmt: skip
    make_contract(desk, on=desk.today - timedelta(days=1))
    return desk


def propose_twice(monkeypatch):
    """Judge at once from two places, each having looked before the other has written."""
    desk, barrier, trial = make_earning(), Barrier(2), rewards.try_rewards

    def slow(*args):
        found = trial(*args)
        meet(barrier)
        return found

    monkeypatch.setattr(rewards, "try_rewards", slow)
    facts = {"campaign": desk.campaign, "as_of": desk.today, "by": desk.editor}
    return together(lambda: actions.propose_rewards(**facts), lambda: actions.propose_rewards(**facts))


def test_reward_judged_twice_at_once_is_proposed_once(postgres, monkeypatch):
    assert errors(propose_twice(monkeypatch)) == []
    assert Reward.objects.count() == 1


def test_without_the_lock_only_the_database_keeps_the_second_out(postgres, monkeypatch):
    rows = type(Campaign.objects.all())
    with lock_off(monkeypatch, rows, "select_for_update", lambda rows, **kwargs: rows.all()):
        assert errors(propose_twice(monkeypatch)) == [IntegrityError]
    assert Reward.objects.count() == 1


def decide_twice(monkeypatch):
    """Approve and refuse a reward at once, each having looked before the other has written."""
    desk, barrier, desk_check = make_earning(), Barrier(2), rewards.require_desk
    actions.propose_rewards(campaign=desk.campaign, as_of=desk.today, by=desk.editor)

    def slow(*args):
        meet(barrier)
        return desk_check(*args)

    monkeypatch.setattr(rewards, "require_desk", slow)
    facts = {"reward": Reward.objects.get(), "on": desk.today}
    return together(
        lambda: actions.decide_reward(**facts, approved=True, document="示府函3号", by=desk.leader),
        lambda: actions.decide_reward(**facts, approved=False, reason="重复", by=desk.editor),
    )


def test_reward_decided_twice_at_once_is_decided_once(postgres, monkeypatch):
    assert errors(decide_twice(monkeypatch)) == [ValidationError]
    assert AuditEntry.objects.filter(model="projects.reward").count() == 2


def test_without_the_lock_a_reward_is_approved_and_refused(postgres, monkeypatch):
    with lock_off(monkeypatch, RewardQuerySet, "select_for_update", lambda rows, **kwargs: rows.all()):
        assert errors(decide_twice(monkeypatch)) == []
    assert AuditEntry.objects.filter(model="projects.reward").count() == 3
