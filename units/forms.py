"""Forms of the units room."""

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext_lazy as _

from units.models import Role, Unit, User, fold

KEY_LENGTH = 18  # digits of a key; one more might not fit 64 bits
PASSWORD_HELP = _(
    "至少 10 位，大写字母、小写字母、数字、符号中至少三类；"
    "不用常见或办公室通用密码（如 Admin@123、Zsj@2026），不含本人姓名、用户名或单位名。"
)


def day_input(**attrs):
    """Return a date input of the browser."""
    return forms.DateInput(attrs={"type": "date", **attrs}, format="%Y-%m-%d")


class Renderer(TemplatesSetting):
    """Forms and fields are rendered from templates/."""


class RecordForm(forms.Form):
    """A form of an action: knows its user and narrows its choices to what the user may see."""

    def __init__(self, *args, user=None, **kwargs):
        self.user = user
        super().__init__(*args, **kwargs)


class Keys:
    """Mixed into a field of several records: a number that no database can hold is no choice, and no fault."""

    def clean(self, value):
        """Refuse keys that are too long before they reach the database."""
        for key in value or ():
            if len(str(key)) > KEY_LENGTH:
                told = {"value": str(key)[:KEY_LENGTH] + "…", "pk": str(key)[:KEY_LENGTH] + "…"}
                raise forms.ValidationError(self.error_messages["invalid_choice"], "invalid_choice", told)
        return super().clean(value)


class RecordsField(Keys, forms.ModelMultipleChoiceField):
    """Several records to tick."""

    widget = forms.CheckboxSelectMultiple


class ReasonForm(RecordForm):
    """A reason for taking something back."""

    reason = forms.CharField(label=_("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class SignInForm(AuthenticationForm):
    """User name in any case or width, and password."""

    error_messages = {
        "invalid_login": _("用户名或密码不对。请核对后再试；连续 5 次失败将锁定 15 分钟。"),
        "inactive": _("账号已停用，请联系系统管理员。"),
    }

    def clean_username(self):
        """Fold case and width."""
        return fold(self.cleaned_data["username"])


class UserForm(RecordForm):
    """A new account."""

    username = forms.CharField(
        label=_("用户名"), max_length=150, validators=User._meta.get_field("username").validators
    )
    name = forms.CharField(label=_("姓名或职务"), max_length=50)
    password = forms.CharField(
        label=_("初始密码"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=True),
        strip=False,
        help_text=PASSWORD_HELP,
    )


class ResetPasswordForm(RecordForm):
    """A new password set by the administrator."""

    password = forms.CharField(
        label=_("新密码"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
        help_text=PASSWORD_HELP,
    )


class OwnPasswordForm(RecordForm):
    """A new password of one's own."""

    old = forms.CharField(
        label=_("当前密码"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        strip=False,
    )
    password = forms.CharField(
        label=_("新密码"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
        help_text=PASSWORD_HELP,
    )
    again = forms.CharField(
        label=_("再输一次"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), strip=False
    )

    def clean_old(self):
        """Refuse a wrong current password."""
        if not self.user.check_password(self.cleaned_data["old"]):
            raise forms.ValidationError(_("当前密码不对"))
        return self.cleaned_data["old"]

    def clean(self):
        """Refuse two different new passwords."""
        if self.cleaned_data.get("password") != self.cleaned_data.get("again"):
            self.add_error("again", _("两次输入的新密码不一致"))
        return self.cleaned_data


class UnitForm(RecordForm):
    """A new unit."""

    name = forms.CharField(label=_("名称"), max_length=100)
    kind = forms.ChoiceField(label=_("类别"), choices=Unit.Kind)
    parent = forms.ModelChoiceField(label=_("上级单位"), queryset=Unit.objects.all(), required=False)


class UnitChangeForm(RecordForm):
    """From which day on a unit changes, and by which document."""

    on = forms.DateField(
        label=_("生效日期"), widget=day_input(), help_text=_("在这一天之前结束的战役保持原来的样子。")
    )
    document = forms.CharField(label=_("依据文件"), max_length=200, required=False)

    def __init__(self, *args, unit=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.unit = unit


class UnitRenameForm(UnitChangeForm):
    """Another name."""

    name = forms.CharField(label=_("新名称"), max_length=100)
    field_order = ("name",)


class UnitMoveForm(UnitChangeForm):
    """Another unit above it."""

    under = forms.ModelChoiceField(label=_("上级单位"), queryset=Unit.objects.none())
    field_order = ("under",)

    def __init__(self, *args, unit=None, **kwargs):
        super().__init__(*args, unit=unit, **kwargs)
        top = f"/{unit.lineage[0]}/"
        rows = Unit.objects.standing().filter(path__startswith=top).exclude(path__startswith=unit.path)
        self.fields["under"].queryset = rows.order_by("path")


class UnitMergeForm(UnitMoveForm):
    """The unit it is merged into."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["under"].label = _("并入")


class UnitSplitForm(UnitChangeForm):
    """The unit that comes out of it."""

    name = forms.CharField(label=_("新单位名称"), max_length=100)
    kind = forms.ChoiceField(label=_("类别"), choices=Unit.Kind)
    field_order = ("name", "kind")


class MemberForm(RecordForm):
    """A role for a user in a unit."""

    user = forms.ModelChoiceField(label=_("用户"), queryset=User.objects.filter(is_active=True).order_by("username"))
    unit = forms.ModelChoiceField(label=_("单位"), queryset=Unit.objects.all())
    role = forms.ChoiceField(label=_("角色"), choices=Role)

    def __init__(self, *args, user=None, **kwargs):
        super().__init__(*args, user=user, **kwargs)
        self.fields["user"].label_from_instance = lambda row: f"{row.name}（{row.username}）"


class ApiKeyForm(RecordForm):
    """A new key of the read API."""

    name = forms.CharField(label=_("用途"), max_length=50, help_text=_("哪个系统用，如：市招商平台"))
    until_on = forms.DateField(label=_("有效至"), widget=day_input(), help_text=_("最长一年，到期自动失效"))
