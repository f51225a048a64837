"""Visits: the list, a new one, the page of one, correcting, withdrawing."""

from django.core.exceptions import ValidationError
from django.db.models import Case, Exists, IntegerField, OuterRef, Q, Value, When
from django.shortcuts import get_object_or_404
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from campaigns.numbers import ExactField, plain
from projects import actions, papers, presets, recognition
from projects.desk_forms import WithdrawForm
from projects.models import Company, PlannedContact, Project, Trip, Visit
from projects.resources import VisitResource
from projects.rows import counted
from projects.views.companies import number, warn_of_claims
from projects.views.projects import company_named
from projects.visit_filters import VisitFilter
from projects.visit_forms import VisitCorrectForm, VisitForm
from projects.visit_tables import VisitTable
from units import access, audit
from units.lists import ListPage
from units.models import Role
from units.pages import ActionView


def heads_text(value):
    """Print a number of people."""
    return plain(value), _("人次")


def batches_text(value):
    """Print a number of batches of guests (R31)."""
    return str(value), _("批次")


class VisitList(ListPage):
    """Visits of the user's units."""

    model, table_class, filterset_class = Visit, VisitTable, VisitFilter
    title = _("走访来访")
    sub = _("每次会面一家企业计 1 次；重复会面标出是第几次。")
    empty_text = _("还没有走访来访")
    empty_hint = _("走访回来一分钟就能登记")
    empty_action = (_("登记走访"), "projects:visit_create")
    actions = ((_("登记走访"), "projects:visit_create", "plus"),)
    export_name = "visits"
    brings_in = ("projects:import_create", "kind=visit")
    resource_class = VisitResource
    presets = presets.VISITS
    counted = _("次走访来访")
    sums = (
        (_("人数"), "live_heads", heads_text),
        (_("请进来"), "batches", batches_text),
        (_("来客"), "guests", heads_text),
    )
    filters_first = ("direction", "unit", "recognition")

    def get_queryset(self):
        """Name only projects that the user may see; add up no heads of what was withdrawn."""
        seen = Project.objects.visible_to(self.request.user).filter(pk=OuterRef("project"))
        came = Q(withdrawn_at__isnull=True, direction=Visit.Direction.INBOUND)
        return (
            super()
            .get_queryset()
            .annotate(
                shows_project=Exists(seen),
                live_heads=Case(When(withdrawn_at__isnull=True, then="heads"), output_field=ExactField()),
                batches=Case(When(came, then=Value(1)), output_field=IntegerField()),
                guests=Case(When(came, then="heads"), output_field=ExactField()),
            )
        )


class VisitCreate(ActionView):
    """Record a meeting; what the clerk wrote last time stands there already."""

    template_name = "projects/visit_form.html"
    form_class = VisitForm
    title = _("登记走访来访")
    cancel_url = reverse_lazy("projects:visit_list")
    offline = _("走访来访")
    offline_keeps = ("direction", "on", "heads", "led_by_top", "unit", "place", "trip")
    extra_context = {"crumbs": ((_("走访来访"), reverse_lazy("projects:visit_list")),)}

    def get_initial(self):
        """Today; unit, place, direction and our heads of the last visit; what the link came from."""
        user, asked = self.request.user, self.request.GET
        last = Visit.objects.live().filter(recorded_by=user).order_by("-pk").first()
        unit = user.first_unit(Role.CLERK)
        initial = {"on": timezone.localdate(), "direction": Visit.Direction.OUTBOUND, "unit": unit}
        if last:
            initial |= {"unit": last.unit_id, "place": last.place, "direction": last.direction}
            if last.direction == Visit.Direction.OUTBOUND:
                initial["heads"] = last.heads
        if asked.get("direction") in Visit.Direction.values:
            initial["direction"] = asked["direction"]
        linked = linked_company(user, asked) | linked_trip(user, asked)
        if contact := self.contact:
            linked |= facts_of(contact)
        return initial | linked

    @cached_property
    def contact(self):
        """The planned contact that a link names and this visit settles; None where there is none."""
        pk = number(self.request.GET.get("planned"))
        rows = PlannedContact.objects.editable_by(self.request.user).open().select_related("company")
        return rows.filter(pk=pk).first() if pk else None

    def perform(self, form):
        """Find the company, record the visit and keep its photographs; go to it, or on to the next one."""
        facts, by = dict(form.cleaned_data), self.request.user
        company = company_named(facts.pop("company_name"), unit=facts["unit"], by=by)
        photos = facts.pop("photos")
        self.visit = actions.record_visit(company=company, by=by, today=timezone.localdate(), **facts)
        keep_photos(self.visit, photos, by)
        if self.contact:
            actions.settle_contact(contact=self.contact, on=self.visit.on, visit=self.visit, by=by)
        warn_of_claims(self.request, company, self.visit.unit)
        return self.next_url() if self.request.POST.get("then") == "another" else self.visit

    def next_url(self):
        """Return where the next visit is recorded: on the same trip, if it was on one."""
        here = reverse("projects:visit_create")
        return f"{here}?trip={self.visit.trip_id}" if self.visit.trip_id else here

    def get_success_message(self):
        """Name the company, as the next page may be an empty form."""
        return _("已登记：%(company)s") % {"company": self.visit.company}


def keep_photos(visit, photos, by):
    """Keep the photographs of a visit, if there are any; what is wrong with one stands beside their field."""
    if not photos:
        return
    try:
        actions.add_papers(record=visit, files=photos, by=by)
    except ValidationError as error:
        raise ValidationError({"photos": error.messages}) from error


def linked_company(user, asked):
    """Return the project and company that a link names, if the user may see them."""
    if (pk := number(asked.get("project"))) and (
        project := Project.objects.visible_to(user).select_related("company").filter(pk=pk).first()
    ):
        return {"project": project.pk, "company_name": project.company.name}
    if (pk := number(asked.get("company"))) and (company := Company.objects.visible_to(user).filter(pk=pk).first()):
        return {"company_name": company.name}
    return {}


def linked_trip(user, asked):
    """Return what the trip that a link names says of a visit on it: today, or its last day."""
    pk = number(asked.get("trip"))
    trip = Trip.objects.editable_by(user).live().filter(pk=pk).first() if pk else None
    if trip is None:
        return {}
    on = max(trip.starts_on, min(timezone.localdate(), trip.ends_on))
    stop = trip.stops.filter(on__lte=on).last() or trip.stops.first()
    return {
        "trip": trip.pk, "unit": trip.unit_id, "on": on, "heads": trip.heads, "led_by_top": trip.led_by_top,
        "direction": Visit.Direction.OUTBOUND, "place": stop.place[:50] if stop else "",
    }  # fmt: skip


def facts_of(contact):
    """Return what a planned contact says of the visit that settles it."""
    invited = contact.way == PlannedContact.Way.INVITE
    return {
        "company_name": contact.company.name, "project": contact.project_id, "unit": contact.unit_id,
        "direction": Visit.Direction.INBOUND if invited else Visit.Direction.OUTBOUND, "note": contact.note,
    }  # fmt: skip


class VisitScope:
    """A page about one visit that the user may see."""

    template_name = "projects/record_form.html"

    @cached_property
    def visit(self):
        """The visit; 404 where it is another unit's."""
        rows = Visit.objects.visible_to(self.request.user).for_list().select_related("recognised_by", "trip__unit")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @cached_property
    def own_visit(self):
        """The visit, if the user may change it; 403 where one may only read it."""
        access.require(self.request.user, Role.CLERK, self.visit.unit)
        return self.visit

    def get_cancel_url(self):
        """Lead back to the visit."""
        return self.visit.get_absolute_url()

    def get_context_data(self, **kwargs):
        """Say where one is."""
        crumbs = [(_("走访来访"), reverse("projects:visit_list"))]
        if isinstance(self, ActionView):
            crumbs.append((self.visit, self.visit.get_absolute_url()))
        return super().get_context_data(**{"visit": self.visit, "crumbs": crumbs, **kwargs})


class VisitDetail(VisitScope, TemplateView):
    """A visit: what was talked about, what became of it, what it counts toward, its papers and its history."""

    template_name = "projects/visit.html"

    def get_context_data(self, **kwargs):
        """Add everything about it and what the user may do."""
        row, user = self.visit, self.request.user
        is_clerk = user.holds(Role.CLERK, row.unit)
        project = Project.objects.visible_to(user).filter(pk=row.project_id).first() if row.project_id else None
        return super().get_context_data(
            title=str(row),
            item=recognition.item_of(row, user, timezone.localdate()),
            project_url=project.get_absolute_url() if project else "",
            counted=counted(row, user),
            papers=papers.gallery_of(row, user),
            may_change=is_clerk and not (row.is_withdrawn or row.is_recognised),
            may_add=papers.may_add(row, user),
            may_plan=is_clerk,
            may_recognise=not row.is_withdrawn and user.holds(Role.VERIFIER, row.unit),
            history=audit.history(row),
            **kwargs,
        )


class VisitCorrect(VisitScope, ActionView):
    """Correct a visit that was not recognised yet."""

    form_class = VisitCorrectForm
    title = _("更正走访来访")
    submit_label = _("保存更正")
    success_message = _("已更正，前后值已记入历史")

    def get_form_kwargs(self):
        """Give the form its visit."""
        return {**super().get_form_kwargs(), "visit": self.own_visit}

    def get_initial(self):
        """Show the visit as it stands."""
        names = [name for name in VisitCorrectForm.base_fields if name not in {"reason", "unit", "photos"}]
        return {name: getattr(self.own_visit, name) for name in names}

    def perform(self, form):
        """Correct it."""
        facts, by = dict(form.cleaned_data), self.request.user
        company = company_named(facts.pop("company_name"), unit=self.own_visit.unit, by=by)
        return actions.correct_visit(
            visit=self.own_visit, company=company, by=by, today=timezone.localdate(), **facts
        )


class VisitWithdraw(VisitScope, ActionView):
    """Take a visit back; it stays readable, its entries are reversed."""

    form_class = WithdrawForm
    title = _("撤回走访来访")
    lead = _("撤回后不再计数，记录和历史仍可查看。")
    submit_label = _("撤回")
    success_message = _("已撤回，计入的数已冲回")

    def get_initial(self):
        """Remember which version was opened."""
        return {"version": self.own_visit.version}

    def perform(self, form):
        """Withdraw it."""
        return actions.withdraw_visit(visit=self.own_visit, by=self.request.user, **form.cleaned_data)
