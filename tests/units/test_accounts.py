"""Accounts: made, switched off and on, given a new password, and what a password has to be."""

from io import StringIO

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.urls import reverse

from tests.factories import PASSWORD, make_unit, make_user
from units import actions
from units.models import AuditEntry, Member, Role, Unit, User

pytestmark = pytest.mark.django_db
NEW = "Qing-shan-88?"


@pytest.fixture
def boss(client):
    user = make_user("boss", Role.SYSTEM_ADMIN)
    client.force_login(user)
    return user


def test_new_account_has_no_role_and_must_change_its_password(client, boss):
    sent = {"username": "Ｌｉ", "name": "李科员", "password": NEW, "nonce": "n1"}
    response = client.post("/accounts/new/", sent)
    assert response.url == "/accounts/"
    user = User.objects.get(username="li")
    assert (user.name, user.must_change_password, user.is_active, user.roles) == (
        "李科员",
        True,
        True,
        frozenset(),
    )
    row = AuditEntry.objects.get(action="user.created", object_id=user.pk)
    assert row.by == boss
    assert ("姓名或职务", "", "李科员") in row.lines
    assert NEW not in row.changes


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"username": "BOSS"}, "已存在一位使用该名字的用户"),
        ({"username": "a b"}, "合法的用户名"),
        ({"username": ""}, "必填"),
        ({"name": ""}, "必填"),
        ({"username": "ＳＹＳＴＥＭ"}, "留给系统"),
        ({"name": "长" * 51}, "50"),
        ({"password": "Admin@12345"}, "过于常见"),
        ({"username": "\x00"}, "空字符"),
    ],
)
def test_bad_account_is_refused_with_the_reason_beside_it(client, boss, changed, problem):
    before = (User.objects.count(), AuditEntry.objects.count())
    sent = {"username": "li", "name": "李科员", "password": NEW} | changed
    response = client.post("/accounts/new/", sent)
    assert response.status_code == 200
    assert problem in str(response.context["form"].errors)
    assert (User.objects.count(), AuditEntry.objects.count()) == before


def test_switching_off_asks_a_reason_and_leaves_one_row(client, boss):
    user = make_user("li")
    url = reverse("units:user_disable", args=[user.pk])
    assert "必填" in str(client.post(url, {"reason": ""}).context["form"].errors)
    user.refresh_from_db()
    assert user.is_active
    assert client.post(url, {"reason": "调离"}).url == "/accounts/"
    user.refresh_from_db()
    assert not user.is_active
    row = AuditEntry.objects.get(action="user.disabled")
    assert (row.by, row.reason, row.lines) == (boss, "调离", [("有效", "是", "否")])
    assert "已经停用" in str(client.post(url, {"reason": "再次"}).context["form"].errors)
    client.post(reverse("units:user_enable", args=[user.pk]), {"reason": "回来"})
    user.refresh_from_db()
    assert user.is_active
    assert AuditEntry.objects.filter(object_id=user.pk, model="units.user").count() == 3


def test_nobody_switches_off_or_resets_the_own_account(client, boss):
    for name, sent in (("user_disable", {"reason": "x"}), ("user_reset", {"password": NEW})):
        response = client.post(reverse(f"units:{name}", args=[boss.pk]), sent)
        assert "自己" in str(response.context["form"].errors)
    boss.refresh_from_db()
    assert boss.is_active
    assert boss.check_password(PASSWORD)


def test_reset_ends_the_sessions_and_forces_a_change(client, boss):
    user = make_user("li", Role.AUDIT_ADMIN)
    theirs = type(client)()
    theirs.force_login(user)
    assert client.post(reverse("units:user_reset", args=[user.pk]), {"password": NEW}).url == "/accounts/"
    assert theirs.get("/audit/").url.startswith("/sign-in/")
    user.refresh_from_db()
    assert (user.check_password(NEW), user.must_change_password) == (True, True)
    row = AuditEntry.objects.get(action="user.password_reset")
    assert (row.by, row.lines) == (boss, [])


def test_system_user_is_neither_listed_nor_touched(client, boss):
    system = User.objects.system()
    assert "系统</td>" not in client.get("/accounts/").content.decode()
    for name in ("user_enable", "user_reset", "user_disable"):
        assert client.get(reverse(f"units:{name}", args=[system.pk])).status_code == 404


def test_list_filters_by_name_role_and_state(client, boss):
    unit = Unit.objects.get()
    clerk = make_user("li", Role.CLERK, unit, name="李科员")
    gone = make_user("wang", name="王科员")
    actions.set_user_active(user=gone, active=False, reason="调离", by=boss)
    for query, expected in (
        ("q=李", [clerk]),
        ("q=WANG", [gone]),
        ("role=clerk", [clerk]),
        ("active=no", [gone]),
        ("active=yes", [boss, clerk]),
    ):
        assert list(client.get(f"/accounts/?{query}").context["table"].data.data) == expected, query


@pytest.mark.parametrize("password", ["Lan-tian-2026!", "Qing-shan-88?", "蓝天Abc-2026x", "correct Horse 9 battery"])
def test_good_password_is_taken(password):
    validate_password(password, User(username="li", name="李科员"))


@pytest.mark.parametrize(
    "password",
    [
        "Ab1!xyz",  # short
        "lantianbaiyun",
        "lantian20268899",
        "LANTIAN20268899",  # too few classes
        "Admin@12345",
        "Zsj@2026...",
        "Zsj@20262026",
        "ZSJ@zsj@2026",
        "P@ssw0rd2026!",
        "Passw0rd@123",
        "1qaz@WSX3edc",
        "Qwer1234!@#$",
        "Abcd@1234567",
        "Zhaoshang#2026",
        "Welcome2026!!",  # what offices use
        "Liming-2026!x",
        "X9!李明明2026ab",  # own names
    ],
)
def test_weak_password_is_refused(password):
    with pytest.raises(ValidationError):
        validate_password(password, User(username="liming", name="李明明"))


def test_password_may_not_hold_the_name_of_the_own_unit():
    user = make_user("li", Role.CLERK, make_unit("开发区"))
    with pytest.raises(ValidationError, match="单位名称"):
        validate_password("Ab9!开发区-2026x", User.objects.get(pk=user.pk))


def test_first_account_makes_an_administrator_who_must_change_the_printed_password(capsys):
    call_command("first_account", "Admin", "系统管理员", role="system_admin", unit="示范区")
    password = capsys.readouterr().out.partition("一次性密码：")[2].split()[0]
    user = User.objects.get(username="admin")
    assert (user.check_password(password), user.must_change_password, user.roles) == (
        True,
        True,
        frozenset({Role.SYSTEM_ADMIN}),
    )
    assert (Unit.objects.get().name, Unit.objects.get().kind) == ("示范区", "district")
    rows = AuditEntry.objects.order_by("pk")
    assert [row.action for row in rows] == ["user.created", "unit.created", "role.granted"]
    assert {row.by for row in rows} == {User.objects.system()}


def test_first_account_is_the_first_of_its_kind_only():
    call_command("first_account", "a1", "系统管理员", role="system_admin", unit="示范区", stdout=StringIO())
    call_command("first_account", "a2", "安全管理员", role="security_admin", stdout=StringIO())
    with pytest.raises(CommandError, match="已有系统管理员"):
        call_command("first_account", "a3", "又一个", role="system_admin")
    assert User.objects.filter(username="a3").count() == 0
    assert Member.objects.count() == 2


@pytest.mark.parametrize(
    ("username", "unit", "problem"),
    [("a1", "", "还没有单位"), ("a b", "示范区", "用户名"), ("", "示范区", "不能为空|必填|空")],
)
def test_first_account_that_cannot_be_made_leaves_nothing(username, unit, problem):
    with pytest.raises(CommandError, match=problem):
        call_command("first_account", username, "管理员", role="audit_admin", unit=unit)
    assert (Unit.objects.count(), Member.objects.count(), AuditEntry.objects.count()) == (0, 0, 0)
