"""The issues of the bulletin: list, page, issue, files."""

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

from reports import composing, drafting, issuing, remarking
from reports.documents import DOCUMENTS
from reports.documents.fonts import MissingGlyph
from reports.documents.html import to_fragment
from reports.filters import ReportFilter
from reports.models import Report
from reports.tables import ReportTable
from units import audit
from units.access import may, require
from units.lists import ListPage
from units.models import Role

SHOWN = 30  # rows of the history: a draft saves itself while it is typed, and its versions have a page of their own
KINDS = (("pdf", _("PDF（公文版式）")), ("docx", _("Word（可编辑）")), ("xlsx", _("Excel 附表")), ("html", _("网页")))


class ReportList(ListPage):
    """All issues the user may read."""

    model, table_class, filterset_class = Report, ReportTable, ReportFilter
    title = _("期次")
    sub = _("每期的数字都来自台账，印发后不再变动")
    template_name = "reports/report_list.html"
    empty_text = _("还没有期次")
    actions = (
        (_("新建期次"), "reports:report_create", "plus"),
        (_("校对文稿"), "reports:proofread", "check"),
        (_("验证文件"), "reports:verify", "shield"),
    )

    def get_context_data(self, **kwargs):
        """Lead those who set up kinds to them."""
        kinds_url = reverse("reports:kind_list") if may(self.request.user, "reports:kind_list", "GET") else ""
        return super().get_context_data(kinds_url=kinds_url, **kwargs)


class ReportObject:
    """A page about one report that the user may see."""

    @cached_property
    def report(self):
        """The report; 404 if it is not the user's to see."""
        rows = Report.objects.visible_to(self.request.user).select_related("campaign__organiser", "kind", "issued_by")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @cached_property
    def is_editor(self):
        """Whether the user writes this report."""
        return self.request.user.holds(Role.EDITOR, self.report.campaign.organiser)


class ReportPage(ReportObject, TemplateView):
    """A report as it reads, every number open to its rows."""

    template_name = "reports/report.html"

    def get_context_data(self, **kwargs):
        """Render the frozen document, or the draft's; say what stops the issue."""
        fragment, problems = "", []
        try:
            if self.report.is_issued:
                document = composing.document_of(self.report)
            else:
                composed = composing.compose_report(self.report)
                document, problems = composed.document, composed.missing
            fragment = SafeString(to_fragment(document))  # escapes every text itself
        except ValidationError as error:
            problems = error.messages
        return super().get_context_data(
            title=self.report.title,
            report=self.report,
            campaign=self.report.campaign,
            fragment=fragment,
            problems=problems,
            kinds=KINDS,
            is_editor=self.is_editor,
            unwritten=drafting.unwritten(self.report.sections.all()),
            stale=drafting.stale(self.report.sections.all()),
            may_remark=not self.report.is_issued and remarking.may_remark(self.request.user, self.report),
            history=audit.history(self.report)[:SHOWN] if self.is_editor else (),
            **kwargs,
        )


class ReportIssue(ReportObject, TemplateView):
    """Ask once more, then issue."""

    template_name = "reports/issue.html"

    def get(self, request, *args, **kwargs):
        """Ask only who may issue it, and only while it is a draft."""
        require(request.user, Role.EDITOR, self.report.campaign.organiser)
        if self.report.is_issued:
            return redirect(self.report)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        """Show what will be frozen and what is missing."""
        return super().get_context_data(
            title=_("印发"), report=self.report, unwritten=drafting.unwritten(self.report.sections.all()), **kwargs
        )

    def post(self, request, *args, **kwargs):
        """Issue the version that was shown; a refusal names its reason."""
        version = request.POST.get("version", "")
        try:
            issuing.issue(
                report=self.report,
                by=request.user,
                today=timezone.localdate(),
                version=int(version) if version.isdecimal() and len(version) < 10 else 0,
            )
        except ValidationError as error:
            for message in error.messages:
                messages.error(request, message)
            return redirect(self.report)
        messages.success(request, _("已印发。数字已冻结，文件可随时下载。"))
        return redirect(self.report)


class ReportFile(ReportObject, View):
    """The file of an issued report as it went out, or a draft's, marked as one."""

    def get(self, request, pk, kind):
        """Answer with bytes."""
        if kind not in DOCUMENTS:
            raise Http404("no such kind of file")
        render, content_type = DOCUMENTS[kind]
        report = self.report
        if report.is_issued:
            content = bytes(get_object_or_404(report.files, kind=kind).content)
        else:
            try:
                content = render(composing.document_of(report))
            except (ValidationError, MissingGlyph) as error:
                messages.error(request, "；".join(getattr(error, "messages", [str(error)])))
                return redirect(report)
        response = HttpResponse(content, content_type=content_type)
        name = quote(f"{report.title}-{report.as_of.isoformat()}.{kind}", safe="")
        response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
        response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
        return response
