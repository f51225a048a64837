"""Inspections: the list, one with what it found and whom it commended, writing them; all commendations."""

from django.shortcuts import get_object_or_404
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from campaigns.models import Campaign, Order, current
from campaigns.rulebook_forms import due_after
from campaigns.rulebook_tables import demand_state
from projects import actions, papers
from projects.inspection_forms import CommendationForm, InspectionChangeForm, InspectionForm, ShortcomingForm
from projects.models import Commendation, Evidence, Inspection, Shortcoming
from projects.reward_filters import CommendationFilter, InspectionFilter
from projects.reward_tables import CommendationTable, InspectionTable
from units import audit
from units.access import require
from units.lists import DatedList
from units.models import BUSINESS_ROLES, Role
from units.pages import ActionView

LIST = (_("督查"), reverse_lazy("projects:inspection_list"))


class InspectionList(DatedList):
    """Inspections in the campaigns that the user's units organise, and of the user's units."""

    model, table_class, filterset_class = Inspection, InspectionTable, InspectionFilter
    title = _("督查")
    sub = _("督查发现的问题转成督办单，限期整改；做得好的通报表扬。")
    empty_text = _("还没有督查")
    empty_hint = _("联合督查后登记督查组、受检单位和发现的问题")
    actions = ((_("登记督查"), "projects:inspection_create", "plus"),)
    export_name = "inspections"
    counted = _("次督查")
    filters_first = ("campaign", "unit")


class InspectionCreate(ActionView):
    """Write an inspection down."""

    template_name = "projects/record_form.html"
    form_class = InspectionForm
    title = _("登记督查")
    lead = _("先登记督查组、时间和受检单位，再逐个单位登记发现的问题和表扬。")
    cancel_url = reverse_lazy("projects:inspection_list")
    extra_context = {"crumbs": (LIST,), "two_columns": True}

    def get_initial(self):
        """Today, in the present campaign."""
        today = timezone.localdate()
        here = current(list(Campaign.objects.editable_by(self.request.user).for_list()), today)
        return {"starts_on": today, "ends_on": today, "campaign": here}

    def perform(self, form):
        """Write it down."""
        facts = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        return actions.record_inspection(by=self.request.user, **facts)


class InspectionScope:
    """A page about one inspection that the user may see."""

    @cached_property
    def inspection(self):
        """The inspection; 404 where it is not the user's to see."""
        return get_object_or_404(Inspection.objects.visible_to(self.request.user).for_list(), pk=self.kwargs["pk"])

    @cached_property
    def own_inspection(self):
        """The inspection, if the user writes it: 403 for who is no editor of the organiser."""
        require(self.request.user, Role.EDITOR, self.inspection.campaign.organiser)
        return self.inspection


class InspectionDetail(InspectionScope, TemplateView):
    """An inspection: team, units, what was found with its papers and orders, who was commended.

    A unit reads what was found of itself alone; the organiser reads all.
    """

    template_name = "projects/inspection.html"

    def get_context_data(self, **kwargs):
        """Add what the user may see of it, and what he may do."""
        row, user = self.inspection, self.request.user
        is_own = row.campaign.organiser.path.startswith(user.paths(*BUSINESS_ROLES))
        may_write = user.holds(Role.EDITOR, row.campaign.organiser)
        return super().get_context_data(
            title=row.title, inspection=row, crumbs=(LIST,), may_write=may_write, found=self.found(),
            units="、".join(unit.name for unit in row.units.order_by("path")),
            commendations=Commendation.objects.visible_to(user).filter(inspection=row).for_list(),
            history=audit.history(row) if is_own else None, **kwargs,
        )  # fmt: skip

    def found(self):
        """Return (shortcoming, tone, state of its order, papers, may add, may open the order) for the user to see."""
        user, today = self.request.user, timezone.localdate()
        rows = list(Shortcoming.objects.visible_to(user).filter(inspection=self.inspection).for_list())
        galleries = papers.galleries(Evidence.objects.filter(shortcoming__in=rows), user)
        orders = set(
            Order.objects.visible_to(user).filter(pk__in=[row.order_id for row in rows]).values_list("pk", flat=True)
        )
        return [
            (
                row, *demand_state(row.order, today), galleries.get(papers.key_of(row), papers.Gallery()),
                papers.may_add(row, user), row.order_id in orders,
            )
            for row in rows
        ]  # fmt: skip


class InspectionForms(InspectionScope, ActionView):
    """A form about one inspection."""

    template_name = "projects/record_form.html"

    def get_cancel_url(self):
        """Lead back to it."""
        return self.inspection.get_absolute_url()

    def get_context_data(self, **kwargs):
        """Say where one is."""
        crumbs = (LIST, (self.own_inspection, self.get_cancel_url()))
        return super().get_context_data(**{"crumbs": crumbs, **kwargs})


class InspectionChange(InspectionForms):
    """Change an inspection, or write what it says in general."""

    form_class = InspectionChangeForm
    title = _("修改督查")
    extra_context = {"two_columns": True}

    def get_initial(self):
        """Show it as it stands."""
        row = self.own_inspection
        names = ("title", "team", "members", "starts_on", "ends_on", "document", "summary", "version")
        return {name: getattr(row, name) for name in names} | {"units": list(row.units.values_list("pk", flat=True))}

    def perform(self, form):
        """Change it."""
        return actions.change_inspection(inspection=self.own_inspection, by=self.request.user, **form.cleaned_data)


class VisitedForms(InspectionForms):
    """A form about one unit that an inspection looked at."""

    def get_form_kwargs(self):
        """Give the form its inspection."""
        return {**super().get_form_kwargs(), "inspection": self.own_inspection}


class ShortcomingCreate(VisitedForms):
    """Write down what was found wanting at a unit."""

    template_name = "projects/evidence_form.html"
    form_class = ShortcomingForm
    title = _("登记发现的问题")
    lead = _("每条转成一件督办单，列入该单位的待办：签收、整改、回复、复核、办结。")
    submit_label = _("登记并签发督办单")
    success_message = _("已登记，督办单已签发")

    def get_initial(self):
        """Due in a week."""
        return {"due_on": due_after(timezone.localdate())}

    def perform(self, form):
        """Write it down and go back to the inspection."""
        facts = {**form.cleaned_data, "on": timezone.localdate(), "by": self.request.user}
        actions.find_shortcoming(inspection=self.own_inspection, **facts)
        return self.get_cancel_url()


class CommendationCreate(VisitedForms):
    """Commend a unit or a person."""

    form_class = CommendationForm
    title = _("登记通报表扬")
    success_message = _("通报表扬已登记")

    def get_initial(self):
        """Today, in the bulletin of the inspection."""
        return {"on": timezone.localdate(), "document": self.own_inspection.document}

    def perform(self, form):
        """Write it down and go back to the inspection."""
        actions.commend(inspection=self.own_inspection, by=self.request.user, **form.cleaned_data)
        return self.get_cancel_url()


class CommendationList(DatedList):
    """Who was commended: open to everybody who takes part."""

    model, table_class, filterset_class = Commendation, CommendationTable, CommendationFilter
    title = _("通报表扬")
    sub = _("督查后通报表扬的单位和个人，对参战单位公开。")
    empty_text = _("还没有通报表扬")
    empty_hint = _("在督查页上登记")
    empty_action = (_("去督查"), "projects:inspection_list")
    export_name = "commendations"
    counted = _("项")
    filters_first = ("campaign", "unit")
