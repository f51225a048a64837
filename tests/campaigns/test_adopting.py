"""A scheme started from a published rule set, and one that comes along with a copied campaign."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from campaigns import actions
from campaigns.models import Scheme, ScoreItem
from campaigns.published_rules import all_sets
from tests.campaigns.drives import day, make_drive
from tests.campaigns.nonsense import NONSENSE
from tests.factories import make_user
from units.models import Role, User

pytestmark = pytest.mark.django_db
AS_OF = day(8, 15)


@pytest.fixture
def drive():
    """Return a drive of two townships that owe money and starts."""
    drive = make_drive(indicators={"到位资金": "万元", "新开工项目": "个"})
    drive.owe("到位资金", 甲镇=5000, 乙镇=1000)
    drive.owe("新开工项目", 甲镇=4, 乙镇=2)
    drive.read("到位资金", day(8, 1), 甲镇=6000, 乙镇=500)
    drive.read("新开工项目", day(8, 1), 甲镇=3, 乙镇=2)
    return drive


@pytest.fixture
def editor(client, drive):
    """Sign an editor of the organiser in."""
    user = make_user("editor", Role.EDITOR, drive.organiser)
    client.force_login(user)
    return user


def by():
    """Return the user who writes."""
    return User.objects.system()


def adopt(drive, code, **chosen):
    """Return the draft that comes of a rule set; chosen is {kind_name: what stands for it}."""
    (rules,) = (rules for name, rules in all_sets().items() if name.startswith(code))
    stands = {key.replace("_", ":", 1): value for key, value in chosen.items()}
    return actions.adopt_rules(campaign=drive.campaign, rules=rules, name=rules.name, chosen=stands, by=by())


def test_rows_of_a_set_read_the_campaigns_own_indicators_and_items(drive):
    money, starts = drive.indicators["到位资金"], drive.indicators["新开工项目"]
    scheme = adopt(drive, "b06", figure_到位资金=money, figure_开工=starts, count_迟报="迟报", count_缺项="缺项")
    assert scheme.is_draft
    rows = scheme.rows.all()
    assert [(row.code, row.method, str(row.indicator or row.item or ""), row.within) for row in rows] == [
        ("1", "linear", "到位资金", ""), ("2", "linear", "新开工项目", ""), ("3", "fixed", "", ""),
        ("3.1", "per_count", "迟报", "3"), ("3.2", "per_count", "缺项", "3"), ("4", "band", "到位资金", ""),
    ]  # fmt: skip
    state = drive.standings(AS_OF, tried=scheme.pk)
    # 甲镇: 60 full, 3/4 of 20, 20, 20 points above a quota of 5000: × 0.3; 乙镇: 30, 20, 20
    assert {row.unit: row.score for row in state.scores.values()} == {"甲镇": 60 + 15 + 20 + 6, "乙镇": 70}


def test_rows_that_read_what_the_campaign_has_not_are_left_out(drive):
    scheme = adopt(drive, "b06", figure_到位资金=drive.indicators["到位资金"])
    assert [row.code for row in scheme.rows.all()] == ["1", "3", "4"]
    with pytest.raises(ValidationError, match="没有一条计分项对得上"):
        adopt(drive, "b08", count_缺月报="缺月报")
    assert Scheme.objects.count() == 1


def test_groups_conditions_and_grades_come_along(drive):
    money = drive.indicators["到位资金"]
    zones = adopt(drive, "b14", figure_到位外资=money, figure_产业投入=money, scope_综合型="乡镇")
    assert [(row.code, row.scope) for row in zones.rows.all()] == [("1", ["乡镇"]), ("2", []), ("3", [])]
    promoted = adopt(drive, "b16", figure_亿元项目=money, count_新增亿元项目="新增亿元项目")
    assert [(row.code, len(row.needs)) for row in promoted.rows.all()] == [("1", 0), ("2", 1), ("3", 1)]
    assert promoted.grades == [[at, name] for at, name in promoted.grades] != []
    assert drive.standings(AS_OF, tried=promoted.pk).results[drive.units["甲镇"].pk].grade


@pytest.mark.parametrize("code", sorted(all_sets()))
def test_every_set_becomes_a_draft_that_scores(drive, code):
    rules = all_sets()[code]
    money = drive.indicators["到位资金"]
    stands = {"figure": money, "tag": money.name, "scope": ""}
    chosen = {part.key: stands.get(part.kind, part.name) for part in rules.asks}
    scheme = actions.adopt_rules(campaign=drive.campaign, rules=rules, name=rules.name, chosen=chosen, by=by())
    assert [row.code for row in scheme.rows.all()] == [row["code"] for row in rules.rows]
    assert drive.standings(AS_OF, tried=scheme.pk).results


def test_editor_picks_a_set_and_gets_a_draft(client, drive, editor):
    base = f"/campaigns/{drive.campaign.pk}/schemes/sets/"
    assert len(client.get(base).context["sets"]) == 13
    page = client.get(f"{base}b06-quota-bands/")
    form = page.context["form"]
    offered = {part.name: form[name].initial for name, part in form.asks.items()}
    # the same name, the name most like it, and items that are not there yet
    money, starts = (str(drive.indicators[name].pk) for name in ("到位资金", "新开工项目"))
    assert offered == {"到位资金": money, "开工": starts, "迟报": "new", "缺项": "new"}
    sent = {name: form[name].initial for name in form.asks} | {"name": "区考核办法", "nonce": "n1"}
    done = client.post(f"{base}b06-quota-bands/", sent)
    scheme = Scheme.objects.get()
    assert (done.status_code, done.url) == (302, scheme.get_absolute_url())
    assert (scheme.name, scheme.rows.count(), ScoreItem.objects.count()) == ("区考核办法", 6, 2)


def test_set_that_does_not_exist_is_not_there(client, drive, editor):
    assert client.get(f"/campaigns/{drive.campaign.pk}/schemes/sets/none/").status_code == 404


@pytest.mark.parametrize("value", NONSENSE)
@pytest.mark.parametrize("field", ["name", "ask_0", "ask_2"])
def test_nonsense_in_what_stands_for_what_never_fails(client, drive, editor, field, value):
    sent = {"name": "办法", "nonce": "n1", "ask_0": str(drive.indicators["到位资金"].pk), field: value}
    assert client.post(f"/campaigns/{drive.campaign.pk}/schemes/sets/b06-quota-bands/", sent).status_code in (
        200,
        302,
    )


def test_rules_come_along_when_a_campaign_is_copied(drive):
    first = adopt(drive, "b06", figure_到位资金=drive.indicators["到位资金"])
    actions.change_scheme(
        scheme=first, by=by(), high=Decimal(120), excluded=[[drive.units["乙镇"].pk, "飞地"]], rank_rounded=True
    )
    actions.enforce_scheme(scheme=first, starts_on=day(7, 1), document="1号", by=by())
    actions.create_scheme(campaign=drive.campaign, name="未施行的草案", by=by())
    again = actions.copy_campaign(
        source=drive.campaign, name="下一期", starts_on=day(10, 1), with_targets=True, by=by()
    )
    (scheme,) = again.schemes.all()
    assert (scheme.name, scheme.number, scheme.is_draft, scheme.document) == (first.name, 1, True, "")
    assert (scheme.high, scheme.excluded, scheme.rank_rounded) == (120, [[drive.units["乙镇"].pk, "飞地"]], True)
    assert [(row.code, row.parameters) for row in scheme.rows.all()] == [
        (row.code, row.parameters) for row in first.rows.all()
    ]
