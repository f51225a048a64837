"""Every write of the units room."""

from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from units import audit
from units.models import Member, Role, Unit, User, fold


@transaction.atomic
def create_unit(*, name: str, kind: str, parent: Unit | None = None, by: User) -> Unit:
    """Add a unit to the tree."""
    unit = Unit(name=name.strip(), kind=kind, parent=parent, path=f"new-{name[:200]}")
    unit.full_clean(exclude=["path"])
    unit.save()
    unit.path = f"{parent.path if parent else '/'}{unit.pk}/"
    unit.save(update_fields=["path"])
    audit.record(by, "unit.created", unit, before={})
    return unit


@transaction.atomic
def create_user(*, username: str, name: str, password: str, by: User | None, must_change: bool = True) -> User:
    """Make an account; the first sign-in asks for a password of one's own unless must_change is off."""
    user = User(username=fold(username), name=name.strip(), must_change_password=must_change)
    user.set_unusable_password()
    user.full_clean()
    validate_password(password, user)
    user.set_password(password)
    user.save()
    audit.record(by, "user.created", user, before={})
    return user


@transaction.atomic
def change_password(*, user: User, password: str, by: User, must_change: bool = False) -> None:
    """Set a password; an administrator's reset forces a change at the next sign-in."""
    user = User.objects.select_for_update().get(pk=user.pk)
    validate_password(password, user)
    user.set_password(password)
    user.must_change_password = must_change
    user.save(update_fields=["password", "must_change_password"])
    audit.record(by, "user.password_changed", user, changes={})


@transaction.atomic
def set_user_active(*, user: User, active: bool, reason: str, by: User) -> None:
    """Switch an account on or off; switching off ends its sessions on the server."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.pk == by.pk:
        raise ValidationError(_("不能停用或启用自己的账号，请由另一位系统管理员操作"))
    before = audit.snapshot(user)
    user.is_active = active
    user.save(update_fields=["is_active"])
    if not active:
        end_sessions(user)
    audit.record(by, "user.enabled" if active else "user.disabled", user, before=before, reason=reason)


def end_sessions(user):
    """Delete all sessions of a user, so that the next request has to sign in."""
    keys = [
        session.session_key
        for session in Session.objects.iterator()
        if session.get_decoded().get("_auth_user_id") == str(user.pk)
    ]
    Session.objects.filter(session_key__in=keys).delete()


@transaction.atomic
def grant_role(*, user: User, unit: Unit, role: str, by: User) -> Member:
    """Give a user a role in a unit; the three administrators are never one person and see no business data."""
    user = User.objects.select_for_update().get(pk=user.pk)
    held = set(user.members.values_list("role", flat=True))
    administrators = {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN}
    if role in administrators and held - {role}:
        raise ValidationError(_("管理员角色不能与其他角色由同一人担任：请另建账号"))
    if role not in administrators and held & administrators:
        raise ValidationError(_("该用户是管理员，不能再承担业务角色：请另建账号"))
    if user.pk == by.pk:
        raise ValidationError(_("不能给自己授予角色，请由另一位安全管理员操作"))
    member = Member(user=user, unit=unit, role=role)
    member.full_clean()
    member.save()
    audit.record(by, "role.granted", member, before={})
    return member


@transaction.atomic
def revoke_role(*, member: Member, reason: str, by: User) -> None:
    """Take a role away from a user."""
    member = Member.objects.select_for_update().get(pk=member.pk)
    if member.user_id == by.pk:
        raise ValidationError(_("不能收回自己的角色，请由另一位安全管理员操作"))
    audit.record(by, "role.revoked", member, changes={str(_("角色")): [str(member), ""]}, reason=reason)
    member.delete()
