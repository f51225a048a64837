"""The tree of units: made, listed, and who sees which part of it."""

import pytest

from tests.factories import make_unit, make_user
from units.models import AuditEntry, Role, Unit, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(client):
    user = make_user("boss", Role.SYSTEM_ADMIN)
    client.force_login(user)
    return user


def test_new_unit_lies_under_its_parent(client, boss):
    top = Unit.objects.get()
    sent = {"name": " 经开区 ", "kind": "park", "parent": top.pk, "nonce": "n1"}
    assert client.post("/units/new/", sent).url == "/units/"
    park = Unit.objects.get(name="经开区")
    assert (park.parent, park.path, park.lineage) == (top, f"/{top.pk}/{park.pk}/", [top.pk, park.pk])
    row = AuditEntry.objects.first()
    assert (row.action, row.by) == ("unit.created", boss)
    assert row.lines == [("上级单位", "", "示范区"), ("名称", "", "经开区"), ("类别", "", "园区")]


def test_name_is_unique_under_a_parent(client, boss):
    top = Unit.objects.get()
    make_unit("经开区", Unit.Kind.PARK, top)
    before = AuditEntry.objects.count()
    for sent, problem in (
        ({"name": "经开区", "kind": "park", "parent": top.pk}, "上级单位下已有同名单位"),
        ({"name": "示范区", "kind": "district"}, "已有同名的顶层单位"),
    ):
        assert problem in str(client.post("/units/new/", sent).context["form"].errors)
    assert (Unit.objects.count(), AuditEntry.objects.count()) == (2, before)
    assert client.post("/units/new/", {"name": "经开区", "kind": "park"}).status_code == 302


@pytest.mark.parametrize(
    "sent",
    [{}, {"name": "x" * 101, "kind": "park"}, {"name": "x", "kind": "?"}, {"name": "x", "parent": "9"}],
)
def test_nonsense_makes_no_unit(client, boss, sent):
    assert client.post("/units/new/", sent).context["form"].errors
    assert Unit.objects.count() == 1


def test_unit_is_seen_from_above_not_from_beside_or_below(client):
    top = make_unit()
    park, town = make_unit("经开区", parent=top), make_unit("东镇", parent=top)
    office = make_unit("经开区招商局", parent=park)
    clerk = make_user("li", Role.CLERK, park)
    editor = make_user("wang", Role.EDITOR, top)
    assert list(Unit.objects.visible_to(clerk).order_by("pk")) == [park, office]
    assert list(Unit.objects.writable_by(clerk).order_by("pk")) == [park, office]
    assert set(Unit.objects.visible_to(editor)) == {top, park, town, office}
    assert list(Unit.objects.writable_by(editor)) == []
    assert (clerk.holds(Role.CLERK, office), clerk.holds(Role.CLERK, top)) == (True, False)


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN])
def test_administrators_hold_no_unit_for_business(role):
    assert list(Unit.objects.visible_to(make_user("boss", role))) == []


def test_editor_reads_the_list_of_the_own_units_and_makes_none(client):
    top = make_unit()
    other = make_unit("邻区")
    client.force_login(make_user("wang", Role.EDITOR, top))
    response = client.get("/units/")
    assert list(response.context["table"].data.data) == [top]
    assert other.name not in response.content.decode()
    assert "/units/new/" not in response.content.decode()
    assert client.post("/units/new/", {"name": "x", "kind": "park"}).status_code == 403


def test_list_filters_by_name_and_kind(client, boss):
    park = make_unit("经开区", Unit.Kind.PARK, Unit.objects.get())
    for query in ("q=经开", "kind=park"):
        assert list(client.get(f"/units/?{query}").context["table"].data.data) == [park]


def test_commands_write_as_one_system_user():
    assert User.objects.system() == User.objects.system()
    assert not User.objects.system().is_active
