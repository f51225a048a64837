"""Visits: list, record, page, correct, withdraw."""

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.shortcuts import get_object_or_404
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from projects import actions, project_page, rows
from projects.models import Project, Visit
from projects.record_filters import VisitFilter
from projects.record_forms import VisitForm
from projects.record_tables import VisitTable
from units import audit
from units.access import require
from units.forms import ReasonForm
from units.lists import ListPage
from units.models import Role, Unit
from units.pages import ActionView

FACTS = ("on", "heads", "place", "project", "led_by_top", "note")


class VisitList(ListPage):
    """All visits of the user's units."""

    model, table_class, filterset_class = Visit, VisitTable, VisitFilter
    title = _("走访来访")
    sub = _("每见一家企业计 1；同一企业再次见面照样计数，旁边注明共见几次")
    empty_text = _("还没有走访来访")
    actions = ((_("登记走访"), "projects:visit_create", "plus"),)
    export_name = "visits"

    def get_queryset(self):
        """Name only projects that the user may see."""
        seen = Project.objects.visible_to(self.request.user).filter(pk=OuterRef("project"))
        return super().get_queryset().annotate(shows_project=Exists(seen))


class VisitCreate(ActionView):
    """Record a meeting; the last visit's unit and place are suggested."""

    form_class = VisitForm
    cancel_url = reverse_lazy("projects:visit_list")

    @cached_property
    def direction(self):
        """Which way the visit goes, from the address."""
        asked = self.request.GET.get("direction")
        return asked if asked in Visit.Direction.values else Visit.Direction.OUTBOUND

    def get_title(self):
        """Name the direction."""
        return _("登记来访") if self.direction == Visit.Direction.INBOUND else _("登记走访")

    def get_initial(self):
        """Today, and what the clerk entered last."""
        last = Visit.objects.filter(recorded_by=self.request.user).order_by("-pk").first()
        units = list(Unit.objects.writable_by(self.request.user)[:2])
        initial = {"direction": self.direction, "on": timezone.localdate()}
        if last is not None:
            initial |= {"unit": last.unit_id, "place": last.place if last.direction == self.direction else ""}
        elif len(units) == 1:
            initial["unit"] = units[0].pk
        asked = self.request.GET.get("project", "")
        project = (
            Project.objects.visible_to(self.request.user).filter(pk=asked).first() if asked.isdecimal() else None
        )
        if project is not None:
            initial |= {"project": project.pk, "company_name": project.company.name}
        return initial

    def get_context_data(self, **kwargs):
        """Two columns on a wide screen."""
        return super().get_context_data(two_columns=True, **kwargs)

    def perform(self, form):
        """Find or enter the company, then the visit."""
        data, by = form.cleaned_data, self.request.user
        with transaction.atomic():
            company = actions.find_company(name=data["company_name"], unit=data["unit"], by=by, origin=data["origin"])
            facts = {name: data[name] for name in FACTS}
            return actions.record_visit(
                unit=data["unit"],
                company=company,
                direction=data["direction"],
                by=by,
                today=timezone.localdate(),
                **facts,
            )


class VisitObject:
    """A page about one visit that the user may see."""

    @cached_property
    def visit(self):
        """The visit; 404 if it is not the user's to see."""
        rows_seen = Visit.objects.visible_to(self.request.user).select_related(
            "unit", "company", "project", "recorded_by", "recognised_by"
        )
        return get_object_or_404(rows_seen, pk=self.kwargs["pk"])

    def get_form_kwargs(self):
        """Only a clerk of the unit writes it."""
        require(self.request.user, Role.CLERK, self.visit.unit)
        return super().get_form_kwargs()

    def get_cancel_url(self):
        """Back to the visit."""
        return self.visit.get_absolute_url()


class VisitPage(VisitObject, TemplateView):
    """One visit: what happened, what became of it, what it counts toward."""

    template_name = "projects/visit.html"

    def get_context_data(self, **kwargs):
        """Line up the fact and its history."""
        visit = self.visit
        tone, word = project_page.state_of(visit, timezone.localdate())
        is_clerk = self.request.user.holds(Role.CLERK, visit.unit)
        project = Project.objects.visible_to(self.request.user).filter(pk=visit.project_id).first()
        return super().get_context_data(
            title=str(visit),
            row=visit,
            project=project,
            heads=project_page.heads_text(visit),
            times_met=Visit.objects.live().filter(unit=visit.unit, company=visit.company).count(),
            tone=tone,
            word=word,
            verdict=project_page.reduced_text(visit),
            counted=rows.counted(visit, self.request.user),
            evidence=visit.evidence.with_elsewhere().select_related("uploaded_by").order_by("pk"),
            may_edit=is_clerk and not visit.is_withdrawn and not visit.is_recognised,
            may_add=is_clerk and not visit.is_withdrawn,
            history=audit.history(visit),
            **kwargs,
        )


class VisitCorrect(VisitObject, ActionView):
    """Correct a visit that was not recognised yet."""

    form_class = VisitForm
    title = _("更正走访来访")

    def get_lead(self):
        """Name the visit."""
        return f"{self.visit} · {self.visit.unit}"

    def get_form_kwargs(self):
        """Unit and direction stay."""
        return {**super().get_form_kwargs(), "visit": self.visit}

    def get_initial(self):
        """Show what is recorded."""
        known = {name: getattr(self.visit, name) for name in (*FACTS, "company_name", "version")}
        return {**known, "origin": self.visit.company.origin}

    def get_context_data(self, **kwargs):
        """Two columns on a wide screen."""
        return super().get_context_data(two_columns=True, **kwargs)

    def perform(self, form):
        """Save the correction."""
        data, by = form.cleaned_data, self.request.user
        with transaction.atomic():
            company = self.visit.company
            if data["company_name"].strip() != company.name:
                company = actions.find_company(
                    name=data["company_name"], unit=self.visit.unit, by=by, origin=data["origin"]
                )
            facts = {name: data[name] for name in FACTS if name in data}
            return actions.correct_visit(
                visit=self.visit,
                company=company,
                reason=data["reason"],
                version=data["version"],
                by=by,
                today=timezone.localdate(),
                **facts,
            )


class VisitWithdraw(VisitObject, ActionView):
    """Take a visit back."""

    form_class = ReasonForm
    title = _("撤回走访来访")
    submit_label = _("撤回")
    success_message = _("已撤回，计数已冲销")

    def get_lead(self):
        """Say what happens."""
        return _("撤回「%(row)s」：它的计数会冲销，记录仍保留在历史中。") % {"row": self.visit}

    def perform(self, form):
        """Withdraw it."""
        return actions.withdraw_visit(visit=self.visit, reason=form.cleaned_data["reason"], by=self.request.user)
