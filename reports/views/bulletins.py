"""The issues of the bulletin: list, page, files."""

from dataclasses import replace
from urllib.parse import quote

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.generic import TemplateView

from reports import composing, distributing, drafting, remarking, rendering, report_page, workflow
from reports.documents import DOCUMENTS
from reports.documents.fonts import MissingGlyph
from reports.documents.html import to_fragment
from reports.documents.script import to_traditional
from reports.filters import ReportFilter
from reports.models import Report
from reports.tables import ReportTable
from units import audit
from units.lists import ListPage
from units.models import Role

SHOWN = 30  # rows of the history: a draft saves itself while it is typed, and its versions have a page of their own
KINDS = (("pdf", _("PDF（公文版式）")), ("docx", _("Word（可编辑）")), ("xlsx", _("Excel 附表")), ("html", _("网页")))


class ReportList(ListPage):
    """All issues the user may read."""

    model, table_class, filterset_class = Report, ReportTable, ReportFilter
    title = _("期次")
    sub = _("每期的数字都来自台账，印发后不再变动")
    empty_text = _("还没有期次")
    template_name = "reports/report_list.html"
    actions = ((_("新建期次"), "reports:report_create", "plus"),)
    beside = (
        (_("期次种类"), "reports:kind_list"),
        (_("校对文稿"), "reports:proofread"),
        (_("验证文件"), "reports:verify"),
        (_("公示与按期起草"), "reports:flows"),
    )

    def get_context_data(self, **kwargs):
        """Add the pages beside the list."""
        return super().get_context_data(links=self.allowed(self.beside), **kwargs)


class ReportObject:
    """A page about one report that the user may see."""

    @cached_property
    def report(self):
        """The report; 404 if it is not the user's to see."""
        rows = Report.objects.visible_to(self.request.user).select_related(
            "campaign__organiser", "kind", "issued_by", "handed_in_by", "approved_by", "revises", "revised_by"
        )
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @cached_property
    def is_editor(self):
        """Whether the user writes this report."""
        return self.request.user.holds(Role.EDITOR, self.report.campaign.organiser)


class ReportPage(ReportObject, TemplateView):
    """A report as it reads, every number open to its rows, and how far it is on its way."""

    template_name = "reports/report.html"

    def get(self, request, *args, **kwargs):
        """Note who opens what went out first."""
        if self.report.is_issued:
            distributing.note_opening(report=self.report, by=request.user)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        """Render what was frozen or pinned, or the draft; say what stops it."""
        report, fragment, problems = self.report, "", []
        is_live = report.is_draft or report.status == Report.Status.REVIEW
        sections = list(report.sections.all()) if is_live else []
        try:
            if is_live:
                composed = composing.compose_outline(report, sections)
                document, problems = composed.document, composed.missing
            else:
                document = composing.document_of(report)
            if report.is_open:  # a draft no more; the page itself says how long it lies open
                document = replace(document, draft=False)
            fragment = SafeString(to_fragment(document))  # escapes every text itself
        except ValidationError as error:
            problems = error.messages
        is_desk = workflow.is_desk(self.request.user, report)
        return super().get_context_data(
            title=report.title,
            report=report,
            campaign=report.campaign,
            fragment=fragment,
            problems=problems,
            kinds=KINDS,
            is_desk=is_desk,
            unwritten=drafting.unwritten(sections) if report.is_draft else (),
            stale=drafting.stale(sections) if report.is_draft else (),
            may_remark=not report.is_issued and remarking.may_remark(self.request.user, report),
            moved=workflow.moved_since(report) if is_desk and report.is_open else (),
            history=audit.history(report)[:SHOWN] if self.is_editor else (),
            **report_page.context(report, self.request.user, timezone.localdate(), is_desk=is_desk),
            **kwargs,
        )


class Downloadable(ReportObject):
    """A page about one file of a report: its kind, and simplified or, with ?script=t, traditional characters."""

    @cached_property
    def kind(self):
        """Which kind of file; 404 for any other."""
        if self.kwargs["kind"] not in DOCUMENTS:
            raise Http404("no such kind of file")
        return self.kwargs["kind"]

    @cached_property
    def is_traditional(self):
        """Whether the traditional edition is asked for."""
        script = self.request.GET.get("script", "")
        if script not in ("", "t"):
            raise Http404("no such script")
        return bool(script)

    @cached_property
    def document(self):
        """What the file says: the frozen document of an issued report, or the draft's as it stands."""
        document = composing.document_of(self.report)
        return to_traditional(document) if self.is_traditional else document


class ReportFile(Downloadable, View):
    """The file of an issued report as it went out, or a draft's, marked as one; a traditional edition of either."""

    def get(self, request, pk, kind):
        """Answer with bytes; a file that takes long is made outside the request."""
        report = self.report
        if report.is_issued and not self.is_traditional:
            content = bytes(get_object_or_404(report.files, kind=self.kind).content)
            distributing.note_opening(report=report, by=request.user)
            return file_response(report, self.kind, content)
        render, _type = DOCUMENTS[self.kind]
        try:
            if rendering.is_long(self.document, self.kind):
                query = "?script=t" if self.is_traditional else ""
                return redirect(reverse("reports:rendering_create", args=[report.pk, self.kind]) + query)
            content = render(self.document)
        except (ValidationError, MissingGlyph) as error:
            messages.error(request, "；".join(getattr(error, "messages", [str(error)])))
            return redirect(report)
        return file_response(report, self.kind, content, is_traditional=self.is_traditional)


def file_response(report, kind, content, *, is_traditional=False):
    """Answer with one kind of file of a report."""
    script = _("-繁体") if is_traditional else ""
    return attached(content, DOCUMENTS[kind][1], f"{report.title}-{report.as_of.isoformat()}{script}.{kind}")


def attached(content, content_type, name):
    """Answer with a file to be kept, that can do nothing where it is opened."""
    response = HttpResponse(content, content_type=content_type)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
    return response
