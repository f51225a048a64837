"""The thresholds that flags and claims read (预警阈值)."""

from dataclasses import dataclass

from django.http import Http404
from django.urls import reverse, reverse_lazy
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from campaigns.numbers import plain
from projects import actions
from projects.company_forms import ThresholdForm
from projects.models import Threshold
from units import audit
from units.pages import ActionView


@dataclass(frozen=True)
class Line:
    """One threshold, printed."""

    name: str
    label: str
    value: str
    default: str
    measure: str
    is_set: bool


class Thresholds(TemplateView):
    """What is in force, and what would be without the bureau's word."""

    template_name = "projects/thresholds.html"
    extra_context = {
        "title": _("预警阈值"),
        "sub": _("首报失效、疑似重复和项目预警按这些数值判断；没有设定的用默认值。"),
    }

    def get_context_data(self, **kwargs):
        """Print every threshold."""
        held = dict(Threshold.objects.values_list("name", "value"))
        lines = [
            Line(
                name=name.value, label=name.label, value=plain(held.get(name, Threshold.DEFAULTS[name])),
                default=plain(Threshold.DEFAULTS[name]), measure=Threshold.MEASURES[name], is_set=name in held,
            )
            for name in Threshold.Name
        ]  # fmt: skip
        return super().get_context_data(lines=lines, **kwargs)


class ThresholdChange(ActionView):
    """Set a threshold, or bring its default back."""

    template_name = "projects/threshold_form.html"
    form_class = ThresholdForm
    cancel_url = reverse_lazy("projects:thresholds")
    success_message = _("阈值已保存，即刻生效")
    extra_context = {"crumbs": ((_("预警阈值"), reverse_lazy("projects:thresholds")),)}

    @cached_property
    def name(self):
        """The threshold of the page."""
        if self.kwargs["name"] not in Threshold.Name.values:
            raise Http404
        return Threshold.Name(self.kwargs["name"])

    @cached_property
    def row(self):
        """The value the bureau has set; a row that was never saved otherwise."""
        held = Threshold.objects.filter(name=self.name).first()
        return held or Threshold(name=self.name, value=Threshold.DEFAULTS[self.name], version=0)

    def get_title(self):
        """Name it."""
        return self.name.label

    def get_form_kwargs(self):
        """Give the form its threshold."""
        return {**super().get_form_kwargs(), "name": self.name}

    def get_initial(self):
        """Show the value in force."""
        return {"value": self.row.value, "version": self.row.version}

    def get_context_data(self, **kwargs):
        """Add what was set before."""
        history = audit.history(self.row) if self.row.pk else ()
        return super().get_context_data(**{"history": history, **kwargs})

    def perform(self, form):
        """Set it."""
        actions.set_threshold(name=self.name.value, by=self.request.user, **form.cleaned_data)
        return reverse("projects:thresholds")
