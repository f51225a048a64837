"""Forms of what a project passes on its way: review gates, the fair-competition check; and of tags."""

from django import forms
from django.utils.translation import gettext_lazy as _

from projects import fair_competition
from projects.evidence_forms import files_field
from projects.models import Review
from projects.record_fields import DayField
from units.forms import RecordForm

TEXT = forms.Textarea(attrs={"rows": 3})


class ReviewForm(RecordForm):
    """What a gate said: result, day, who, opinion, and the paper, if it is at hand."""

    result = forms.ChoiceField(label=_("结论"), choices=Review.Result)
    on = DayField(label=_("日期"))
    unit = forms.TypedChoiceField(label=_("审查单位"), coerce=int, empty_value=None, required=False)
    person = forms.CharField(label=_("审查人"), max_length=50, required=False)
    opinion = forms.CharField(
        label=_("意见"), max_length=500, required=False, widget=TEXT, help_text=_("有条件通过或不通过的必填。")
    )
    file = files_field(_("文件"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, units=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.units = {unit.pk: unit for unit in units}
        self.fields["unit"].choices = [("", "—"), *((unit.pk, unit.name) for unit in units)]

    def clean_unit(self):
        """Give the unit, not its key."""
        return self.units.get(self.cleaned_data["unit"])


class FairCompetitionForm(RecordForm):
    """An answer for each item, and the opinion."""

    opinion = forms.CharField(
        label=_("意见"),
        max_length=500,
        required=False,
        widget=TEXT,
        help_text=_("有「含有」或「属例外情形」的，写明条款、依据和处理。"),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for item in fair_competition.ITEMS:
            self.fields[item.name] = forms.ChoiceField(
                label=item.words,
                choices=fair_competition.Answer,
                widget=forms.RadioSelect,
                help_text=item.hint,
                error_messages={"required": _("请选一项")},
            )

    def items(self):
        """Return the fields of the items, in their order."""
        return [self[name] for name in fair_competition.NAMES]

    def answers(self):
        """Return {item: answer}."""
        return {name: self.cleaned_data[name] for name in fair_competition.NAMES}


class SignForm(RecordForm):
    """The day of the signature; the name is the account's."""

    on = DayField(label=_("签字日期"))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class TagForm(RecordForm):
    """A tag in its group."""

    group = forms.CharField(label=_("分组"), max_length=30, help_text=_("如 136工程、六区、产业集群。"))
    name = forms.CharField(label=_("标签"), max_length=30)


class TagChangeForm(TagForm):
    """The same, with the version it was opened at."""

    version = forms.IntegerField(widget=forms.HiddenInput)
