"""Forms of promised days and of the schedule."""

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.models import Project, Tag
from projects.record_fields import DayField
from projects.stages import Kind
from units.forms import RecordForm
from units.models import Unit

TEXT = forms.Textarea(attrs={"rows": 3})


class ExtensionForm(RecordForm):
    """To which day a promise is put off, why, and who allowed it."""

    to_on = DayField(label=_("延至"))
    reason = forms.CharField(label=_("延期原因"), max_length=300, widget=TEXT)
    allowed_by = forms.CharField(
        label=_("批准人"), max_length=50, help_text=_("谁同意延期，如区政府分管领导、专班会议纪要第 3 期")
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class ScheduleFilter(RecordForm):
    """Which projects stand on the wall chart."""

    BY = (("leader", _("挂包领导")), ("unit", _("招引单位")))

    by = forms.ChoiceField(label=_("分组"), choices=BY, required=False)
    unit = forms.ModelChoiceField(
        label=_("单位"), queryset=Unit.objects.none(), required=False, empty_label=_("全部")
    )
    leader = forms.ChoiceField(label=_("挂包领导"), required=False)
    kind = forms.ChoiceField(label=_("节点"), choices=[("", _("全部")), *Kind.choices], required=False)
    tag = forms.ModelChoiceField(label=_("标签"), queryset=Tag.objects.none(), required=False, empty_label=_("全部"))
    overdue = forms.BooleanField(label=_("只看逾期"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.visible_to(self.user)
        self.fields["tag"].queryset = Tag.objects.visible_to(self.user).order_by("group", "name")
        named = Project.objects.visible_to(self.user).exclude(leader="").order_by("leader")
        leaders = named.values_list("leader", flat=True).distinct()
        self.fields["leader"].choices = [("", _("全部")), *((name, name) for name in leaders)]

    def chosen(self, name):
        """Return what was chosen; nonsense chooses nothing."""
        return self.cleaned_data.get(name) or None
