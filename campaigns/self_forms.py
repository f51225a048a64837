"""Forms of self-assessment: asking for it, a unit's sheet, the assessor's opinions, a later day."""

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.actions.self_scores import field
from campaigns.forms import DayField, VersionForm
from campaigns.models import Scheme
from campaigns.numbers import ExactFormField
from campaigns.scoring.trace import shown
from units.forms import ReasonForm, RecordForm


class AskForm(RecordForm):
    """By which scheme, as of which day, and between which days the units assess themselves."""

    scheme = forms.ModelChoiceField(label=_("考核办法"), queryset=Scheme.objects.none(), empty_label=None)
    as_of = DayField(label=_("考核截止日"), help_text=_("自评分与这一天的考核分对照。"))
    opens_on = DayField(label=_("自评开始"))
    due_on = DayField(label=_("自评截止"), help_text=_("逾期未报的列入各单位待办；过了这一天不能再填，可逐个延期。"))

    def __init__(self, *args, campaign, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["scheme"].queryset = campaign.schemes.filter(starts_on__isnull=False).order_by("-starts_on")

    def clean(self):
        """Refuse a last day before the first."""
        data = self.cleaned_data
        if data.get("opens_on") and data.get("due_on") and data["due_on"] < data["opens_on"]:
            self.add_error("due_on", _("自评截止不能早于自评开始"))
        return data


class SheetForm(VersionForm):
    """The points a unit gives itself on each clause, each with the evidence."""

    def __init__(self, *args, parts, kept, **kwargs):
        super().__init__(*args, **kwargs)
        self.parts = parts
        for part in parts:
            score = kept.get(part.row.pk)
            self.fields[field("points", part.row)] = ExactFormField(
                label=_("自评分"),
                required=False,
                help_text=told_limits(part),
                initial=score.points if score else None,
            )
            self.fields[field("evidence", part.row)] = forms.CharField(
                label=_("自评依据"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
                initial=score.evidence if score else "",
            )  # fmt: skip

    def rows(self):
        """Return (clause, field of its points, field of its evidence)."""
        return [(part, self[field("points", part.row)], self[field("evidence", part.row)]) for part in self.parts]

    def scores(self):
        """Return what was typed as the action takes it."""
        data = self.cleaned_data
        return {
            part.row.pk: (data[field("points", part.row)], data[field("evidence", part.row)]) for part in self.parts
        }


def told_limits(part):
    """Say between which limits the points of a clause lie; "" where there are none."""
    if part.high is None:
        return ""
    if not part.low:
        return _("最高 %s 分") % shown(part.high)
    return _("%(low)s 至 %(high)s 分") % {"low": shown(part.low), "high": shown(part.high)}


class ReviewForm(VersionForm):
    """What the assessor says to each clause of a sheet."""

    def __init__(self, *args, scores, **kwargs):
        super().__init__(*args, **kwargs)
        self.marks = scores
        for score in scores:
            self.fields[field("opinion", score.row)] = forms.CharField(
                label=_("审核意见"), required=False, max_length=500, initial=score.opinion,
                widget=forms.Textarea(attrs={"rows": 2}),
            )  # fmt: skip

    def opinions(self):
        """Return what was typed as the action takes it."""
        return {score.row_id: self.cleaned_data[field("opinion", score.row)] for score in self.marks}


class ExtendForm(ReasonForm, VersionForm):
    """Until which later day a unit may assess itself, and why."""

    due_on = DayField(label=_("延至"))
    field_order = ("due_on", "reason")
