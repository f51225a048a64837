"""The district's own published places: who writes and sees them, how a list is pasted, what is refused."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from campaigns import actions
from campaigns.models import DistrictPlace
from tests.campaigns.factories import make_indicator
from tests.factories import make_unit, make_user
from units.models import AuditEntry, Role, Unit

pytestmark = pytest.mark.django_db
YEAR = {"since": date(2026, 1, 1), "until": date(2026, 9, 30)}


@pytest.fixture
def district(db):
    """Return the district."""
    return make_unit("示范区")


@pytest.fixture
def editor(district, client):
    """Return the district's signed-in editor."""
    user = make_user("editor", Role.EDITOR, district)
    client.force_login(user)
    return user


def facts(**more):
    return {**YEAR, "indicator": None, "place": 3, "of_how_many": 9, "source": "全市通报第9期", **more}


def rows():
    values = ("indicator__name", "place", "of_how_many", "source")
    return list(DistrictPlace.objects.order_by("pk").values_list(*values))


def test_place_is_recorded_and_replaced_with_its_trail(client, district, editor):
    form = {"unit": district.pk, **YEAR, "indicator": "", "place": 3, "of_how_many": 9, "source": "全市通报第9期"}
    response = client.post("/published-places/new/", form, follow=True)
    assert "已登记" in response.content.decode()
    client.post("/published-places/new/", form | {"place": 2})
    assert rows() == [(None, 2, 9, "全市通报第9期")]
    newest, first = AuditEntry.objects.filter(action__startswith="published.")
    assert (newest.action, first.action) == ("published.changed", "published.created")
    assert ("位次", "3", "2") in newest.lines


def test_list_is_pasted_whole_or_not_at_all(client, district, editor):
    make_indicator("到位资金", "元")
    good = "2026-01-01 2026-09-30 综合 3/9 全市通报第9期\n\n2026-1-1至2026-6-30 到位资金 1 / 9 半年 通报"
    bad = good + "\n2026-01-01 2026-09-30 无此指标 1/9 通报"
    refused = client.post("/published-places/paste/", {"unit": district.pk, "rows": bad})
    assert refused.context["form"].errors["rows"] == ["第 4 行：没有名为“无此指标”的指标"]
    assert rows() == []
    client.post("/published-places/paste/", {"unit": district.pk, "rows": good})
    assert rows() == [(None, 3, 9, "全市通报第9期"), ("到位资金", 1, 9, "半年 通报")]


@pytest.mark.parametrize(
    "line",
    [
        "看不懂",
        "2026-01-01 2026-09-30 综合 10/9 通报",
        "2026-09-30 2026-01-01 综合 1/9 通报",
        "2026-02-30 2026-09-30 综合 1/9 通报",
        "0001-01-01 2026-09-30 综合 1/9 通报",
        "2026-01-01 2026-09-30 综合 0/9 通报",
        "2026-01-01 2026-09-30 综合 1/9 " + "长" * 201,
    ],
)
def test_line_that_cannot_be_meant_is_named(client, district, editor, line):
    response = client.post("/published-places/paste/", {"unit": district.pk, "rows": line})
    assert response.context["form"].errors["rows"][0].startswith("第 1 行")
    assert rows() == []


@pytest.mark.parametrize("wrong", [{"place": 10}, {"place": 0}, {"until": date(2025, 12, 31)}])
def test_what_cannot_be_is_refused(district, editor, wrong):
    with pytest.raises(ValidationError):
        actions.record_places(unit=district, rows=[facts(), facts(**wrong)], by=editor)
    assert rows() == []


def test_place_is_removed_with_its_trail(client, district, editor):
    (row,) = actions.record_places(unit=district, rows=[facts()], by=editor)
    assert "已移除" in client.post(f"/published-places/{row.pk}/remove/", follow=True).content.decode()
    assert rows() == []
    assert AuditEntry.objects.first().action == "published.removed"


def test_who_sees_and_who_writes(client, district, editor):
    town = make_unit("甲镇", Unit.Kind.TOWNSHIP, district)
    (row,) = actions.record_places(unit=district, rows=[facts()], by=editor)
    clerk = make_user("clerk", Role.CLERK, town)
    stranger = make_user("stranger", Role.EDITOR, make_unit("邻区"))
    client.force_login(clerk)
    text = client.get("/published-places/").content.decode()
    assert "全市通报第9期" in text
    assert "移除" not in text
    client.force_login(stranger)
    assert "全市通报第9期" not in client.get("/published-places/").content.decode()
    assert client.get(f"/published-places/{row.pk}/remove/").status_code == 404
    with pytest.raises(PermissionDenied):
        actions.record_places(unit=district, rows=[facts(place=1)], by=stranger)
    with pytest.raises(PermissionDenied):
        actions.remove_place(row=row, by=clerk)


def test_list_costs_the_same_at_any_length(client, district, editor, django_assert_num_queries):
    client.get("/published-places/")
    for count in (1, 20):
        many = [facts(since=date(2020, 1, n)) for n in range(1, count + 1)]
        actions.record_places(unit=district, rows=many, by=editor)
        with django_assert_num_queries(8):
            client.get("/published-places/")
