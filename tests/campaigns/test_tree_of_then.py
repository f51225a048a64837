"""Units that are renamed, moved, merged and split: past campaigns keep their tree and names (I16)."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from campaigns.models import Campaign
from campaigns.standings import OFF_ROSTER, standings
from tests.campaigns.factories import count, make_campaign, make_indicator, report, seat
from tests.factories import make_unit, make_user
from units import actions
from units.models import AuditEntry, Role, Unit, UnitChange, User

pytestmark = pytest.mark.django_db
CHANGED = date(2026, 10, 15)  # after the campaign that ends in September


@pytest.fixture
def top():
    return make_unit("示范区")


@pytest.fixture
def towns(top):
    """Return 甲镇 with 甲村 below it, and 乙镇."""
    first, second = (make_unit(name, Unit.Kind.TOWNSHIP, top) for name in ("甲镇", "乙镇"))
    return first, second, make_unit("甲村", Unit.Kind.TEAM, first)


@pytest.fixture
def past(top, towns):
    """Return a campaign that ended, with figures of each town and of the village."""
    return filled(top, towns, "百日会战", date(2026, 7, 1), date(2026, 9, 30))


def filled(top, towns, name, first, last):
    """Return a campaign in which each unit reported, the village on its town's line."""
    campaign = make_campaign(top, name=name, starts_on=first, ends_on=last)
    seat(campaign, *towns[:2])
    indicator = make_indicator() if name == "百日会战" else campaign_indicator()
    (campaign.line,) = count(campaign, indicator)
    report(campaign, campaign.line, {towns[0]: 1, towns[1]: 10, towns[2]: 100}, on=last)
    return campaign


def campaign_indicator():
    """Return the indicator of the first campaign."""
    return Campaign.objects.get(name="百日会战").lines.get().indicator


def shown(campaign):
    """Return {name on the line: figure} at the end of a campaign."""
    state = standings(Campaign.objects.select_related("organiser").get(pk=campaign.pk), campaign.ends_on)
    return {line.unit: line.done for line in state.of_column(campaign.line.pk)}


def change(action, unit, **facts):
    """Change the tree as the system user."""
    return action(unit=unit, on=CHANGED, by=User.objects.system(), **facts)


def test_renamed_unit_keeps_its_old_name_in_what_ended_before(top, towns, past):
    change(actions.rename_unit, towns[0], name="新甲镇", document="民发〔2026〕1 号")
    running = filled(top, towns, "四季度", date(2026, 10, 1), date(2026, 12, 31))
    assert shown(past) == {"甲镇": 101, "乙镇": 10}
    assert shown(running) == {"新甲镇": 101, "乙镇": 10}


def test_name_of_then_is_that_of_the_first_change_after(towns, past):
    change(actions.rename_unit, towns[0], name="第二名")
    change(actions.rename_unit, towns[0], name="第三名")
    assert shown(past) == {"甲镇": 101, "乙镇": 10}


def test_moved_unit_counts_where_it_stood_when_the_campaign_ended(top, towns, past):
    change(actions.move_unit, towns[2], under=towns[1])
    running = filled(top, towns, "四季度", date(2026, 10, 1), date(2026, 12, 31))
    assert shown(past) == {"甲镇": 101, "乙镇": 10}
    assert shown(running) == {"甲镇": 1, "乙镇": 110}


def test_merged_unit_stands_below_the_other_and_later_counts_there(top, towns, past):
    change(actions.move_unit, towns[0], under=towns[1], ends=True)
    for unit in towns:
        unit.refresh_from_db()
    assert towns[0].path == f"/{top.pk}/{towns[1].pk}/{towns[0].pk}/"
    assert towns[2].path == f"{towns[0].path}{towns[2].pk}/"
    assert (towns[0].ended_on, towns[2].ended_on) == (CHANGED, None)
    later = make_campaign(top, name="四季度", starts_on=date(2026, 10, 1), ends_on=date(2026, 12, 31))
    seat(later, towns[1])
    (later.line,) = count(later, campaign_indicator())
    report(later, later.line, {towns[1]: 10, towns[2]: 100}, on=date(2026, 11, 1))
    assert shown(past) == {"甲镇": 101, "乙镇": 10}
    assert shown(later) == {"乙镇": 110}


def test_unit_that_moved_onto_a_line_was_off_the_roster_before(top, towns, past):
    stray = make_unit("外协办", Unit.Kind.DEPARTMENT, top)
    change(actions.move_unit, stray, under=towns[1])
    state = standings(Campaign.objects.select_related("organiser").get(pk=past.pk), past.ends_on)
    assert state.owner[stray.pk] == OFF_ROSTER


def test_split_unit_is_new_beside_the_old_one(towns, past):
    fresh = change(actions.split_unit, towns[0], name="丙镇", kind=Unit.Kind.TOWNSHIP)
    assert fresh.parent_id == towns[0].parent_id
    assert UnitChange.objects.get().other == fresh
    assert shown(past) == {"甲镇": 101, "乙镇": 10}


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"under": "甲镇"}, "不能并入自己"),
        ({"under": "甲村"}, "不能并入自己"),
        ({"under": "示范区"}, "现在就是它的上级单位"),
        ({"under": "邻区"}, "同一个组织树"),
    ],
)
def test_tree_stays_a_tree(top, towns, facts, told):
    make_unit("邻区")
    with pytest.raises(ValidationError, match=told):
        change(actions.move_unit, towns[0], under=Unit.objects.get(name=facts["under"]))


def test_changes_come_in_the_order_of_their_days(towns):
    change(actions.rename_unit, towns[0], name="新甲镇")
    with pytest.raises(ValidationError, match="不能早于上一次变更"):
        actions.rename_unit(unit=towns[0], name="再改", on=date(2026, 1, 1), by=User.objects.system())
    with pytest.raises(ValidationError, match="不能晚于今天"):
        actions.rename_unit(
            unit=towns[0], name="再改", on=date(2027, 1, 1), today=date(2026, 12, 1), by=User.objects.system()
        )
    change(actions.move_unit, towns[0], under=towns[1], ends=True)
    with pytest.raises(ValidationError, match="已经撤并"):
        change(actions.rename_unit, towns[0], name="再改")


def test_pages_of_the_tree_are_the_system_administrators(client, top, towns):
    client.force_login(make_user("root", Role.SYSTEM_ADMIN, top))
    text = client.get("/units/").content.decode()
    assert f"/units/{towns[0].pk}/rename/" in text
    assert f"/units/{top.pk}/merge/" not in text
    for page in ("rename", "move", "merge", "split"):
        assert client.get(f"/units/{towns[0].pk}/{page}/").status_code == 200
    sent = {"name": "新甲镇", "on": "2026-01-01", "document": "民发 1 号", "nonce": "u"}
    assert client.post(f"/units/{towns[0].pk}/rename/", sent).url == "/units/"
    assert AuditEntry.objects.get(action="unit.renamed").reason == "自 2026-01-01 起，民发 1 号"
    sent = {"under": towns[1].pk, "on": "2026-01-01", "document": "", "nonce": "v"}
    assert client.post(f"/units/{towns[0].pk}/merge/", sent).status_code == 302
    assert "2026-01-01" in client.get("/units/").content.decode()
    client.force_login(make_user("editor", Role.EDITOR, top))
    assert "rename" not in client.get("/units/").content.decode()
    assert client.get(f"/units/{towns[1].pk}/rename/").status_code == 403
