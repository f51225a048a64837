"""Rounds within a year (R3): a campaign belongs to a year's campaign, shown on both, listed together."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from campaigns import actions
from campaigns.models import Campaign
from tests.campaigns.factories import make_campaign
from tests.factories import make_unit, make_user
from units.models import Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def top():
    return make_unit("示范区")


@pytest.fixture
def year(top):
    return make_campaign(top, "年度目标", date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture
def editor(client, top):
    user = make_user("editor", Role.EDITOR, top)
    client.force_login(user)
    return user


def belong(campaign, year):
    return actions.change_campaign(campaign=campaign, year=year, by=User.objects.system())


def test_rounds_are_listed_below_their_year(client, top, year, editor):
    first = make_campaign(top, "第一轮", date(2026, 3, 1), date(2026, 4, 30), year=year)
    make_campaign(top, "别的战役", date(2026, 5, 1), date(2026, 5, 31))
    second = make_campaign(top, "第二轮", date(2026, 10, 1), date(2026, 11, 30), year=year)
    response = client.get("/campaigns/")
    assert [row.record.name for row in response.context["table"].rows] == ["别的战役", "年度目标", "第二轮", "第一轮"]
    assert "属于 年度目标" in response.content.decode()
    for campaign in (year, first, second):
        rounds = client.get(f"/campaigns/{campaign.pk}/").context["rounds"]
        assert [row.name for row in rounds] == ["年度目标", "第一轮", "第二轮"]


def test_campaign_without_rounds_says_nothing(client, year, editor):
    assert client.get(f"/campaigns/{year.pk}/").context["rounds"] == []


def test_editor_chooses_the_year_in_the_basics(client, top, year, editor):
    first = make_campaign(top, "第一轮", date(2026, 3, 1), date(2026, 4, 30))
    page = f"/campaigns/{first.pk}/change/"
    form = client.get(page).context["form"]
    assert [row.name for row in form.fields["year"].queryset] == ["年度目标"]
    body = {name: form[name].value() or "" for name in form.fields} | {"year": year.pk, "nonce": "y"}
    assert client.post(page, body).url == f"/campaigns/{first.pk}/setup/"
    assert Campaign.objects.get(pk=first.pk).year == year
    assert "所属年度战役：年度目标" in client.get(f"/campaigns/{first.pk}/setup/").content.decode()


def test_rounds_have_no_rounds(top, year):
    first = make_campaign(top, "第一轮", date(2026, 3, 1), date(2026, 4, 30), year=year)
    other = make_campaign(top, "另一年", date(2025, 1, 1), date(2025, 12, 31))
    stranger = make_campaign(make_unit("外区"), "外区年度", date(2026, 1, 1), date(2026, 12, 31))
    for campaign, wanted, problem in (
        (other, first, "自己就是一轮"),
        (year, other, "本战役下面已有各轮"),
        (other, stranger, "同一个组织"),
        (other, other, "不能属于它自己"),
    ):
        with pytest.raises(ValidationError, match=problem):
            belong(campaign, wanted)
