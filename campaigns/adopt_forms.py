"""The form that makes a published rule set a campaign's own: what stands for each thing that it reads."""

from difflib import SequenceMatcher

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.models import Indicator, ScoreItem
from campaigns.published_rules import COUNT, FIGURE, MARK, SCOPE, TAG, told_kind, told_reads
from units.forms import RecordForm

NEW, ALL = "new", "all"
ALIKE = 0.35  # how like two names must be for one to be offered for the other


class AdoptForm(RecordForm):
    """The name of the scheme, and for each thing that the rule set reads what the campaign has for it."""

    name = forms.CharField(label=_("名称"), max_length=100)

    def __init__(self, *args, campaign, rules, **kwargs):
        super().__init__(*args, **kwargs)
        self.rules = rules
        self.indicators = list(Indicator.objects.filter(pk__in=campaign.lines.values("indicator")).order_by("name"))
        self.items = list(ScoreItem.objects.order_by("name"))
        seats = campaign.roster.select_related("unit").order_by("order")
        self.groups = list(
            dict.fromkeys(word for seat in seats for word in (seat.group, seat.unit.get_kind_display()) if word)
        )
        self.asks = {f"ask_{n}": part for n, part in enumerate(rules.asks)}
        for name, part in self.asks.items():
            choices = self.choices_of(part)
            self.fields[name] = forms.ChoiceField(
                label=f"{told_kind(part)}「{part.name}」", choices=choices, required=False,
                help_text=self.help_of(part), initial=self.offered(part, choices),
            )  # fmt: skip

    def choices_of(self, part):
        """Return what may stand for a thing; the first choice is nothing."""
        if part.kind == FIGURE:
            return [("", _("不用（去掉读它的条款）")), *((str(row.pk), row.name) for row in self.indicators)]
        if part.kind == TAG:
            return [("", _("不用（去掉这一档）")), *((row.name, row.name) for row in self.indicators)]
        if part.kind == SCOPE:
            return [("", _("不用（去掉这些条款）")), (ALL, _("全部单位")), *((word, word) for word in self.groups)]
        same = [row for row in self.items if row.kind == part.kind]
        new = [] if part.name in {row.name for row in self.items} else [(NEW, _("新建事项「%s」") % part.name)]
        return [("", _("不用（去掉读它的条款）")), *new, *((str(row.pk), row.name) for row in same)]

    def offered(self, part, choices):
        """Return the choice that is named most like the thing, for an item a new one."""
        values = dict(choices)
        if part.kind == SCOPE:
            return part.name if part.name in values else "" if self.rules.is_split else ALL
        by_name = {str(label): value for value, label in choices if value not in ("", NEW)}
        if part.name in by_name:
            return by_name[part.name]
        if NEW in values:
            return NEW
        alike = {name: SequenceMatcher(None, part.name, name).ratio() for name in by_name}
        best = max(alike, key=alike.get, default=None)
        return by_name[best] if best and alike[best] >= ALIKE and part.kind == FIGURE else ""

    def help_of(self, part):
        """Say where the rule set reads a thing, and in which measure its limits are written."""
        if part.kind in (TAG, SCOPE):
            return ""
        measure = _("；原办法的界线以%s计，建好后请核对") % part.measure if part.measure else ""
        return f"{told_reads(self.rules, part)}{measure}"

    def chosen(self):
        """Return by key what stands for each thing; nothing where it is not used."""
        indicators = {str(row.pk): row for row in self.indicators}
        items = {str(row.pk): row for row in self.items}
        made = {}
        for name, part in self.asks.items():
            value = self.cleaned_data.get(name) or None
            if value is None:
                continue
            if part.kind == FIGURE:
                made[part.key] = indicators[value]
            elif part.kind in (COUNT, MARK):
                made[part.key] = part.name if value == NEW else items[value]
            else:
                made[part.key] = "" if part.kind == SCOPE and value == ALL else value
        return made
