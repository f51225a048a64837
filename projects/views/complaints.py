"""Complaints: the list, taking one in, its page, answering it."""

from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from projects import actions, presets
from projects.models import Company, Complaint
from projects.promise_filters import ComplaintFilter
from projects.promise_forms import AnswerForm, ComplaintForm
from projects.promise_resources import ComplaintResource
from projects.promise_tables import ComplaintTable
from projects.views.companies import number
from projects.views.promises import OneKindDetail, OneKindScope, as_error, url_if_seen
from units.lists import DatedList
from units.models import Role
from units.pages import ActionView

LIST = (_("投诉"), reverse_lazy("projects:complaint_list"))


class ComplaintList(DatedList):
    """Complaints that the user's units answer, or that their companies made; what is unanswered is counted on top."""

    template_name = "projects/complaint_list.html"
    model, table_class, filterset_class = Complaint, ComplaintTable, ComplaintFilter
    resource_class = ComplaintResource
    title = _("投诉")
    empty_text = _("还没有投诉")
    empty_hint = _("企业来电来信来访反映的诉求，登记答复单位和期限")
    actions = ((_("登记投诉"), "projects:complaint_create", "plus"),)
    export_name = "complaints"
    presets = presets.COMPLAINTS
    count_tabs = True
    counted = _("件投诉")
    filters_first = ("answered", "state", "unit")

    def get_queryset(self):
        """Load the company."""
        return super().get_queryset().select_related("company")

    def get_context_data(self, **kwargs):
        """Count what is unanswered, and of that what is late, whatever the filter: one query."""
        rows = Complaint.objects.visible_to(self.request.user).unanswered()
        told = rows.aggregate(unanswered=Count("pk"), silent=Count("pk", filter=Q(due_on__lt=self.today)))
        return super().get_context_data(**told, **kwargs)


class ComplaintCreate(ActionView):
    """Take in what a company complains of."""

    template_name = "projects/record_form.html"
    form_class = ComplaintForm
    title = _("登记投诉")
    lead = _("每件写明答复单位和期限，先答复、后办结。")
    success_message = _("已受理")
    cancel_url = reverse_lazy("projects:complaint_list")
    extra_context = {"crumbs": (LIST,)}

    def get_initial(self):
        """Today, the user's first unit, and the company the link came from."""
        user, asked = self.request.user, number(self.request.GET.get("company")) or 0
        company = Company.objects.visible_to(user).filter(pk=asked).first()
        return {
            "received_on": timezone.localdate(), "unit": user.first_unit(Role.CLERK),
            "company_name": company.name if company else "",
        }  # fmt: skip

    def perform(self, form):
        """File it; the company has to be known."""
        facts, by = dict(form.cleaned_data), self.request.user
        company = actions.known_company(facts.pop("company_name"))
        if company is None:
            raise ValidationError({"company_name": _("还没有这家企业，请先在走访来访或项目台账中登记")})
        message = _("只能登记由本单位答复、或由本单位登记的企业提出的投诉")
        return as_error(actions.file_complaint, "unit", message, company=company, by=by, **facts)


class ComplaintScope(OneKindScope):
    """Which promises these pages are about."""

    kind, list_crumb = Complaint, LIST


class ComplaintDetail(ComplaintScope, OneKindDetail):
    """A complaint: what was said, what was answered, what came of it."""

    template_name = "projects/complaint.html"

    def get_context_data(self, **kwargs):
        """Add the company, and where it is answered."""
        may_answer = self.may_write and not self.row.done_on
        return super().get_context_data(
            company_url=url_if_seen(self.row.company, self.request.user),
            answer_url=reverse("projects:complaint_answer", args=[self.row.pk]) if may_answer else "",
            **kwargs,
        )


class ComplaintAnswer(ComplaintScope, ActionView):
    """Write down what the company was answered."""

    form_class = AnswerForm
    title = _("登记答复")
    success_message = _("答复已登记，企业认可后即可办结")

    def get_initial(self):
        """Today, or what was answered before."""
        row = self.own_row
        return {"on": row.answered_on or timezone.localdate(), "answer": row.answer, "version": row.version}

    def perform(self, form):
        """Write it down."""
        facts = {**form.cleaned_data, "by": self.request.user, "today": timezone.localdate()}
        return actions.answer_complaint(complaint=self.own_row, **facts)
