"""What editors and leaders say to a draft: comments, suggested words, answers, and what became of them."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views import View

from reports import editor, remarking
from reports.composing import name_of
from reports.forms import AnswerForm, RemarkForm
from reports.models import Remark
from reports.views.drafting import DraftObject, side_of, typed_sections
from units.models import Role
from units.pages import ActionView

BACK = "editor"  # what the form sends that stands on the page where the draft is written


class RemarkList(DraftObject, ActionView):
    """A draft as it reads, with everything that was said to it; something new may be said."""

    form_class = RemarkForm
    template_name = "reports/remarks.html"
    title = _("草稿意见")
    writes = False
    success_message = _("意见已提出")

    def get_form_kwargs(self):
        """Give the form the sections."""
        return {**super().get_form_kwargs(), "sections": typed_sections(self.report)}

    def get_context_data(self, **kwargs):
        """Add the document and the remarks."""
        report = self.report
        context = super().get_context_data(**kwargs)
        remarks = list(report.remarks.for_list())
        return context | {
            "report": report,
            "remarks": remarks,
            "open_count": sum(remark.is_open for remark in remarks),
            "remark_form": context["form"],
            "answer_form": AnswerForm(user=self.request.user),
            "is_editor": self.request.user.holds(Role.EDITOR, report.campaign.organiser),
            "typed": [(row, name_of(row)) for row in typed_sections(report) if row.text.strip()],
            **side_of(report, editor.desk_of(report)),
        }

    def perform(self, form):
        """Say it."""
        remarking.remark(report=self.report, by=self.request.user, **form.cleaned_data)
        return back_to(self.request, self.report.pk)


def back_to(request, pk):
    """Return the page that a remark was made on."""
    name = "reports:report_change" if request.POST.get("back") == BACK else "reports:report_remarks"
    return reverse(name, args=[pk]) + "#remarks"


class RemarkObject(DraftObject):
    """One remark on a draft."""

    writes = False

    @cached_property
    def remark(self):
        """The remark, of the draft that the user may see."""
        return get_object_or_404(Remark.objects.filter(report=self.report), pk=self.kwargs["remark_pk"])

    def done(self, action, told, **facts):
        """Call an action about the remark; say what came of it and go back."""
        try:
            action(remark=self.remark, by=self.request.user, **facts)
        except ValidationError as error:
            for message in error.messages:
                messages.error(self.request, message)
        else:
            messages.success(self.request, told)
        return redirect(back_to(self.request, self.report.pk))


class RemarkAnswer(RemarkObject, View):
    """Answer a remark."""

    def post(self, request, pk, remark_pk):
        """Answer."""
        return self.done(remarking.answer, _("已回复"), text=request.POST.get("text", "").replace("\x00", ""))


class RemarkSettle(RemarkObject, View):
    """Accept, decline or resolve a remark."""

    DECISIONS = {
        "accept": (remarking.accept, _("已采纳，文字已改")),
        "decline": (remarking.decline, _("已注明不采纳")),
        "resolve": (remarking.resolve, _("已办结")),
    }

    def post(self, request, pk, remark_pk):
        """Do what was decided."""
        action, told = self.DECISIONS.get(request.POST.get("decision", ""), (None, ""))
        if action is None:
            messages.error(request, _("请选择采纳、不采纳或办结"))
            return redirect(back_to(request, self.report.pk))
        return self.done(action, told)
