"""Papers that prove a record: uploading one, downloading one."""

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from projects import actions
from projects.evidence_forms import EvidenceForm
from projects.models import Evidence, Milestone, Review, Visit
from units import access
from units.models import Role
from units.pages import ActionView

RECORDS = {"milestone": Milestone, "visit": Visit, "review": Review}


class EvidenceAdd(ActionView):
    """Add a file to a milestone or a visit."""

    template_name = "projects/record_form.html"
    form_class = EvidenceForm
    title = _("上传凭证")
    lead = _("同一文件用在几条记录上时，认定员会看到提示。")
    submit_label = _("上传")
    success_message = _("凭证已保存")

    @cached_property
    def record(self):
        """The milestone or visit; 404 where it is not the user's to see, 403 where it is not to change."""
        if self.kwargs["kind"] not in RECORDS:
            raise Http404("no such kind of record")
        rows = RECORDS[self.kwargs["kind"]].objects.visible_to(self.request.user)
        record = get_object_or_404(rows, pk=self.kwargs["pk"])
        unit = record.unit if isinstance(record, Visit) else record.project.introducer
        access.require(self.request.user, Role.CLERK, unit)
        return record

    def get_cancel_url(self):
        """Lead back to the record."""
        return self.record.get_absolute_url()

    def get_context_data(self, **kwargs):
        """Say where one is."""
        return super().get_context_data(crumbs=((self.record, self.record.get_absolute_url()),), **kwargs)

    def perform(self, form):
        """Keep the file; go back to the record."""
        actions.add_evidence(record=self.record, file=form.cleaned_data["file"], by=self.request.user)
        return self.record


class EvidenceFile(View):
    """Download a file: never shown in the browser's own page."""

    def get(self, request, pk):
        """Answer with the bytes as an attachment."""
        evidence = get_object_or_404(Evidence.objects.visible_to(request.user), pk=pk)
        try:
            content = evidence.file.open("rb")
        except FileNotFoundError:
            raise Http404("the file is not in the store") from None
        response = FileResponse(
            content,
            as_attachment=True,
            filename=evidence.name,
            content_type=evidence.content_type,
        )
        response["X-Content-Type-Options"] = "nosniff"
        response["Content-Security-Policy"] = "sandbox; default-src 'none'"
        return response
