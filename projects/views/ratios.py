"""The usual ratios (常用比率): what they are made of, and adding one with its parts (R36)."""

from django.http import Http404
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from campaigns.models import Indicator
from projects import campaign_templates
from projects.actions import start_ratio
from projects.models import CountingRule
from projects.start_forms import RatioForm
from units.pages import ActionView

CRUMBS = ((_("指标"), reverse_lazy("campaigns:indicator_list")),)


def in_words(part):
    """Say what an indicator of a ratio counts."""
    rules = (CountingRule(**rule).in_words for rule in part.rules)
    return "；".join(rules) or str(_("由单位填报"))


def explained(ratio):
    """Return the parts of a ratio: (role, name with its measure, what is counted)."""
    names = (_("分子"), _("分母"))
    parts = zip(names, ratio.indicator.parts, strict=True)
    return [(name, f"{part.name}（{part.measure.word}）", in_words(part)) for name, part in parts]


class RatioList(TemplateView):
    """The usual ratios, and which of them there are already."""

    template_name = "projects/ratio_list.html"

    def get_context_data(self, **kwargs):
        """Add the ratios: one query."""
        ratios = campaign_templates.known_ratios()
        held = Indicator.objects.visible_to(self.request.user).filter(name__in=ratios, dimension="%")
        known = dict(held.values_list("name", "pk"))
        rows = [(name, ratio, explained(ratio), known.get(name)) for name, ratio in ratios.items()]
        return super().get_context_data(title=_("常用比率"), rows=rows, crumbs=CRUMBS, **kwargs)


class RatioStart(ActionView):
    """Add one of them."""

    form_class = RatioForm
    template_name = "projects/ratio_form.html"
    submit_label = _("启用")
    cancel_url = reverse_lazy("projects:ratio_list")
    success_message = _("比率指标已新建，可在战役的考核指标中选用")

    @cached_property
    def ratio(self):
        """The ratio of the address."""
        found = (row for row in campaign_templates.known_ratios().values() if row.slug == self.kwargs["slug"])
        ratio = next(found, None)
        if ratio is None:
            raise Http404("no such ratio")
        return ratio

    def get_title(self):
        """Name it."""
        return _("启用%(name)s") % {"name": self.ratio.indicator.name}

    def get_lead(self):
        """Say what it says."""
        return self.ratio.about

    def get_initial(self):
        """Offer the first day of the year."""
        return {"since": timezone.localdate().replace(month=1, day=1)}

    def get_context_data(self, **kwargs):
        """Add what it is made of."""
        crumbs = (*CRUMBS, (_("常用比率"), self.cancel_url))
        return super().get_context_data(parts=explained(self.ratio), crumbs=crumbs, **kwargs)

    def perform(self, form):
        """Add it."""
        start_ratio(ratio=self.ratio, since=form.cleaned_data["since"], by=self.request.user)
        return reverse("campaigns:indicator_list")
