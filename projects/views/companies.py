"""Companies and events: lists, pages, forms."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.generic import TemplateView

from campaigns.numbers import money_text
from projects import actions, project_page
from projects.models import Company, Event, Milestone, Project, Visit
from projects.record_filters import CompanyFilter, EventFilter
from projects.record_forms import CompanyForm, EventForm
from projects.record_tables import CompanyTable, EventTable
from projects.stages import Kind
from units import access, audit
from units.lists import ListPage
from units.models import Role
from units.pages import ActionView

COMPANY_FACTS = ("name", "credit_code", "origin", "place", "contact", "phone")
EVENT_FACTS = ("name", "on", "place", "level")
SHOWN = 50  # visits and projects a company's page lists


class CompanyList(ListPage):
    """All companies that the user's units entered, met, or share a project with."""

    model, table_class, filterset_class = Company, CompanyTable, CompanyFilter
    title = _("企业")
    empty_text = _("还没有企业；登记项目或走访时会一并登记")
    empty_action = (_("登记走访"), "projects:visit_create")
    export_name = "companies"

    def get_queryset(self):
        """Count the projects and visits that the user may see, no others."""
        user = self.request.user
        return (
            super()
            .get_queryset()
            .with_counts(projects=Project.objects.visible_to(user), visits=Visit.objects.live().visible_to(user))
        )


class CompanyObject:
    """A page about one company that the user may see."""

    @cached_property
    def company(self):
        """The company; 404 if it is not the user's to see."""
        rows = Company.objects.visible_to(self.request.user).select_related("entered_for")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @cached_property
    def is_clerk(self):
        """Whether the user is a clerk of the unit that entered the company."""
        return self.request.user.holds(Role.CLERK, self.company.entered_for)

    @cached_property
    def may_call(self):
        """Whether there is a phone number and the user may see it."""
        return bool(self.company.phone) and actions.may_call(self.request.user, self.company)

    def get_cancel_url(self):
        """Back to the company."""
        return self.company.get_absolute_url()

    def context(self, phone):
        """Return what the page shows, with the phone number as it may be seen."""
        user, today = self.request.user, timezone.localdate()
        company = self.company
        visits = Visit.objects.visible_to(user).filter(company=company)
        projects = list(Project.objects.visible_to(user).filter(company=company).for_list()[: SHOWN + 1])
        return {
            "title": company.name,
            "company": company,
            "phone": phone,
            "is_shown": phone != company.masked_phone,
            "may_call": self.may_call,
            "may_edit": self.is_clerk,
            "projects": projects[:SHOWN],
            "more_projects": len(projects) > SHOWN,
            "timeline": project_page.timeline(
                (), visits.select_related("company").order_by("-on", "-pk")[:SHOWN], today
            ),
            "visit_count": visits.live().count(),
            "history": audit.history(company),
        }


class CompanyPage(CompanyObject, TemplateView):
    """One company: what is known, its projects and meetings."""

    template_name = "projects/company.html"

    def get_context_data(self, **kwargs):
        """The phone number stays masked."""
        return super().get_context_data(**self.context(self.company.masked_phone), **kwargs)


class CompanyPhone(CompanyObject, View):
    """Show the phone number once, to whoever may call; each time leaves a row in the trail."""

    def post(self, request, pk):
        """Answer with the page and the number."""
        phone = actions.show_phone(company=self.company, by=request.user)
        return render(request, "projects/company.html", self.context(phone))


class CompanyChange(CompanyObject, ActionView):
    """Change a company; only by the unit that entered it."""

    form_class = CompanyForm
    title = _("修改企业")

    def get_initial(self):
        """Show what is known."""
        if not self.is_clerk:
            raise PermissionDenied("only the unit that entered a company changes it")
        return {name: getattr(self.company, name) for name in (*COMPANY_FACTS, "version")}

    def perform(self, form):
        """Save it."""
        facts = {name: form.cleaned_data[name] for name in (*COMPANY_FACTS, "version")}
        return actions.change_company(company=self.company, by=self.request.user, **facts)


class EventList(ListPage):
    """All fairs and signing events."""

    model, table_class, filterset_class = Event, EventTable, EventFilter
    title = _("招商活动")
    empty_text = _("还没有招商活动")
    actions = ((_("登记活动"), "projects:event_create", "plus"),)
    export_name = "events"


class EventCreate(ActionView):
    """Enter a fair or signing event."""

    form_class = EventForm
    title = _("登记招商活动")
    cancel_url = reverse_lazy("projects:event_list")

    def perform(self, form):
        """Enter it."""
        facts = {name: form.cleaned_data[name] for name in EVENT_FACTS}
        return actions.create_event(by=self.request.user, **facts)


class EventObject:
    """A page about one event."""

    @cached_property
    def event(self):
        """The event."""
        return get_object_or_404(Event.objects.visible_to(self.request.user), pk=self.kwargs["pk"])

    def get_cancel_url(self):
        """Back to the event."""
        return self.event.get_absolute_url()


class EventPage(EventObject, TemplateView):
    """One event and what happened at it, as far as the user may see it."""

    template_name = "projects/event.html"

    def get_context_data(self, **kwargs):
        """Add up the contracts of the event that are the user's to see."""
        rows = Milestone.objects.live().done().visible_to(self.request.user).filter(event=self.event)
        rows = list(rows.for_list())
        contracts = [row for row in rows if row.kind == Kind.CONTRACT]
        return super().get_context_data(
            title=self.event.name,
            event=self.event,
            milestones=[(row, project_page.amount_of(row)) for row in rows],
            count=len(contracts),
            total=money_text(sum(row.amount_cny for row in contracts)) if contracts else "—",
            may_edit=access.may(self.request.user, "projects:event_change", "POST"),
            history=audit.history(self.event),
            **kwargs,
        )


class EventChange(EventObject, ActionView):
    """Change an event; a changed level counts its contracts anew."""

    form_class = EventForm
    title = _("修改招商活动")
    lead = _("改动级别后，在这次活动上签约的项目按新级别重新计数。")

    def get_initial(self):
        """Show what is known."""
        return {name: getattr(self.event, name) for name in (*EVENT_FACTS, "version")}

    def perform(self, form):
        """Save it."""
        facts = {name: form.cleaned_data[name] for name in (*EVENT_FACTS, "version")}
        return actions.change_event(event=self.event, by=self.request.user, **facts)
