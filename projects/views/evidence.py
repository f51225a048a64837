"""Files that prove a record: in through checks, out through permission."""

from urllib.parse import quote

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views import View

from projects import actions
from projects.models import Evidence, Milestone, Visit
from projects.record_forms import EvidenceForm
from units.access import require
from units.models import Role
from units.pages import ActionView

MODELS = {"milestone": Milestone, "visit": Visit}


class EvidenceAdd(ActionView):
    """Upload a file for a milestone or a visit."""

    form_class = EvidenceForm
    title = _("上传凭证")
    submit_label = _("上传")
    success_message = _("已上传凭证")

    @cached_property
    def record(self):
        """The record; 404 if it is not the user's to see."""
        model = MODELS.get(self.kwargs["kind"])
        if model is None:
            raise Http404("no evidence for this kind of record")
        return get_object_or_404(model.objects.visible_to(self.request.user), pk=self.kwargs["pk"])

    def get_form_kwargs(self):
        """Only a clerk of the record's unit adds evidence."""
        record = self.record
        require(
            self.request.user,
            Role.CLERK,
            record.project.introducer if isinstance(record, Milestone) else record.unit,
        )
        return super().get_form_kwargs()

    def get_lead(self):
        """Name the record."""
        return str(self.record)

    def get_cancel_url(self):
        """Back to the record."""
        return self.record.get_absolute_url()

    def perform(self, form):
        """Check the file and keep it."""
        actions.add_evidence(record=self.record, upload=form.cleaned_data["file"], by=self.request.user)
        return self.record


class EvidenceFile(View):
    """The file, as an attachment that no browser runs."""

    def get(self, request, pk):
        """Answer with the bytes under the name that was uploaded."""
        evidence = get_object_or_404(Evidence.objects.visible_to(request.user), pk=pk)
        try:
            response = FileResponse(evidence.file.open("rb"), content_type=evidence.content_type)
        except FileNotFoundError:
            raise Http404("the file is not in the store") from None
        response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(evidence.name)}"
        response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response
