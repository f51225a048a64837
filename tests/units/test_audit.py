"""The trail: what a row says, and how it is found again."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tests.factories import make_unit, make_user
from units import actions, audit
from units.models import AuditEntry, Role, Unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client):
    user = make_user("reader", Role.AUDIT_ADMIN)
    client.force_login(user)
    return user


def listed(client, query=""):
    """Return the rows that the list shows."""
    return list(client.get(f"/audit/?{query}").context["table"].data.data)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("", ""),
        (Decimal("9.290000"), "9.29"),
        (Decimal("1E+3"), "1000"),
        (Decimal("0.000"), "0"),
        (True, "是"),
        (False, "否"),
        (date(2026, 9, 30), "2026-09-30"),
        (0, "0"),
    ],
)
def test_values_are_kept_as_readable_text(value, text):
    assert audit.text_of(value) == text


def test_difference_names_only_what_changed():
    before = {"name": ("名称", "甲"), "kind": ("类别", "园区")}
    after = {"name": ("名称", "乙"), "kind": ("类别", "园区"), "note": ("备注", "新")}
    assert audit.difference(before, after) == {"名称": ["甲", "乙"], "备注": ["", "新"]}


def test_history_of_a_record_is_its_own_newest_first():
    user = make_user("li", name="李科员")
    boss = make_user("boss", Role.SYSTEM_ADMIN, name="系统管理员")
    actions.set_user_active(user=user, active=False, reason="调离", by=boss)
    rows = audit.history(user)
    assert [(row.who, row.what, row.reason) for row in rows] == [
        ("系统管理员", "停用", "调离"),
        ("系统", "登记", ""),
    ]
    assert rows[0].changes == rows[0].lines == [("有效", "是", "否")]


def test_list_filters_by_person_action_kind_days_and_text(client, reader):
    unit = make_unit("经开区", Unit.Kind.PARK)
    boss = make_user("boss", Role.SYSTEM_ADMIN, name="系统管理员")
    user = make_user("li", name="李科员")
    actions.set_user_active(user=user, active=False, reason="调离原岗", by=boss)
    off = AuditEntry.objects.get(action="user.disabled")
    made = AuditEntry.objects.get(action="unit.created", object_id=unit.pk)
    AuditEntry.objects.filter(pk=made.pk).update(at=datetime(2026, 8, 31, 16, 30, tzinfo=UTC))  # 1 September here
    for query, expected in (
        ("who=系统管理员", [off]),
        ("who=BOSS", [off]),
        ("action=disabled", [off]),
        ("action=created&model=units.unit&q=经开", [made]),
        ("q=原岗", [off]),
        ("since=2026-09-01&until=2026-09-01", [made]),
        ("until=2026-08-31", []),
        ("q=没有的", []),
    ):
        assert listed(client, query) == expected, query
    assert "没有符合筛选条件" in client.get("/audit/?q=没有的").content.decode()


@pytest.mark.parametrize(
    "query", ["since=x&until=2026-13-45", "action=%00", "model=auth.user", "page=x", "sort=nonsense"]
)
def test_nonsense_in_the_filter_is_no_failure(client, reader, query):
    assert client.get(f"/audit/?{query}").status_code == 200


def test_row_opens_to_before_and_after_in_words(client, reader):
    boss = make_user("boss", Role.SYSTEM_ADMIN)
    actions.set_user_active(user=make_user("li"), active=False, reason="<b>调离</b>", by=boss)
    page = client.get("/audit/?action=disabled").content.decode()
    for text in (
        "停用",
        "用户",
        "有效：<del>是</del> → <ins>否</ins>",
        "&lt;b&gt;调离&lt;/b&gt;",
    ):
        assert text in page
    assert "user.disabled" not in page


def test_refusal_is_one_row_that_names_the_page(client):
    user = make_user("li", Role.CLERK)
    client.force_login(user)
    client.get("/audit/")
    row = AuditEntry.objects.first()
    assert (row.action, row.by, row.reason, row.lines) == (
        "page.refused",
        user,
        "GET units:audit_list /audit/",
        [],
    )


def test_trail_is_seen_by_the_audit_administrator_alone(reader):
    assert AuditEntry.objects.visible_to(reader).exists()
    for role in set(Role) - {Role.AUDIT_ADMIN}:
        assert not AuditEntry.objects.visible_to(make_user(role.value, role)).exists()
