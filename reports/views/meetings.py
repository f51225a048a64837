"""The agenda and the record of a meeting as PDF."""

from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views import View

from projects.models import Meeting, Problem, Project
from reports import meeting_papers
from reports.documents import DOCUMENTS
from reports.documents.fonts import MissingGlyph


class MeetingPaper(View):
    """One page for the table, or one page for the file; what the user may not see is not printed."""

    def get(self, request, pk, kind):
        """Answer with the bytes."""
        meeting = get_object_or_404(Meeting.objects.visible_to(request.user).select_related("unit"), pk=pk)
        if kind not in {"agenda", "record"} or (kind == "record" and not meeting.held):
            raise Http404("no such paper")
        document = self.document(meeting, kind, request.user)
        render, content_type = DOCUMENTS["pdf"]
        try:
            content = render(document)
        except MissingGlyph as error:
            messages.error(request, str(error))
            return redirect(meeting)
        response = HttpResponse(content, content_type=content_type)
        name = quote(f"{document.title}-{meeting.on.isoformat()}.pdf", safe="")
        response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
        response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
        return response

    def document(self, meeting, kind, user):
        """Return the document of what the user may see."""
        problems = Problem.objects.visible_to(user).for_list().select_related("project")
        if kind == "agenda":
            projects = Project.objects.visible_to(user).filter(meetings=meeting).order_by("name", "pk")
            return meeting_papers.agenda(meeting, projects, problems.filter(taken_up_at=meeting))
        return meeting_papers.record(meeting, problems.filter(meeting=meeting))
