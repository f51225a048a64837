"""Forms of the clerk's and the verifier's desk: entry, tallies, recognition, counting rules."""

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.numbers import ExactFormField
from projects.entry import Figure
from units.forms import RecordForm

ADD, TOTAL = "add", "total"


def day_input(**attrs):
    """Return a date input of the browser."""
    return forms.DateInput(attrs={"type": "date", **attrs}, format="%Y-%m-%d")


class EntryForm(RecordForm):
    """Figures of one unit on one day, a field per indicator that is fed by hand."""

    campaign = forms.IntegerField(widget=forms.HiddenInput)
    unit = forms.IntegerField(widget=forms.HiddenInput)
    on = forms.DateField(label=_("日期"))

    def __init__(self, *args, cards=(), first=None, last=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.cards = [card for card in cards if card.is_typed]
        bounds = {"min": first.isoformat(), "max": last.isoformat()} if first and last else {}
        self.fields["on"].widget = day_input(**bounds)
        for card in self.cards:
            if card.how == "add":
                self.fields[f"kind_{card.line_id}"] = forms.ChoiceField(
                    label=_("填法"), choices=((ADD, _("新增")), (TOTAL, _("累计"))), required=False,
                    widget=forms.RadioSelect,
                )  # fmt: skip
            self.fields[f"amount_{card.line_id}"] = ExactFormField(
                label=card.name, measure=card.measure, required=False
            )

    @property
    def wants_zeros(self):
        """Whether the button 本期无新增 was pressed."""
        return self.data.get("step") == "none"

    def rows(self, cards, previews):
        """Yield (card, kind field, amount field, preview) for each card in its order."""
        for card in cards:
            typed = card.is_typed
            kind = self[f"kind_{card.line_id}"] if card.how == "add" else None
            yield card, kind, self[f"amount_{card.line_id}"] if typed else None, previews.get(card.line_id)

    def figure(self, card):
        """Return what was typed into a card, None where it was left empty."""
        amount = self.cleaned_data.get(f"amount_{card.line_id}")
        if amount is None:
            return None
        kind = self.cleaned_data.get(f"kind_{card.line_id}") or ADD
        return Figure(card, amount, card.how == "level" or kind == TOTAL)

    def figures(self):
        """Return everything that was typed."""
        return [figure for card in self.cards if (figure := self.figure(card))]

    def clean(self):
        """Refuse a page without a figure, and figures beside 本期无新增."""
        if self.wants_zeros and self.figures():
            raise forms.ValidationError(_("已填了数，请点「核对」后保存；「本期无新增」只在没有数可填时用"))
        if not self.wants_zeros and not self.figures() and not self.errors:
            raise forms.ValidationError(_("还没有填数。没有新增的，请点「本期无新增」"))
        return self.cleaned_data
