"""Tables of the lists of the units room."""

import django_tables2 as tables
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from units.audit import action_text, model_names
from units.models import AuditEntry, Member, Role, Unit, User

NUMBER = {"td": {"class": "zs-num"}, "th": {"class": "zs-num"}}  # figures stand right, below their head
HIDE = {"td": {"class": "zs-phone-hide"}}
TWO = {"td": {"class": "zs-two"}}
ON = {"td": {"class": "text-nowrap"}}
DAY = "Y-m-d"


def pill(tone, text):
    """Return a state in colour and word."""
    return format_html('<span class="zs-pill zs-pill-{}">{}</span>', tone, text)


def two_lines(record, name, below):
    """Link a record's name above a line in small print."""
    return format_html('<a href="{}">{}</a><small>{}</small>', record.get_absolute_url(), name, below)


class DatedTable(tables.Table):
    """A table whose states are those of a day."""

    def __init__(self, *args, today=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today or timezone.localdate()


class UnitTable(tables.Table):
    """The tree of units."""

    name = tables.Column(verbose_name=_("名称"))
    kind = tables.Column(verbose_name=_("类别"))
    parent = tables.Column(verbose_name=_("上级单位"), default="—", order_by="parent__name")
    ended_on = tables.DateColumn(verbose_name=_("撤并"), format="Y-m-d", default="—")
    actions = tables.TemplateColumn(
        verbose_name=_("变更"), template_name="units/_unit_actions.html", orderable=False, exclude_from_export=True
    )

    class Meta:
        model = Unit
        fields = ("name", "kind", "parent", "ended_on", "actions")

    def before_render(self, request):
        """Leave the changes to who administers the tree."""
        if Role.SYSTEM_ADMIN not in request.user.roles:
            self.columns.hide("actions")


class UserTable(tables.Table):
    """Accounts with what may be done to them."""

    name = tables.Column(verbose_name=_("姓名或职务"))
    username = tables.Column(verbose_name=_("用户名"))
    roles_held = tables.Column(verbose_name=_("角色"), accessor="held", orderable=False, empty_values=())
    state = tables.Column(verbose_name=_("状态"), accessor="is_active", order_by="is_active")
    last_login = tables.DateTimeColumn(verbose_name=_("最近登录"), format="Y-m-d H:i", default="—")
    actions = tables.TemplateColumn(
        verbose_name=_("操作"),
        template_name="units/_user_actions.html",
        orderable=False,
        exclude_from_export=True,
    )

    class Meta:
        model = User
        fields = ("name", "username", "roles_held", "state", "last_login", "actions")

    def render_roles_held(self, record):
        """Name each role with its unit."""
        return "、".join(f"{row.unit}·{row.get_role_display()}" for row in record.held) or "—"

    def value_state(self, record):
        """Say whether the account may sign in."""
        if not record.is_active:
            return str(_("停用"))
        return str(_("待改密码") if record.must_change_password else _("启用"))

    def render_state(self, record):
        """Say whether the account may sign in, as a pill."""
        colour = "ok" if record.is_active and not record.must_change_password else "warn"
        return pill(colour if record.is_active else "bad", self.value_state(record))


class MemberTable(tables.Table):
    """Roles held, with a way to take them back."""

    user = tables.Column(verbose_name=_("用户"), order_by="user__name")
    username = tables.Column(verbose_name=_("用户名"), accessor="user__username")
    unit = tables.Column(verbose_name=_("单位"), order_by="unit__path")
    role = tables.Column(verbose_name=_("角色"))
    actions = tables.TemplateColumn(
        verbose_name=_("操作"),
        template_name="units/_member_actions.html",
        orderable=False,
        exclude_from_export=True,
    )

    class Meta:
        model = Member
        fields = ("user", "username", "unit", "role", "actions")


class AuditTable(tables.Table):
    """The trail; each row opens to before and after."""

    at = tables.Column(verbose_name=_("时间"), order_by="pk", attrs={"td": {"class": "text-nowrap zs-n"}})
    by = tables.Column(verbose_name=_("操作人"), default="—", order_by="by__name")
    action = tables.Column(verbose_name=_("动作"), attrs={"td": {"class": "text-nowrap"}})
    model = tables.Column(verbose_name=_("对象类型"), default="—")
    label = tables.Column(verbose_name=_("对象"), default="—")
    reason = tables.Column(verbose_name=_("理由"), default="—")
    changes = tables.TemplateColumn(verbose_name=_("前后值"), template_name="units/_changes.html", orderable=False)

    class Meta:
        model = AuditEntry
        fields = ("at", "by", "action", "model", "label", "reason", "changes")

    def render_at(self, value):
        """Show the second: two changes may lie close together."""
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M:%S")

    def render_by(self, value):
        """Name the person and the account."""
        return f"{value}（{value.username}）"

    def render_action(self, value):
        """Say it in Chinese."""
        return action_text(value)

    def render_model(self, value):
        """Say it in Chinese."""
        return model_names().get(value, value)

    def value_changes(self, record):
        """Write the changes on one line a field."""
        empty = str(_("空"))
        return "\n".join(f"{label}：{old or empty} → {new or empty}" for label, old, new in record.lines)
