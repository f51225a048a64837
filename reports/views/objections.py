"""Objections to a bulletin that lies open."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views import View

from reports import objections, workflow
from reports.models import Objection
from reports.views.bulletins import ReportObject, attached
from reports.workflow_forms import DecisionForm, ObjectionForm
from units.pages import ActionView


class ObjectionCreate(ReportObject, ActionView):
    """A unit says what is wrong in its row."""

    form_class = ObjectionForm
    template_name = "reports/report_step_form.html"
    title, submit_label = _("提出异议"), _("提出")
    lead = _("只就本单位的数字提出；写明哪项指标、哪里不对、认为应为多少，最好附上凭证。")
    success_message = _("异议已提出，编报员会收到")

    @cached_property
    def units(self):
        """The units that the user speaks for; 404 once it does not lie open, 403 where there is none."""
        if not self.report.is_open:
            raise Http404("this report does not lie open")
        found = objections.units_of(self.report, self.request.user)
        if not found:
            raise PermissionDenied("no unit of the roster is the user's")
        return found

    def get_form_kwargs(self):
        """Narrow the units to the user's."""
        return {**super().get_form_kwargs(), "units": self.units}

    def get_context_data(self, **kwargs):
        """Name the report in the breadcrumb."""
        return super().get_context_data(report=self.report, **kwargs)

    def get_cancel_url(self):
        """Back to the report."""
        return self.report.get_absolute_url()

    def perform(self, form):
        """File it."""
        return objections.file_objection(
            report=self.report, by=self.request.user, today=timezone.localdate(), **form.cleaned_data
        )


class ObjectionObject:
    """A page about one objection that the user may see."""

    @cached_property
    def objection(self):
        """The objection; 404 where it is not the user's to see."""
        rows = Objection.objects.visible_to(self.request.user).for_list()
        rows = rows.select_related("report__campaign__organiser", "unit", "filed_by", "decided_by")
        return get_object_or_404(rows, pk=self.kwargs["pk"])


class ObjectionDecide(ObjectionObject, ActionView):
    """Accept an objection or refuse it."""

    form_class = DecisionForm
    template_name = "reports/objection_decide.html"
    title, submit_label = _("处理异议"), _("提交")
    success_message = _("已处理，提出单位会收到")

    def get_initial(self):
        """Refuse who does not decide, and what was decided."""
        workflow.require_desk(self.request.user, self.objection.report)
        if not self.objection.is_open:
            raise PermissionDenied("this objection was decided")
        return {}

    def get_context_data(self, **kwargs):
        """Show the objection."""
        return super().get_context_data(objection=self.objection, report=self.objection.report, **kwargs)

    def get_cancel_url(self):
        """Back to the report."""
        return self.objection.report.get_absolute_url()

    def perform(self, form):
        """Decide."""
        data = form.cleaned_data
        return objections.decide_objection(
            objection=self.objection, by=self.request.user, reason=data["reason"],
            accepted=data["decision"] == Objection.State.ACCEPTED,
        )  # fmt: skip


class ObjectionFile(ObjectionObject, View):
    """The proof of an objection."""

    def get(self, request, pk):
        """Answer with its bytes as an attachment."""
        if not self.objection.file_name:
            raise Http404("no file was sent with it")
        return attached(bytes(self.objection.file), self.objection.file_type, self.objection.file_name)
