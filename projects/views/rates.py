"""Exchange rates: the list, adding and changing one."""

from django.shortcuts import get_object_or_404
from django.urls import reverse, reverse_lazy
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from projects.actions import change_rate, create_rate
from projects.models import ExchangeRate
from projects.rate_forms import RateChangeForm, RateForm
from projects.rate_tables import RateFilter, RateTable
from units import access, audit
from units.lists import ListPage
from units.pages import ActionView


class RateList(ListPage):
    """The table of exchange rates."""

    model, table_class, filterset_class = ExchangeRate, RateTable, RateFilter
    title = _("汇率")
    sub = _("外币金额不填汇率的，按发生日的汇率折算；固定汇率优先。改动后，未封账月份的节点随之重新折算。")
    empty_text = _("还没有汇率")
    empty_hint = _("没有汇率时，登记外币金额须逐笔填折算汇率")
    actions = ((_("新建汇率"), "projects:rate_create", "plus"),)
    export_name = "rates"

    def get_table_kwargs(self):
        """Leave out what only editors may do."""
        may = access.may(self.request.user, "projects:rate_change", "POST")
        return {**super().get_table_kwargs(), "exclude": () if may else ("actions",)}


class RateAction(ActionView):
    """What the forms about rates share."""

    template_name = "projects/rate_form.html"
    cancel_url = reverse_lazy("projects:rate_list")
    extra_context = {"crumbs": ((_("汇率"), reverse_lazy("projects:rate_list")),), "two_columns": True}


class RateCreate(RateAction):
    """A new rate; what it holds for is converted once it is saved."""

    form_class = RateForm
    title = _("新建汇率")
    lead = _("保存后，按汇率表折算、发生在适用期内且月份未封账的节点，按它重新折算；登记时自填汇率的不动。")
    success_message = _("汇率已新建，相关节点已按它折算")

    def get_initial(self):
        """This year's."""
        return RateForm.fresh()

    def perform(self, form):
        """Add it."""
        create_rate(by=self.request.user, **form.cleaned_data)
        return reverse("projects:rate_list")


class RateChange(RateAction):
    """Change a rate; what took it is converted anew once it is saved."""

    form_class = RateChangeForm
    success_message = _("汇率已修改，未封账月份的相关节点已重新折算")

    @cached_property
    def rate(self):
        """The rate of the page."""
        return get_object_or_404(
            ExchangeRate.objects.visible_to(self.request.user).for_list(), pk=self.kwargs["pk"]
        )  # fmt: skip

    def get_title(self):
        """Name the rate."""
        return _("修改%(currency)s %(words)s") % {
            "currency": self.rate.get_currency_display(), "words": self.rate.in_words,
        }  # fmt: skip

    def get_lead(self):
        """Say how many milestones hang on it."""
        return _(
            "现有 %(n)s 个节点用它折算。保存后，未封账月份的重新折算，封账月份的不变，已认定的数不变。"
        ) % {"n": self.rate.used}  # fmt: skip

    def get_initial(self):
        """Show the rate as it stands."""
        return {name: getattr(self.rate, name) for name in RateChangeForm.base_fields}

    def get_context_data(self, **kwargs):
        """Add what happened to it."""
        return super().get_context_data(history=audit.history(self.rate), **kwargs)

    def perform(self, form):
        """Change it."""
        change_rate(row=self.rate, by=self.request.user, **form.cleaned_data)
        return reverse("projects:rate_list")
