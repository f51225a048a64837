"""Planned contacts: the list, a new one, saying that one took place, dropping one."""

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, Value, When
from django.shortcuts import get_object_or_404
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from projects import actions
from projects.models import PlannedContact, Project
from projects.trip_filters import PLANNED, PlannedFilter
from projects.trip_forms import PlannedDoneForm, PlannedDropForm, PlannedForm
from projects.trip_resources import PlannedResource
from projects.trip_tables import PlannedTable
from projects.views.projects import company_named
from projects.views.visits import linked_company
from units import access
from units.lists import ListPage
from units.models import Role, under
from units.pages import ActionView


class PlannedList(ListPage):
    """Who is to be called or visited next, what is due first on top."""

    model, table_class, filterset_class = PlannedContact, PlannedTable, PlannedFilter
    title = _("联系计划")
    sub = _("下次联系谁、怎么联系、由谁、哪天；登记走访即完成。")
    empty_text = _("还没有联系计划")
    empty_hint = _("在企业、项目或走访页点“下次联系”也可登记")
    empty_action = (_("登记联系计划"), "projects:planned_create")
    actions = ((_("登记联系计划"), "projects:planned_create", "plus"),)
    export_name = "contacts"
    resource_class = PlannedResource
    presets = PLANNED
    count_tabs = True
    filters_first = ("state", "way", "unit")

    def get_queryset(self):
        """Name only projects that the user may see; say what the user may settle."""
        user = self.request.user
        seen = Project.objects.visible_to(user).filter(pk=OuterRef("project"))
        own = under(user.paths(Role.CLERK)) & Q(done_on__isnull=True, dropped="")
        may = Case(When(own, then=Value(True)), default=Value(False), output_field=BooleanField())
        return super().get_queryset().annotate(shows_project=Exists(seen), may_settle=may)


class PlannedCreate(ActionView):
    """Plan who calls or visits a company next."""

    template_name = "projects/record_form.html"
    form_class = PlannedForm
    title = _("登记联系计划")
    cancel_url = reverse_lazy("projects:planned_list")
    success_message = _("已列入联系计划")
    extra_context = {"crumbs": ((_("联系计划"), cancel_url),)}

    def get_initial(self):
        """By the user, for the user's own unit; the company or project that a link names."""
        user = self.request.user
        initial = {"way": PlannedContact.Way.CALL, "person": str(user), "unit": user.first_unit(Role.CLERK)}
        return initial | linked_company(user, self.request.GET)

    def perform(self, form):
        """Plan it; who plans it under the own name sees it as the own."""
        facts, by = dict(form.cleaned_data), self.request.user
        company = company_named(facts.pop("company_name"), unit=facts["unit"], by=by)
        user = by if facts["person"] == str(by) else None
        actions.plan_contact(company=company, user=user, by=by, **facts)
        return str(self.cancel_url)


class PlannedSettle(ActionView):
    """A form that settles a planned contact."""

    template_name = "projects/record_form.html"
    cancel_url = reverse_lazy("projects:planned_list")
    extra_context = {"crumbs": ((_("联系计划"), cancel_url),)}

    @cached_property
    def contact(self):
        """The planned contact; 404 where it is another unit's, 403 where one may only read it."""
        rows = PlannedContact.objects.visible_to(self.request.user).for_list()
        contact = get_object_or_404(rows, pk=self.kwargs["pk"])
        access.require(self.request.user, Role.CLERK, contact.unit)
        return contact

    def get_lead(self):
        """Name whom, how and by when."""
        row = self.contact
        return f"{row.get_way_display()} {row.company} · {row.due_on.isoformat()} · {row.person}"

    def get_initial(self):
        """Today, and the version that was opened."""
        return {"on": timezone.localdate(), "version": self.contact.version}

    def perform(self, form):
        """Settle it."""
        actions.settle_contact(
            contact=self.contact, by=self.request.user, today=timezone.localdate(), **form.cleaned_data
        )
        return str(self.cancel_url)


class PlannedDone(PlannedSettle):
    """Say on which day it took place."""

    form_class = PlannedDoneForm
    title = _("已联系")
    success_message = _("已记为完成")


class PlannedDrop(PlannedSettle):
    """Drop it, with a reason."""

    form_class = PlannedDropForm
    title = _("取消联系计划")
    submit_label = _("取消计划")
    success_message = _("已取消，理由已记下")
