"""The form in which somebody says what a unit will have reached at a campaign's end."""

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.forms import DayField
from campaigns.models import CampaignIndicator
from campaigns.numbers import read_number
from units.forms import RecordForm
from units.models import Unit


class ForecastForm(RecordForm):
    """What somebody expects of a unit at a campaign's end; without an amount the earlier saying is taken back."""

    line = forms.ModelChoiceField(label=_("指标"), queryset=CampaignIndicator.objects.none())
    unit = forms.ModelChoiceField(label=_("单位"), queryset=Unit.objects.none())
    amount = forms.CharField(
        label=_("预计期末"),
        max_length=40,
        required=False,
        help_text=_("按指标的计量单位填，如 6 或 6亿元；不填为撤回，改回按进度推算。"),
    )
    said_by = forms.CharField(label=_("谁说的"), max_length=50, help_text=_("如 区商务局 王明"))
    on = DayField(label=_("预计日期"))
    note = forms.CharField(label=_("依据"), max_length=200, required=False)

    def __init__(self, *args, campaign, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["line"].queryset = campaign.lines.select_related("indicator")
        self.fields["line"].label_from_instance = lambda line: f"{line}（{line.measure}）"
        seats = Unit.objects.filter(Q(seats__campaign=campaign) | Q(pk=campaign.organiser_id))
        self.fields["unit"].queryset = seats.distinct().order_by("path")

    def clean(self):
        """Read the amount in the indicator's measure."""
        data = self.cleaned_data
        text = data.get("amount", "")
        if "line" in data:
            try:
                data["amount"] = read_number(text, measure=data["line"].measure) if text.strip() else None
            except ValidationError as error:
                self.add_error("amount", error)
        return data
