"""Papers that prove a record: uploading, previewing, downloading and taking back; all papers of a project."""

from django.http import FileResponse, Http404, HttpResponse, HttpResponseNotModified
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View

from campaigns.models import Tally
from projects import actions, papers
from projects.evidence_forms import EvidenceForm, EvidenceWithdrawForm
from projects.models import Complaint, Evidence, Meeting, Milestone, Plan, Problem, Review, Shortcoming, Trip, Visit
from projects.models.evidence import clerk_unit_of
from projects.previews import SIZES, preview
from projects.views.projects import ProjectScope
from units import access
from units.models import Role
from units.pages import ActionView

RECORDS = {
    "milestone": Milestone, "visit": Visit, "tally": Tally, "review": Review, "trip": Trip,
    "problem": Problem, "complaint": Complaint, "meeting": Meeting, "plan": Plan,
    "shortcoming": Shortcoming,
}  # fmt: skip
SANDBOX = "sandbox; default-src 'none'"


class EvidenceAdd(ActionView):
    """Add files to a record: a milestone, a visit, a tally, a review, a problem, a complaint, a meeting."""

    template_name = "projects/evidence_form.html"
    form_class = EvidenceForm
    title = _("上传凭证")
    lead = _("可一次选几个文件，有一个不合要求就都不保存。同一文件用在几条记录上时，认定员会看到提示。")
    submit_label = _("上传")
    success_message = _("凭证已保存")

    @cached_property
    def record(self):
        """The record; 404 where it is not the user's to see, 403 where it is not to change."""
        if self.kwargs["kind"] not in RECORDS:
            raise Http404("no such kind of record")
        rows = RECORDS[self.kwargs["kind"]].objects.visible_to(self.request.user)
        record = get_object_or_404(rows, pk=self.kwargs["pk"])
        access.require(self.request.user, Role.CLERK, clerk_unit_of(record))
        return record

    def get_cancel_url(self):
        """Lead back to the record."""
        return papers.address_of(self.record)

    def get_context_data(self, **kwargs):
        """Say where one is."""
        return super().get_context_data(crumbs=((self.record, self.get_cancel_url()),), **kwargs)

    def perform(self, form):
        """Keep the files; go back to the record."""
        actions.add_papers(record=self.record, files=form.cleaned_data["file"], by=self.request.user)
        return self.get_cancel_url()


class EvidenceScope:
    """A page about one file that the user may see."""

    @cached_property
    def evidence(self):
        """The file; 404 where its record is not the user's to see."""
        rows = Evidence.objects.visible_to(self.request.user)
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def opened(self):
        """Open the file; 404 where the store has lost it."""
        try:
            return self.evidence.file.open("rb")
        except FileNotFoundError:
            raise Http404("the file is not in the store") from None


class EvidenceFile(EvidenceScope, View):
    """Download a file: never shown in the browser's own page."""

    def get(self, request, pk):
        """Answer with the bytes as an attachment."""
        evidence = self.evidence
        response = FileResponse(
            self.opened(), as_attachment=True, filename=evidence.name, content_type=evidence.content_type
        )
        response["X-Content-Type-Options"] = "nosniff"
        response["Content-Security-Policy"] = SANDBOX
        return response


class EvidencePreview(EvidenceScope, View):
    """A small picture of a photograph, drawn when asked for; only the reader's own browser keeps it.

    The browser asks each time whether it may still show it: the answer passes the same check as the file.
    """

    def get(self, request, pk, size):
        """Answer with a JPEG; 404 for what has no preview."""
        if size not in SIZES:
            raise Http404("no such size")
        tag = f'"{self.evidence.sha256[:32]}-{size}"'
        if request.headers.get("If-None-Match") == tag:
            response = HttpResponseNotModified()
        else:
            with self.opened() as file:
                picture = preview(file, self.evidence.content_type, size)
            if picture is None:
                raise Http404("no preview of this file")
            response = HttpResponse(picture, content_type="image/jpeg")
            response["X-Content-Type-Options"] = "nosniff"
            response["Content-Security-Policy"] = SANDBOX
        response["ETag"], response["Cache-Control"] = tag, "private, no-cache"
        return response


class EvidenceWithdraw(EvidenceScope, ActionView):
    """Take a wrong file back, with a reason."""

    template_name = "projects/record_form.html"
    form_class = EvidenceWithdrawForm
    title = _("撤回凭证")
    submit_label = _("撤回")
    success_message = _("凭证已撤回，理由已记入历史")

    @cached_property
    def evidence(self):
        """The file, if the user may change its record; 403 where one may only read it."""
        evidence = super().evidence
        access.require(self.request.user, Role.CLERK, clerk_unit_of(evidence.record))
        return evidence

    def get_lead(self):
        """Name the file."""
        return _("“%(name)s”撤回后不再作为凭证，文件和理由仍可查。") % {"name": self.evidence.name}

    def get_cancel_url(self):
        """Lead back to the record."""
        return papers.address_of(self.evidence.record)

    def get_context_data(self, **kwargs):
        """Say where one is."""
        return super().get_context_data(crumbs=((self.evidence.record, self.get_cancel_url()),), **kwargs)

    def perform(self, form):
        """Take it back; go to the record."""
        actions.withdraw_evidence(evidence=self.evidence, by=self.request.user, **form.cleaned_data)
        return self.get_cancel_url()


class ProjectPapers(ProjectScope, TemplateView):
    """All papers of a project by stage, and those that are still missing."""

    template_name = "projects/project_papers.html"

    def get_context_data(self, **kwargs):
        """Add the shelves and what is missing."""
        may_change = self.request.user.holds(Role.CLERK, self.project.introducer)
        shelves = papers.shelves_of(self.project, self.request.user)
        missing = [sheaf for shelf in shelves for sheaf in shelf.sheaves if sheaf.missing]
        return super().get_context_data(
            title=_("凭证 · %(project)s") % {"project": self.project},
            shelves=shelves,
            missing=missing,
            count=sum(shelf.count for shelf in shelves),
            may_change=may_change,
            add_url=reverse("projects:milestone_create", args=[self.project.pk]) if may_change else "",
            **kwargs,
        )
