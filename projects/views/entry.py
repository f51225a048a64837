"""The clerk's page: figures of one unit on one day, saved together."""

from decimal import Decimal

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.generic.edit import FormMixin

from campaigns.actions import record_tally
from campaigns.models import Indicator
from campaigns.pages import CampaignPage
from campaigns.standings import standings
from projects import entry, todos
from projects.desk_forms import ADD, EntryForm
from units.pages import ActionView


class EntryPage(CampaignPage):
    """What the page and its previews share: the unit, the cards, the form."""

    form_class = EntryForm

    @cached_property
    def seats(self):
        """The units the clerk enters figures for in this campaign."""
        return entry.seats_of(self.campaign, self.request.user) if self.campaign else []

    @cached_property
    def seat(self):
        """The unit asked for, else the first; 404 where it is not the clerk's."""
        wanted = self.request.POST.get("unit") or self.request.GET.get("unit")
        if not wanted:
            return self.seats[0]
        for seat in self.seats:
            if str(seat.unit.pk) == wanted:
                return seat
        raise Http404("no such unit for this clerk")

    @cached_property
    def as_of(self):
        """The day figures are shown as of: today, or the campaign's last day."""
        return self.campaign.default_day(self.today)

    @cached_property
    def basis(self):
        """Each line's own: what the ranking counts."""
        return None

    @cached_property
    def cards(self):
        """One card per indicator."""
        return entry.cards_of(self.standings, self.seat, self.today)

    def get_form_kwargs(self):
        """Give the form its cards and the days one may enter."""
        first, last = self.campaign.starts_on, self.as_of
        return {**super().get_form_kwargs(), "cards": self.cards, "first": first, "last": last}

    def preview(self, form, figure):
        """Say what one figure makes of the total."""
        return entry.preview(
            self.campaign,
            self.seat,
            figure.card,
            amount=figure.amount,
            is_reading=figure.is_reading,
            on=form.cleaned_data["on"],
            as_of=self.as_of,
            by=self.request.user,
            today=self.today,
        )


class Entry(EntryPage, ActionView):
    """Enter figures: check the new totals, then save them all in one transaction."""

    template_name = "projects/entry.html"
    title = _("进度填报")
    offline = _("进度填报")

    def dispatch(self, request, *args, **kwargs):
        """Say so where there is nothing to enter figures for."""
        if not self.seats:
            context = {"title": self.title, "campaign": self.campaign, "campaigns": self.campaigns}
            return render(request, "projects/entry_empty.html", context)
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self):
        """Today, or the campaign's last day; new figures rather than totals."""
        kinds = {f"kind_{card.line_id}": ADD for card in self.cards if card.how == "add"}
        return {"campaign": self.campaign.pk, "unit": self.seat.unit.pk, "on": self.as_of, **kinds}

    def form_valid(self, form):
        """Show the new totals first; save them on the second button."""
        if self.request.POST.get("step") in {"save", "none"}:
            return super().form_valid(form)
        previews = {figure.card.line_id: self.preview(form, figure) for figure in form.figures()}
        for line_id, shown in previews.items():
            if shown.error:
                form.add_error(f"amount_{line_id}", shown.error)
        return self.render_to_response(
            self.get_context_data(form=form, previews=previews, is_checked=not form.errors)
        )

    def perform(self, form):
        """Save every figure, or none of them."""
        before = self.standings.scores.get(self.seat.line_unit_id)
        self.saved = self.zeros(form) if form.wants_zeros else form.figures()
        indicators = Indicator.objects.in_bulk([figure.card.indicator_id for figure in self.saved])
        problems = {}
        for figure in self.saved:
            try:
                self.record(figure, indicators[figure.card.indicator_id], form.cleaned_data["on"])
            except ValidationError as error:
                collect(problems, figure, error)
        if problems:
            raise ValidationError(problems)
        self.after = standings(self.campaign, self.as_of)
        self.moved = before, self.after.scores.get(self.seat.line_unit_id)
        return f"{reverse('projects:entry')}?campaign={self.campaign.pk}&unit={self.seat.unit.pk}"

    def record(self, figure, indicator, on):
        """Save one figure."""
        record_tally(
            campaign=self.campaign,
            indicator=indicator,
            unit=self.seat.unit,
            on=on,
            amount=figure.amount,
            is_reading=figure.is_reading,
            by=self.request.user,
            today=self.today,
        )

    def zeros(self, form):
        """Return a written 0 for every indicator without a figure on the day."""
        missing = entry.without_figure(self.campaign, self.seat, self.cards, form.cleaned_data["on"])
        if not missing:
            raise ValidationError(_("这一天各项都已填报，不必再报「无新增」"))
        return [entry.Figure(card, Decimal(0)) for card in missing]

    def get_success_message(self):
        """Name the new totals and how the unit's place moved."""
        cards = {card.line_id: card for card in entry.cards_of(self.after, self.seat, self.today)}
        totals = "、".join(entry.total_words(cards[figure.card.line_id]) for figure in self.saved)
        return _("已保存 %(n)s 项：%(totals)s。%(place)s") % {
            "n": len(self.saved),
            "totals": totals,
            "place": entry.place_words(*self.moved),
        }

    def get_context_data(self, **kwargs):
        """Add the cards with their fields, and why days are closed."""
        context = super().get_context_data(**kwargs)
        previews = kwargs.get("previews", {})
        score = self.standings.scores.get(self.seat.line_unit_id)
        return {
            **context,
            "seat": self.seat,
            "seats": self.seats,
            "rows": list(context["form"].rows(self.cards, previews)),
            "has_fields": bool(context["form"].cards),
            "place": entry.place_words(None, score),
            "closed": entry.closed_months(self.campaign, self.as_of),
            "not_started": self.campaign.starts_on > self.today,
            "reminder": todos.digest(self.request.user, self.today).text,
        }


class EntryPreview(EntryPage, FormMixin, View):
    """The new total of one indicator while it is typed: a fragment of the page."""

    def get(self, request):
        """Answer with one total, or with what is wrong with the figure."""
        if not self.seats:
            raise Http404("nothing to enter")
        form = self.form_class(request.GET, **{**self.get_form_kwargs(), "user": request.user})
        form.is_valid()
        card = next((card for card in form.cards if str(card.line_id) == request.GET.get("line")), None)
        if card is None:
            raise Http404("no such line")
        context = {"card": card, "preview": self.shown(form, card), "swap": True}
        return render(request, "projects/_entry_total.html", context)

    def shown(self, form, card):
        """Return the preview of a card, None while nothing is typed."""
        for name in (f"amount_{card.line_id}", "on"):
            if form.errors.get(name):
                return entry.Preview(card, error=" ".join(form.errors[name]))
        figure = form.figure(card)
        return self.preview(form, figure) if figure else None


def collect(problems, figure, error):
    """Put what an action says beside the field of the figure it is about, or the day's."""
    told = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
    for name, lines in told.items():
        place = "on" if name == "on" else f"amount_{figure.card.line_id}"
        kept = problems.setdefault(place, [])
        kept.extend(line for line in lines if line not in kept)
