"""Forms of the addresses that events are told to."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from campaigns import sending
from campaigns.forms import VersionForm
from units.models import Role, Unit


class EndpointForm(VersionForm):
    """Where to, and of what."""

    name = forms.CharField(label=_("名称"), max_length=50, help_text=_("哪个系统，如：市招商平台"))
    url = forms.CharField(label=_("地址"), max_length=300, help_text=_("主机须在服务器设置的允许名单中；不跟随跳转"))
    on_issue = forms.BooleanField(label=_("期次印发时"), required=False, initial=True)
    on_finding = forms.BooleanField(label=_("触发规则时"), required=False)

    def clean_url(self):
        """Refuse what nothing may be sent to."""
        url = self.cleaned_data["url"]
        sending.check_address(url)
        return url

    def clean(self):
        """Ask for an event."""
        data = super().clean()
        if not (data.get("on_issue") or data.get("on_finding")):
            raise ValidationError({"on_issue": _("请至少选一项事件")})
        return data

    def facts(self):
        """Return what the action takes."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class EndpointCreateForm(EndpointForm):
    """Whose events, too."""

    unit = forms.ModelChoiceField(
        label=_("单位"), queryset=Unit.objects.none(), help_text=_("该单位及其下级组织的战役")
    )
    field_order = ("unit", "name", "url", "on_issue", "on_finding")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.within(self.user.paths(Role.EDITOR)).standing().order_by("path")
        self.fields["unit"].initial = self.user.first_unit(Role.EDITOR)


class EndpointChangeForm(EndpointForm):
    """Whether it is in use, too."""

    is_active = forms.BooleanField(label=_("启用"), required=False)
