"""Loading the demo where not all of it is there yet."""

from datetime import date

import pytest

from campaigns.models import Campaign, Indicator
from projects.models import Project, Visit
from reports.demo import loading, people, tables
from reports.demo.facts import Facts
from tests.demo_runs import load, sizes
from tests.factories import make_unit

pytestmark = pytest.mark.django_db


def test_interrupted_load_is_completed_once(monkeypatch):
    monkeypatch.setattr(loading, "FOLDERS", ("contest",))
    monkeypatch.setattr(loading.bulletin, "title", people.top_name)  # without the other campaigns no bulletin
    whole = Facts.enter_visits

    def cut_off(facts):
        raise KeyboardInterrupt

    monkeypatch.setattr(Facts, "enter_visits", cut_off)
    with pytest.raises(KeyboardInterrupt):
        load(today=date(2026, 11, 2))
    assert (Campaign.objects.count(), Project.objects.count()) == (0, 0)
    assert not Indicator.objects.filter(recounting=True).exists()

    monkeypatch.setattr(Facts, "enter_visits", whole)
    load(today=date(2026, 11, 3), if_empty=True)
    assert Campaign.objects.get().starts_on == date(2026, 9, 23)
    before = sizes()
    load(today=date(2026, 11, 4))
    assert sizes() == before
    assert (Project.objects.count(), Visit.objects.count()) == (
        len(tables.rows("contest/projects")), len(tables.rows("contest/visits"))
    )  # fmt: skip


def test_if_empty_leaves_somebodys_own_data_alone():
    make_unit("自己的区")
    before = sizes()

    assert load(if_empty=True) == ""
    assert sizes() == before
    assert "尚未载入" in load(accounts=True)
