"""Forms of exchange rates."""

from datetime import date

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.numbers import ExactFormField
from projects.models import Currency
from projects.record_fields import DayField
from units.forms import RecordForm


class RateForm(RecordForm):
    """How much a currency is worth, from which day on or for which time."""

    currency = forms.ChoiceField(label=_("币种"), choices=[row for row in Currency.choices if row[0] != Currency.CNY])
    rate = ExactFormField(label=_("汇率"), measure="元/外币", help_text=_("1 外币折合人民币多少元，如 6.48"))
    from_on = DayField(label=_("起用日期"), help_text=_("从这天起发生的外币金额按它折算"))
    until_on = DayField(
        label=_("固定至"), required=False,
        help_text=_("全年固定的填当年 12 月 31 日；不填则用到下一条汇率起用为止。固定的汇率优先。"),
    )  # fmt: skip
    source = forms.CharField(
        label=_("依据"), max_length=200, required=False, help_text=_("文号，或公布汇率的机构和日期")
    )
    source.wide = True

    @staticmethod
    def fresh():
        """Return what a new rate starts with: fixed for this year."""
        year = timezone.localdate().year
        return {"currency": Currency.USD, "from_on": date(year, 1, 1), "until_on": date(year, 12, 31)}


class RateChangeForm(RateForm):
    """The same, with the version it was opened at; the currency stays."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["currency"].disabled = True
