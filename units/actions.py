"""Every write of the units room."""

from datetime import date, timedelta

from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from units import audit
from units.models import (
    BUSINESS_ROLES,
    ApiKey,
    ListChoice,
    Member,
    Role,
    SavedView,
    Unit,
    UnitChange,
    User,
    fold,
)
from units.tokens import hashed, new_token

KEY_DAYS = 366  # that a key of the read API may hold
KEYS_AT_ONCE = 10  # in use by one user
ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})


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
def rename_unit(*, unit: Unit, name: str, on: date, document: str = "", by: User, today: date | None = None) -> Unit:
    """Give a unit another name from a day on; what ended before keeps the old one."""
    unit, before = _changing(unit, on, today)
    _keep(unit, UnitChange.Kind.RENAME, on, document)
    unit.name = name.strip()
    if unit.name == before["name"][1]:
        raise ValidationError({"name": _("新名称与现名称相同")})
    unit.full_clean(exclude=["path"])
    unit.save()
    audit.record(by, "unit.renamed", unit, before=before, reason=_told(on, document))
    return unit


@transaction.atomic
def move_unit(
    *,
    unit: Unit,
    under: Unit,
    on: date,
    ends: bool = False,
    document: str = "",
    by: User,
    today: date | None = None,
) -> Unit:
    """Put a unit with all below it under another unit from a day on; ends says that it is merged into that unit.

    Its records stay its own: what begins later counts them toward the unit above it.
    """
    unit, before = _changing(unit, on, today)
    under = Unit.objects.select_for_update(of=("self",)).get(pk=under.pk)
    if unit.parent_id is None or unit.lineage[0] != under.lineage[0]:
        raise ValidationError({"under": _("只能在同一个组织树内调整，顶层单位不能调整")})
    if under.path.startswith(unit.path):
        raise ValidationError({"under": _("不能并入自己或自己的下级单位")})
    if under.ended_on is not None:
        raise ValidationError({"under": _("%(unit)s 已经撤并") % {"unit": under}})
    if unit.parent_id == under.pk and not ends:
        raise ValidationError({"under": _("现在就是它的上级单位")})
    _keep(unit, UnitChange.Kind.MERGE if ends else UnitChange.Kind.MOVE, on, document, other=under)
    below = list(Unit.objects.filter(path__startswith=unit.path).exclude(pk=unit.pk))
    old, new = unit.path, f"{under.path}{unit.pk}/"
    unit.parent, unit.path = under, new
    unit.ended_on = on if ends else unit.ended_on
    unit.full_clean(exclude=["path"])
    unit.save()
    for row in below:
        row.path = new + row.path.removeprefix(old)
    Unit.objects.bulk_update(below, ["path"], batch_size=500)
    audit.record(by, "unit.merged" if ends else "unit.moved", unit, before=before, reason=_told(on, document))
    return unit


@transaction.atomic
def split_unit(
    *, unit: Unit, name: str, kind: str, on: date, document: str = "", by: User, today: date | None = None
) -> Unit:
    """Set up a new unit beside the one it comes out of, from a day on; what was recorded stays where it is."""
    unit, _before = _changing(unit, on, today)
    fresh = create_unit(name=name, kind=kind, parent=unit.parent, by=by)
    _keep(unit, UnitChange.Kind.SPLIT, on, document, other=fresh)
    audit.record(by, "unit.split", unit, changes={str(_("分设")): ["", fresh.name]}, reason=_told(on, document))
    return fresh


def _changing(unit, on, today):
    """Return a unit's locked row and its snapshot; refuses a day to come, and one before its last change."""
    unit = Unit.objects.select_for_update(of=("self",)).select_related("parent").get(pk=unit.pk)
    if unit.ended_on is not None:
        raise ValidationError(_("%(unit)s 已经撤并，不能再变更") % {"unit": unit})
    if today is not None and on > today:
        raise ValidationError({"on": _("生效日期不能晚于今天；到了那一天再登记")})
    last = unit.changes.last()
    if last is not None and on < last.on:
        raise ValidationError({"on": _("生效日期不能早于上一次变更（%(day)s）") % {"day": last.on.isoformat()}})
    return unit, audit.snapshot(unit)


def _keep(unit, kind, on, document, other=None):
    """Keep what a unit was called and stood under before a change."""
    change = UnitChange(
        unit=unit, kind=kind, on=on, name_before=unit.name, parent_before=unit.parent, other=other,
        document=document.strip(),
    )  # fmt: skip
    change.full_clean()
    change.save()


def _told(on, document):
    return "，".join(part for part in (_("自 %(day)s 起") % {"day": on.isoformat()}, document.strip()) if part)


@transaction.atomic
def create_user(*, username: str, name: str, password: str, by: User | None, must_change: bool = True) -> User:
    """Make an account; the first sign-in asks for a password of one's own unless must_change is off."""
    user = User(username=fold(username), name=name.strip(), must_change_password=must_change)
    if user.is_system:
        raise ValidationError({"username": _("此用户名留给系统使用，请换一个")})
    user.set_unusable_password()
    user.full_clean()
    check_password(password, user)
    user.set_password(password)
    user.save()
    audit.record(by, "user.created", user, before={})
    return user


@transaction.atomic
def change_password(*, user: User, password: str, by: User, must_change: bool = False) -> None:
    """Set a password, which ends the user's other sessions; a reset forces a change at the next sign-in."""
    user = User.objects.select_for_update().get(pk=user.pk)
    check_password(password, user)
    if user.check_password(password):
        raise ValidationError({"password": _("新密码不能与当前密码相同")})
    user.set_password(password)
    user.must_change_password = must_change
    user.save(update_fields=["password", "must_change_password"])
    own = by is not None and by.pk == user.pk
    audit.record(by, "user.password_changed" if own else "user.password_reset", user, changes={})


def check_password(password, user):
    """Refuse a password that the rules refuse, beside the field it was typed into."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise ValidationError({"password": error}) from None


@transaction.atomic
def set_user_active(*, user: User, active: bool, reason: str, by: User) -> None:
    """Switch an account on or off; switching off ends its sessions on the server."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.pk == by.pk:
        raise ValidationError(_("不能停用或启用自己的账号，请由另一位系统管理员操作"))
    if user.is_active == active:
        raise ValidationError(_("该账号已经启用") if active else _("该账号已经停用"))
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
    """Give a user a role in a unit; an administrator holds no other role, so the three are three people."""
    user = User.objects.select_for_update().get(pk=user.pk)
    held = set(user.members.values_list("role", flat=True))
    if role in ADMINISTRATORS and held - {role}:
        raise ValidationError(_("管理员角色不能与其他角色由同一人担任：请另建账号"))
    if role not in ADMINISTRATORS and held & ADMINISTRATORS:
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
    values = {label: [text, ""] for label, text in audit.snapshot(member).values()}
    audit.record(by, "role.revoked", member, changes=values, reason=reason)
    member.delete()


@transaction.atomic
def create_view(*, page: str, name: str, query: str, shared_with: Unit | None = None, by: User) -> SavedView:
    """Keep a list as it is seen now, for oneself or shared with a unit of one's own."""
    check_sharing(shared_with, by)
    view = SavedView(owner=by, page=page, name=name.strip(), query=query, shared_with=shared_with)
    view.full_clean()
    view.save()
    audit.record(by, "savedview.created", view, before={})
    return view


@transaction.atomic
def change_view(*, view: SavedView, by: User, **facts) -> SavedView:
    """Rename a view of one's own, share it or stop sharing it, or let it keep what is seen now."""
    view = SavedView.objects.select_for_update().get(pk=view.pk)
    if view.owner_id != by.pk:
        raise PermissionDenied("only its owner changes a view")
    before = audit.snapshot(view)
    if facts.get("shared_with") != view.shared_with:
        check_sharing(facts.get("shared_with"), by)
    for name, value in facts.items():
        setattr(view, name, value)
    view.full_clean()
    view.save()
    audit.record(by, "savedview.changed", view, before=before)
    return view


@transaction.atomic
def remove_view(*, view: SavedView, by: User) -> None:
    """Remove a view of one's own."""
    view = SavedView.objects.select_for_update().get(pk=view.pk)
    if view.owner_id != by.pk:
        raise PermissionDenied("only its owner removes a view")
    values = {label: [text, ""] for label, text in audit.snapshot(view).values()}
    audit.record(by, "savedview.removed", view, changes=values)
    view.delete()


def check_sharing(unit, by):
    """Refuse to share a view with a unit that is not one's own."""
    if unit is not None and unit.pk not in {member.unit_id for member in by.memberships}:
        raise ValidationError({"shared_with": _("只能共享给自己所在的单位")})


@transaction.atomic
def choose_columns(*, page: str, columns: list[str], by: User) -> None:
    """Remember which columns a user wants to see on a list, in which order; none stands for the usual ones."""
    choice = ListChoice.objects.select_for_update().filter(user=by, page=page).first()
    before = choice.columns if choice else []
    if before == columns:
        return
    if not columns:
        choice.delete()
    else:
        ListChoice.objects.update_or_create(user=by, page=page, defaults={"columns": columns})
    told = {str(_("列")): ["、".join(before), "、".join(columns)]}
    audit.record(by, "list.columns_chosen", changes=told, reason=page)


# --- keys of the read API -------------------------------------------------------------------------


@transaction.atomic
def make_api_key(*, name: str, until_on: date, today: date, by: User) -> str:
    """Make a key of the read API for oneself; return its token, which is kept nowhere else."""
    if by.roles.isdisjoint(BUSINESS_ROLES):
        raise PermissionDenied(f"{by} has no business role, so a key would open nothing")
    User.objects.select_for_update().get(pk=by.pk)
    if not today <= until_on <= today + timedelta(days=KEY_DAYS):
        raise ValidationError({"until_on": _("有效期须在今天起的 %d 天之内") % KEY_DAYS})
    if by.api_keys.filter(revoked_at=None, until_on__gte=today).count() >= KEYS_AT_ONCE:
        raise ValidationError(_("在用的令牌已有 %d 个，请先停用不再需要的") % KEYS_AT_ONCE)
    token = new_token()
    key = ApiKey(
        user=by, name=name.strip(), token_hash=hashed(token), made_at=timezone.now(), until_on=until_on
    )  # fmt: skip
    key.full_clean()
    key.save()
    told = str(_("新生成，有效至 %s") % until_on.isoformat())
    audit.record(by, "account.key_made", key, changes={str(_("接口令牌")): ["", told]})
    return token


@transaction.atomic
def revoke_api_key(*, key: ApiKey, by: User) -> ApiKey:
    """Let a key open nothing any more; its user does so, or the system administrator."""
    key = ApiKey.objects.select_for_update(of=("self",)).select_related("user").get(pk=key.pk)
    if by.pk != key.user_id and Role.SYSTEM_ADMIN not in by.roles:
        raise PermissionDenied(f"{by} neither owns the key nor administers accounts")
    if key.revoked_at:
        raise ValidationError(_("这个令牌已经停用"))
    key.revoked_by, key.revoked_at = by, timezone.now()
    key.save(update_fields=["revoked_by", "revoked_at"])
    audit.record(by, "account.key_revoked", key, changes={str(_("接口令牌")): [str(_("在用")), ""]})
    return key


@transaction.atomic
def note_api_use(*, key: ApiKey, today: date, by: User) -> None:
    """Keep that a key was used on a day: the first answer of the day leaves a row, the others nothing."""
    key = ApiKey.objects.select_for_update(of=("self",)).select_related("user").get(pk=key.pk)
    if key.last_used_on != today:
        before = audit.snapshot(key)
        key.last_used_on = today
        key.save(update_fields=["last_used_on"])
        audit.record(by, "account.key_used", key, before=before)
