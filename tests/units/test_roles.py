"""Roles: who may hold which, granted and taken back."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from tests.factories import make_unit, make_user
from units import actions
from units.models import AuditEntry, Member, Role, Unit, User

pytestmark = pytest.mark.django_db
ADMINISTRATORS = [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN]


@pytest.fixture
def guard(client):
    user = make_user("guard", Role.SECURITY_ADMIN)
    client.force_login(user)
    return user


def test_grant_gives_the_role_and_leaves_one_row(client, guard):
    user, unit = make_user("li", name="李科员"), Unit.objects.get()
    before = AuditEntry.objects.count()
    sent = {"user": user.pk, "unit": unit.pk, "role": "clerk", "nonce": "n1"}
    assert client.post("/roles/grant/", sent).url == "/roles/"
    assert [(row.user, row.unit, row.role) for row in user.members.all()] == [(user, unit, "clerk")]
    assert AuditEntry.objects.count() == before + 1
    row = AuditEntry.objects.first()
    assert (row.action, row.by) == ("role.granted", guard)
    assert row.lines == [("单位", "", "示范区"), ("用户", "", "李科员"), ("角色", "", "填报员")]


def test_same_role_twice_is_refused(client, guard):
    user = make_user("li", Role.CLERK)
    sent = {"user": user.pk, "unit": Unit.objects.get().pk, "role": "clerk"}
    assert "已有这一角色" in str(client.post("/roles/grant/", sent).context["form"].errors)
    assert user.members.count() == 1


@pytest.mark.parametrize("held", list(Role))
@pytest.mark.parametrize("wanted", list(Role))
def test_administrators_are_one_person_each_and_hold_nothing_else(held, wanted):
    user = make_user("li", held)
    place = make_unit("经开区", parent=Unit.objects.get())
    mixed = wanted != held and (held in ADMINISTRATORS or wanted in ADMINISTRATORS)
    if mixed:
        with pytest.raises(ValidationError, match="请另建账号"):
            actions.grant_role(user=user, unit=place, role=wanted, by=User.objects.system())
    else:
        actions.grant_role(user=user, unit=place, role=wanted, by=User.objects.system())
    assert user.members.count() == (1 if mixed else 2)


def test_nobody_grants_or_revokes_the_own_role(client, guard):
    unit = Unit.objects.get()
    park = make_unit("园区", parent=unit)
    sent = {"user": guard.pk, "unit": park.pk, "role": "security_admin"}
    assert "不能给自己授予" in str(client.post("/roles/grant/", sent).context["form"].errors)
    own = guard.members.get()
    response = client.post(reverse("units:member_revoke", args=[own.pk]), {"reason": "x"})
    assert "不能收回自己的" in str(response.context["form"].errors)
    assert list(guard.members.all()) == [own]


def test_revoke_asks_a_reason_works_at_once_and_leaves_one_row(client, guard):
    user = make_user("li", Role.AUDIT_ADMIN, name="李科员")
    theirs = type(client)()
    theirs.force_login(user)
    assert theirs.get("/audit/").status_code == 200
    url = reverse("units:member_revoke", args=[user.members.get().pk])
    assert "必填" in str(client.post(url, {"reason": " "}).context["form"].errors)
    assert client.post(url, {"reason": "轮岗"}).url == "/roles/"
    assert theirs.get("/audit/").status_code == 403
    row = AuditEntry.objects.get(action="role.revoked")
    assert (row.by, row.reason) == (guard, "轮岗")
    assert row.lines == [("单位", "示范区", ""), ("用户", "李科员", ""), ("角色", "审计管理员", "")]
    assert client.post(url, {"reason": "轮岗"}).status_code == 404


@pytest.mark.parametrize(
    "sent", [{}, {"user": "x", "unit": "y", "role": "z"}, {"user": "999", "unit": "-1", "role": "superuser"}]
)
def test_nonsense_grants_nothing(client, guard, sent):
    before = Member.objects.count()
    response = client.post("/roles/grant/", sent)
    assert response.status_code == 200
    assert set(response.context["form"].errors) == {"user", "unit", "role"}
    assert Member.objects.count() == before


def test_list_filters_by_person_unit_and_role(client, guard):
    unit = Unit.objects.get()
    clerk = make_user("li", Role.CLERK, make_unit("高新园", parent=unit), name="李科员").members.get()
    for query in ("q=李", "q=高新", "q=LI", "role=clerk"):
        assert list(client.get(f"/roles/?{query}").context["table"].data.data) == [clerk], query
