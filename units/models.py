"""Who there is: users, the tree of units, members and their roles, the trail, submissions already taken."""

import json
import unicodedata
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from units.search import SearchField
from units.tokens import hashed

SYSTEM = "system"  # the name of the user that commands write as


def fold(username):
    """Fold case and width, so that VICTIM and victim are one account for sign-in and lock-out alike."""
    return unicodedata.normalize("NFKC", username or "").strip().casefold()


class Role(models.TextChoices):
    """What a member may do in a unit and the units below it."""

    CLERK = "clerk", _("填报员")
    VERIFIER = "verifier", _("认定员")
    EDITOR = "editor", _("编报员")
    LEADER = "leader", _("领导")
    SYSTEM_ADMIN = "system_admin", _("系统管理员")
    SECURITY_ADMIN = "security_admin", _("安全管理员")
    AUDIT_ADMIN = "audit_admin", _("审计管理员")


BUSINESS_ROLES = frozenset({Role.CLERK, Role.VERIFIER, Role.EDITOR, Role.LEADER})


class UserQuerySet(models.QuerySet):
    """Words for accounts."""

    def visible_to(self, user):
        """Narrow to the accounts the user may administer: all or none, and never the system user."""
        if not user.is_authenticated or user.roles.isdisjoint({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN}):
            return self.none()
        return self.exclude(username=SYSTEM)

    def for_list(self):
        """Load all that the list of accounts shows."""
        members = Member.objects.select_related("unit").order_by("pk")
        return self.prefetch_related(models.Prefetch("members", members, "held")).order_by("username")


class Accounts(UserManager.from_queryset(UserQuerySet)):
    """User names are folded on the way in."""

    @classmethod
    def normalize_username(cls, username):
        """Fold case and width."""
        return fold(username)

    def get_by_natural_key(self, username):
        """Find a user by a name typed in any case or width."""
        return self.get(username=fold(username))

    def system(self):
        """Return the named user that commands write as; it cannot sign in."""
        user, _created = self.get_or_create(
            username=SYSTEM, defaults={"name": "系统", "is_active": False, "password": "!"}
        )
        return user


class User(AbstractUser):
    """One person who signs in, or the system user that commands write as.

    The user name is kept folded (lower case, half width).
    """

    first_name = last_name = None
    name = models.CharField(_("姓名或职务"), max_length=50)
    must_change_password = models.BooleanField(_("下次登录须改密码"), default=False)

    objects = Accounts()

    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = verbose_name_plural = _("用户")

    def __str__(self):
        return self.name or self.username

    def get_full_name(self):
        """Return the name that pages show."""
        return self.name

    get_short_name = get_full_name

    @cached_property
    def memberships(self):
        """The user's roles with their units: one query a request."""
        return tuple(self.members.select_related("unit").order_by("pk"))

    @cached_property
    def roles(self):
        """The set of roles the user holds anywhere."""
        return frozenset(member.role for member in self.memberships)

    def paths(self, *roles):
        """Return the tree paths of the units in which the user holds one of the roles."""
        return tuple(member.unit.path for member in self.memberships if member.role in roles)

    @property
    def districts(self):
        """The tree paths of the districts in which the user holds a business role, wherever below."""
        return sorted({f"/{row.unit.lineage[0]}/" for row in self.memberships if row.role in BUSINESS_ROLES})

    def first_unit(self, *roles):
        """Return the id of the first unit in which the user holds one of the roles; None where there is none."""
        return next((member.unit_id for member in self.memberships if member.role in roles), None)

    @property
    def is_system(self):
        """Whether this is the user that commands write as; what binds people does not bind it."""
        return self.username == SYSTEM

    def holds(self, role, unit):
        """Say whether the user has the role in the unit or in a unit above it."""
        return any(unit.path.startswith(path) for path in self.paths(role))


class UnitQuerySet(models.QuerySet):
    """Words for the tree of units."""

    def within(self, paths):
        """Narrow to the subtrees of the paths."""
        return self.filter(under(paths, ""))

    def visible_to(self, user):
        """Narrow to the units whose records the user may read."""
        if not user.is_authenticated:
            return self.none()
        return self.within(user.paths(*BUSINESS_ROLES))

    def near(self, user):
        """Narrow to the whole trees that the user belongs to: the units that may owe something."""
        if not user.is_authenticated:
            return self.none()
        return self.within(user.districts)

    def listed_for(self, user):
        """Narrow to what the list of units shows; the system administrator sees all, but no figures."""
        if user.is_authenticated and Role.SYSTEM_ADMIN in user.roles:
            return self.all()
        return self.visible_to(user)

    def standing(self):
        """Narrow to the units that were not merged into others."""
        return self.filter(ended_on=None)

    def with_place_on(self, day):
        """Add name_then and parent_then: what a unit was called at the end of a day and stood under, if otherwise."""
        later = UnitChange.objects.filter(unit=models.OuterRef("pk"), on__gt=day).order_by("on", "pk")
        return self.annotate(
            name_then=models.Subquery(later.values("name_before")[:1]),
            parent_then=models.Subquery(later.values("parent_before")[:1]),
        )

    def for_list(self):
        """Load all that the list of units shows, in the order of the tree."""
        return self.select_related("parent").order_by("path")

    def writable_by(self, user):
        """Narrow to the units a clerk may enter figures for."""
        if not user.is_authenticated:
            return self.none()
        return self.within(user.paths(Role.CLERK))


def under(paths, prefix="unit__"):
    """Return the condition that a record's unit lies in one of the subtrees; nothing lies in none of them."""
    condition = Q(pk__in=[])
    for path in paths:
        condition |= Q(**{f"{prefix}path__startswith": path})
    return condition


class Unit(models.Model):
    """One node of the organisation tree.

    A name is unique under its parent; path lists the ids from the top down ("/1/7/"): a subtree is a prefix.
    """

    class Kind(models.TextChoices):
        """The kinds of unit that take part in drives (R43)."""

        DISTRICT = "district", _("区县")
        TOWNSHIP = "township", _("乡镇")
        SUBDISTRICT = "subdistrict", _("街道")
        PARK = "park", _("园区")
        DEPARTMENT = "department", _("部门")
        CLASS_ONE = "class_one", _("一类招商引资单位")
        COMMITTEE = "committee", _("委员会")
        TEAM = "team", _("专班")

    name = models.CharField(_("名称"), max_length=100)
    kind = models.CharField(_("类别"), max_length=20, choices=Kind, default=Kind.DEPARTMENT)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级单位")
    )
    path = models.CharField(max_length=255, unique=True, editable=False)
    ended_on = models.DateField(_("撤并日期"), null=True, blank=True, editable=False)
    search = SearchField(sources=("name",))

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("单位")
        ordering = ["path"]
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "name"],
                name="unit_name_once_under_a_parent",
                violation_error_message=_("上级单位下已有同名单位"),
            ),
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(parent__isnull=True),
                name="unit_name_once_at_the_top",
                violation_error_message=_("已有同名的顶层单位"),
            ),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="unit_is_not_its_own_parent"),
        ]

    def __str__(self):
        return self.name

    @property
    def lineage(self):
        """The ids of the unit and all units above it, from the top down."""
        return [int(part) for part in self.path.strip("/").split("/")]


class UnitChange(models.Model):
    """A dated change of the tree: a unit renamed, moved, merged into another, or split; what it was before.

    The tree itself is that of today; what ended before the day keeps the tree and the names of then (I16).
    """

    class Kind(models.TextChoices):
        """What happens to units."""

        RENAME = "rename", _("改名")
        MOVE = "move", _("调整隶属")
        MERGE = "merge", _("撤并")
        SPLIT = "split", _("分设")

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="changes", verbose_name=_("单位"))
    kind = models.CharField(_("变更"), max_length=10, choices=Kind)
    on = models.DateField(_("生效日期"))
    name_before = models.CharField(_("原名称"), max_length=100)
    parent_before = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("原上级单位")
    )
    other = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("并入或分出的单位")
    )
    document = models.CharField(_("依据文件"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("单位变更")
        ordering = ["on", "pk"]
        indexes = [models.Index(fields=["unit", "on"], name="changes_of_a_unit")]

    def __str__(self):
        return f"{self.name_before} {self.get_kind_display()} {self.on}"


class MemberQuerySet(models.QuerySet):
    """Words for roles held."""

    def visible_to(self, user):
        """Narrow to the roles the user may grant and revoke: all or none."""
        if not user.is_authenticated or Role.SECURITY_ADMIN not in user.roles:
            return self.none()
        return self.all()

    def for_list(self):
        """Load all that the list of roles shows."""
        return self.select_related("user", "unit").order_by("unit__path", "role", "user__username", "pk")


class Member(models.Model):
    """A user's role in a unit; it holds for the unit and all units below it."""

    user = models.ForeignKey(User, models.CASCADE, related_name="members", verbose_name=_("用户"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="members", verbose_name=_("单位"))
    role = models.CharField(_("角色"), max_length=20, choices=Role)

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("成员")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "unit", "role"],
                name="member_once_per_role_and_unit",
                violation_error_message=_("该用户在此单位已有这一角色"),
            )
        ]

    def __str__(self):
        return f"{self.user} · {self.unit} · {self.get_role_display()}"


class AuditQuerySet(models.QuerySet):
    """Words for the trail."""

    def visible_to(self, user):
        """Narrow to what the user may read of the trail: all or none."""
        if not user.is_authenticated or Role.AUDIT_ADMIN not in user.roles:
            return self.none()
        return self.all()

    def for_list(self):
        """Load all that the trail shows, newest first."""
        return self.select_related("by").order_by("-pk")


class AuditEntry(models.Model):
    """One change or refusal: who, when, what, before and after by field. Never changed, never removed."""

    at = models.DateTimeField(_("时间"), auto_now_add=True, db_index=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("操作人")
    )
    action = models.CharField(_("动作"), max_length=60)
    model = models.CharField(_("对象类型"), max_length=60, blank=True)
    object_id = models.BigIntegerField(_("对象编号"), null=True)
    label = models.CharField(_("对象"), max_length=200, blank=True)
    changes = models.TextField(_("前后值"), default="{}")
    reason = models.CharField(_("理由"), max_length=500, blank=True)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("审计记录")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["model", "object_id"], name="audit_of_a_record")]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.label}"

    @property
    def lines(self):
        """What the row changed, as [(label, before, after)]."""
        return [(label, *pair) for label, pair in json.loads(self.changes).items()]


class SavedViewQuerySet(models.QuerySet):
    """Words for saved views."""

    def visible_to(self, user):
        """Narrow to the user's own views and those shared with a unit the user belongs to, or one above it."""
        if not user.is_authenticated:
            return self.none()
        units = {pk for member in user.memberships for pk in member.unit.lineage}
        return self.filter(Q(owner=user) | Q(shared_with__in=units))

    def for_list(self):
        """Load what the tabs of a list show, the oldest first."""
        return self.select_related("owner").order_by("pk")


class SavedView(models.Model):
    """A list as somebody wants to see it again: its filter, sorting and columns as the query of its address.

    A user's views of one page have different names. What is shared with a unit stands above the list of everybody
    in it and below it, who see through it no more than they may see anyway.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("所有人"))
    page = models.CharField(_("列表"), max_length=60)
    name = models.CharField(_("名称"), max_length=20)
    query = models.CharField(_("筛选与列"), max_length=1500, blank=True)
    shared_with = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("共享给")
    )

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("保存的视图")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "page", "name"],
                name="view_once_per_owner_page_and_name",
                violation_error_message=_("已有同名视图，请换一个名称"),
            )
        ]

    def __str__(self):
        return self.name


class ListChoice(models.Model):
    """The columns a user chose for a list, in their order; a name the list no longer knows is passed over."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    page = models.CharField(max_length=60)
    columns = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "page"], name="columns_once_per_user_and_page")]

    def __str__(self):
        return f"{self.user_id} {self.page}"


class ApiKeyQuerySet(models.QuerySet):
    """Words for keys of the read API."""

    def visible_to(self, user):
        """Narrow to one's own keys; the system administrator sees that others have some, never a secret."""
        if not user.is_authenticated:
            return self.none()
        return self.all() if Role.SYSTEM_ADMIN in user.roles else self.filter(user=user)

    def opened_by(self, token, today):
        """Narrow to the key that a token opens on a day, of a user who may still sign in."""
        rows = self.filter(token_hash=hashed(token), revoked_at=None, until_on__gte=today, user__is_active=True)
        return rows.select_related("user")

    def for_list(self):
        """Load what a list shows, those in use first."""
        return self.select_related("user", "revoked_by").order_by("revoked_at", "-made_at", "-pk")


class ApiKey(models.Model):
    """A token by which another system reads what a user may see, until a day or until it is revoked.

    Only the hash of the token is kept.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="api_keys", verbose_name=_("账号"))
    name = models.CharField(_("用途"), max_length=50)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField(_("生成时间"))
    until_on = models.DateField(_("有效至"))
    last_used_on = models.DateField(_("最近使用"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("停用人")
    )
    revoked_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("接口令牌")
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="api_key_is_revoked_by_somebody",
            )
        ]

    def __str__(self):
        return f"{self.user} · {self.name}"


class Submission(models.Model):
    """A form that has been taken: the same form sent again is answered with what the first one did."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    nonce = models.CharField(max_length=64)
    result_url = models.CharField(max_length=500, blank=True)
    taken_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "nonce"], name="submission_once_per_user")]

    def __str__(self):
        return f"{self.user_id} {self.nonce}"


class Stamp(models.Model):
    """One of the marks of which every write changes one: as long as all are the same, nothing was written.

    There are as many as writers ever ran at once, so that none waits for another.
    """

    token = models.UUIDField(default=uuid4)

    def __str__(self):
        return self.token.hex
