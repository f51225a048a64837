"""Pages of the units room: sign-in, units, accounts, roles, the trail."""

from functools import partial

from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.http import JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from units import accounts, actions
from units.filters import AuditFilter, MemberFilter, UnitFilter, UserFilter
from units.forms import (
    MemberForm,
    OwnPasswordForm,
    ReasonForm,
    ResetPasswordForm,
    SignInForm,
    UnitForm,
    UnitMergeForm,
    UnitMoveForm,
    UnitRenameForm,
    UnitSplitForm,
    UserForm,
)
from units.lists import ListPage
from units.models import AuditEntry, Member, Role, Unit, User
from units.pages import ActionView
from units.tables import AuditTable, MemberTable, UnitTable, UserTable

ENDED = {
    "idle": _("登录已超时，请重新登录。"),
    "absolute": _("本次登录已满最长时限，请重新登录。"),
}
ADMINISTRATORS_HOMES = {
    Role.SYSTEM_ADMIN: "units:user_list",
    Role.SECURITY_ADMIN: "units:member_list",
    Role.AUDIT_ADMIN: "units:audit_list",
}


def csrf_failure(request, reason=""):
    """Say what to do when a form is older than its session."""
    return render(request, "403_csrf.html", status=403)


def form_token(request):
    """Say who is signed in, with a fresh token: what a page sends later goes out under its own user or not at all."""
    return JsonResponse({"user": request.user.pk, "token": get_token(request)})


def administrators_home(user):
    """Return the URL name of the page an administrator starts on; None for everybody else."""
    return next((name for role, name in ADMINISTRATORS_HOMES.items() if role in user.roles), None)


class SignIn(LoginView):
    """Sign in; says why the last session ended."""

    template_name = "units/sign_in.html"
    form_class = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form):
        """Sign in and start the clock of the session."""
        response = super().form_valid(form)
        accounts.remember_sign_in(self.request)
        return response

    def get_context_data(self, **kwargs):
        """Add why one has to sign in again."""
        ended = ENDED.get(self.request.session.pop("ended", ""), "")
        return super().get_context_data(title=_("登录"), ended=ended, **kwargs)


class Password(ActionView):
    """Choose a password of one's own; the session goes on, all others end."""

    form_class = OwnPasswordForm
    title = _("修改密码")
    submit_label = _("修改密码")
    success_message = _("密码已修改，其他设备上的登录已失效。")

    def get_lead(self):
        """Say why one lands here after the first sign-in."""
        if self.request.user.must_change_password:
            return _("首次登录或密码被重置后，请先换成只有自己知道的密码，再继续使用。")
        return _("修改后，其他设备上的登录会失效。")

    def get_cancel_url(self):
        """Lead home, unless there is no way around a new password."""
        return "" if self.request.user.must_change_password else reverse("home")

    def perform(self, form):
        """Set it."""
        user = self.request.user
        actions.change_password(user=user, password=form.cleaned_data["password"], by=user)
        user.refresh_from_db()
        update_session_auth_hash(self.request, user)
        accounts.remember_sign_in(self.request)
        return reverse("home")


class UnitList(ListPage):
    """The tree of units."""

    model, table_class, filterset_class = Unit, UnitTable, UnitFilter
    title = _("单位")
    sub = _("单位按上下级排列；上级单位的角色对下级单位同样有效。")
    empty_text = _("还没有单位。")
    actions = ((_("新建单位"), "units:unit_create", "plus"),)
    export_name = "units"

    def get_queryset(self):
        """Narrow to the units the user administers or reads."""
        return Unit.objects.listed_for(self.request.user).for_list()


class UnitCreate(ActionView):
    """A new unit."""

    form_class = UnitForm
    title = _("新建单位")
    lead = _("名称在同一上级单位下不能重复。")
    cancel_url = reverse_lazy("units:unit_list")
    success_message = _("单位已新建")

    def perform(self, form):
        """Add it to the tree."""
        actions.create_unit(**form.cleaned_data, by=self.request.user)
        return reverse("units:unit_list")


class UnitChanging(ActionView):
    """A dated change of one unit of the tree."""

    template_name = "units/unit_change.html"
    cancel_url = reverse_lazy("units:unit_list")
    success_message = _("已登记；之前结束的战役保持原来的单位和名称")

    @cached_property
    def unit(self):
        """The unit, if the user administers the tree."""
        return get_object_or_404(Unit.objects.listed_for(self.request.user), pk=self.kwargs["pk"])

    def get_form_kwargs(self):
        """Give the form its unit."""
        return {**super().get_form_kwargs(), "unit": self.unit}

    def get_initial(self):
        """Suggest today."""
        return {"on": timezone.localdate()}

    def get_title(self):
        """Name the unit."""
        return f"{self.title}：{self.unit}"

    def get_context_data(self, **kwargs):
        """Add what happened to it so far."""
        changes = self.unit.changes.select_related("parent_before", "other")
        return super().get_context_data(unit=self.unit, changes=changes, **kwargs)

    def perform(self, form):
        """Change it."""
        self.change(unit=self.unit, by=self.request.user, today=timezone.localdate(), **form.cleaned_data)
        return reverse("units:unit_list")


class UnitRename(UnitChanging):
    """Another name from a day on."""

    form_class = UnitRenameForm
    title = _("单位改名")
    change = staticmethod(actions.rename_unit)


class UnitMove(UnitChanging):
    """Another unit above it from a day on."""

    form_class = UnitMoveForm
    title = _("调整隶属")
    lead = _("连同下级单位一起调整；角色随新的上级生效。")
    change = staticmethod(actions.move_unit)


class UnitMerge(UnitChanging):
    """Merged into another unit from a day on."""

    form_class = UnitMergeForm
    title = _("撤并单位")
    lead = _("撤并后它的记录归在并入的单位之下，不再列入新的名单；正在进行的战役仍单列，可在参战名单里编入。")
    change = staticmethod(partial(actions.move_unit, ends=True))


class UnitSplit(UnitChanging):
    """A new unit that comes out of it."""

    form_class = UnitSplitForm
    title = _("分设单位")
    lead = _("新单位与原单位同级；已登记的记录留在原单位。")
    change = staticmethod(actions.split_unit)


class UserList(ListPage):
    """Accounts."""

    model, table_class, filterset_class = User, UserTable, UserFilter
    title = _("账号")
    sub = _("新建账号后，由安全管理员授予角色，账号才能看到数据。")
    empty_text = _("还没有账号。")
    actions = ((_("新建账号"), "units:user_create", "plus"),)
    export_name = "accounts"


class UserCreate(ActionView):
    """A new account, without a role."""

    form_class = UserForm
    title = _("新建账号")
    lead = _("用户名不分大小写和全半角。首次登录须修改初始密码。")
    cancel_url = reverse_lazy("units:user_list")
    success_message = _("账号已新建，请安全管理员授予角色")

    def perform(self, form):
        """Make it."""
        actions.create_user(**form.cleaned_data, by=self.request.user)
        return reverse("units:user_list")


class AccountAction(ActionView):
    """Something done to an account."""

    cancel_url = reverse_lazy("units:user_list")

    @cached_property
    def account(self):
        """The account, if the user may administer it."""
        return get_object_or_404(User.objects.visible_to(self.request.user), pk=self.kwargs["pk"])

    def get_title(self):
        """Name the account."""
        return f"{self.title}：{self.account.name}（{self.account.username}）"


class UserSwitch(AccountAction):
    """Switch an account on or off."""

    form_class = ReasonForm
    active = False

    @property
    def title(self):
        """Say which."""
        return _("启用账号") if self.active else _("停用账号")

    submit_label = title
    success_message = _("已处理，理由已记入审计")

    def get_lead(self):
        """Say what it does."""
        if self.active:
            return _("启用后可用原密码登录，原有角色照旧。")
        return _("停用后立即退出登录，不能再登录；已填报的数据不受影响。")

    def perform(self, form):
        """Do it."""
        reason = form.cleaned_data["reason"]
        actions.set_user_active(user=self.account, active=self.active, reason=reason, by=self.request.user)
        return reverse("units:user_list")


class UserReset(AccountAction):
    """Give an account a new password, to be changed at the next sign-in."""

    form_class = ResetPasswordForm
    title = _("重置密码")
    submit_label = _("重置密码")
    lead = _("重置后原密码和登录立即失效；对方下次登录须改成自己的密码。")
    success_message = _("密码已重置，请当面或通过内部渠道告知本人")

    def perform(self, form):
        """Set it."""
        if self.account == self.request.user:
            raise ValidationError(_("自己的密码请在“修改密码”页更改"))
        password = form.cleaned_data["password"]
        actions.change_password(user=self.account, password=password, by=self.request.user, must_change=True)
        return reverse("units:user_list")


class MemberList(ListPage):
    """Roles held."""

    model, table_class, filterset_class = Member, MemberTable, MemberFilter
    title = _("角色")
    sub = _("角色对所在单位及其下级单位有效；三类管理员不能由同一人担任，也不能兼任业务角色。")
    empty_text = _("还没有授予角色。")
    actions = ((_("授予角色"), "units:member_grant", "plus"),)
    export_name = "roles"


class MemberGrant(ActionView):
    """Give somebody a role."""

    form_class = MemberForm
    title = _("授予角色")
    submit_label = _("授予")
    cancel_url = reverse_lazy("units:member_list")
    success_message = _("角色已授予")

    def perform(self, form):
        """Do it."""
        actions.grant_role(**form.cleaned_data, by=self.request.user)
        return reverse("units:member_list")


class MemberRevoke(ActionView):
    """Take a role back."""

    form_class = ReasonForm
    submit_label = _("收回")
    lead = _("收回后立即生效；已填报的数据不受影响。")
    cancel_url = reverse_lazy("units:member_list")
    success_message = _("角色已收回，理由已记入审计")

    @cached_property
    def member(self):
        """The role, if the user may take it back."""
        return get_object_or_404(Member.objects.visible_to(self.request.user).for_list(), pk=self.kwargs["pk"])

    def get_title(self):
        """Name the role."""
        return f"{_('收回角色')}：{self.member}"

    def perform(self, form):
        """Do it."""
        reason = form.cleaned_data["reason"]
        actions.revoke_role(member=self.member, reason=reason, by=self.request.user)
        return reverse("units:member_list")


class AuditList(ListPage):
    """The trail."""

    model, table_class, filterset_class = AuditEntry, AuditTable, AuditFilter
    title = _("审计")
    sub = _("每次登记、更正、撤回和被拒绝的访问各留一条；展开可见逐项前后值。")
    empty_text = _("还没有审计记录。")
    export_name = "audit"
