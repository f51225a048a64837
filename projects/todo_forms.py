"""What the to-do list and the table of kept promises are narrowed by."""

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.record_fields import DayField
from projects.todos import FAMILIES
from units.forms import RecordForm
from units.models import Unit


class TodoFilter(RecordForm):
    """Whose promises, which, and whom they fall to."""

    STATES = (
        ("", _("未办结")), ("overdue", _("逾期")), ("today", _("今天到期")), ("week", _("七天内到期")),
        ("done", _("近 30 天办结")),
    )  # fmt: skip

    state = forms.ChoiceField(label=_("状态"), choices=STATES, required=False)
    unit = forms.ModelChoiceField(
        label=_("责任单位"), queryset=Unit.objects.none(), required=False, empty_label=_("全部")
    )
    kind = forms.ChoiceField(
        label=_("类别"), required=False,
        choices=[("", _("全部")), *((str(family.name), family.name) for family in FAMILIES)],
    )  # fmt: skip
    person = forms.CharField(label=_("责任人"), max_length=50, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.near(self.user).order_by("path")


class KeptFilter(RecordForm):
    """From which day on promises are judged."""

    since = DayField(label=_("期限自"), required=False)
