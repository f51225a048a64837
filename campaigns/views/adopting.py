"""Starting a scheme from a rule set that a bureau has published (从常用办法开始)."""

from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from campaigns import actions
from campaigns.adopt_forms import AdoptForm
from campaigns.published_rules import all_sets
from campaigns.views.schemes import list_url
from campaigns.views.setup import SetUpForm, SetUpPage
from units.pages import ActionView


class SetPick(SetUpPage, TemplateView):
    """The published rule sets, each with its rows in words."""

    template_name = "campaigns/scheme_sets.html"
    here = gettext_lazy("从常用办法开始")

    def get_context_data(self, **kwargs):
        """Add the sets."""
        sets = [
            (rules, reverse("campaigns:scheme_adopt", args=[self.campaign.pk, code]))
            for code, rules in all_sets().items()
        ]
        return super().get_context_data(title=self.get_title(), sets=sets, **kwargs)


class SetAdopt(SetUpForm):
    """Say what stands for each thing that a rule set reads; a draft comes of it."""

    form_class = AdoptForm
    template_name = "campaigns/scheme_adopt.html"
    here = gettext_lazy("从常用办法开始")
    lead = gettext_lazy(
        "逐项选本战役的指标或事项；对不上的选“不用”，读它的条款就不带过来。建好的是草案，参数、条款都可再改。"
    )
    submit_label = gettext_lazy("建成草案")
    success_message = gettext_lazy("草案已建好，请核对各条参数后试算")
    show_conflict = ActionView.show_conflict

    @cached_property
    def rules(self):
        """The rule set of the address."""
        found = all_sets().get(self.kwargs["slug"])
        if found is None:
            raise Http404("no such rule set")
        return found

    def get_form_kwargs(self):
        """Give the form its rule set."""
        return {**super().get_form_kwargs(), "rules": self.rules}

    def get_initial(self):
        """Offer the name of the set."""
        return {"name": self.rules.name}

    def get_cancel_url(self):
        """Lead back to the sets."""
        return reverse("campaigns:scheme_sets", args=[self.campaign.pk])

    def get_context_data(self, **kwargs):
        """Add the rows in words."""
        crumbs = [(self.campaign.name, reverse("campaigns:campaign_setup", args=[self.campaign.pk])),
                  (_("考核办法"), list_url(self.campaign)), (self.here, self.get_cancel_url())]  # fmt: skip
        return super().get_context_data(
            **{"crumbs": crumbs, "here": self.rules.name, "rules": self.rules, "two_columns": True, **kwargs}
        )

    def perform(self, form):
        """Write the draft."""
        return actions.adopt_rules(
            campaign=self.campaign, rules=self.rules, name=form.cleaned_data["name"], chosen=form.chosen(),
            by=self.request.user,
        )  # fmt: skip
