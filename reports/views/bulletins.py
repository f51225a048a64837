"""The issues of the bulletin: list, draft, page, files."""

from urllib.parse import quote

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.generic import TemplateView

from campaigns.models import Campaign, current
from reports import composing, distributing, drafting, report_page, workflow
from reports.documents import DOCUMENTS
from reports.documents.fonts import MissingGlyph
from reports.documents.html import to_fragment
from reports.filters import ReportFilter
from reports.forms import FACTS, ReportForm
from reports.kinds import MAIN
from reports.models import Report, ReportKind
from reports.tables import ReportTable
from units import audit, versions
from units.lists import ListPage
from units.models import Role
from units.pages import ActionView

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
        (_("校对文稿"), "reports:proofread"),
        (_("验证文件"), "reports:verify"),
        (_("公示与按期起草"), "reports:flows"),
    )

    def get_context_data(self, **kwargs):
        """Add the pages beside the list."""
        return super().get_context_data(links=self.allowed(self.beside), **kwargs)


class ReportCreate(ActionView):
    """Start a draft."""

    form_class = ReportForm
    template_name = "reports/report_form.html"
    title = _("新建期次")
    lead = _("先定战役和数据截至日，数字由系统从台账取出；主要做法和下一步打算由人撰写，可以以后再补。")
    cancel_url = reverse_lazy("reports:report_list")

    def get_initial(self):
        """Suggest the current campaign, its default day and title."""
        campaigns = list(Campaign.objects.editable_by(self.request.user).for_list())
        asked = self.request.GET.get("campaign", "")
        campaign = next((row for row in campaigns if str(row.pk) == asked), None)
        campaign = campaign or current(campaigns, timezone.localdate())
        asked_kind = self.request.GET.get("kind", "")
        if campaign is None:
            return {}
        kinds = {kind.code: kind for kind in ReportKind.objects.in_use()}
        kind, as_of = kinds.get(asked_kind) or kinds.get(MAIN), campaign.default_day(timezone.localdate())
        return {
            "campaign": campaign,
            "kind": kind,
            "title": drafting.title_of(kind, campaign, campaign.starts_on, as_of) if kind else "",
            "as_of": as_of,
            "issuer": campaign.organiser.name,
        }

    def perform(self, form):
        """Create the draft."""
        data = form.cleaned_data
        facts = {name: value for name, value in form.facts.items() if value}
        return drafting.create_report(campaign=data["campaign"], kind=data["kind"], by=self.request.user, **facts)


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


class ReportChange(ReportObject, ActionView):
    """Write a draft."""

    form_class = ReportForm
    template_name = "reports/report_form.html"
    title = _("撰写期次")

    def get_context_data(self, **kwargs):
        """Name the report in the breadcrumb."""
        return super().get_context_data(report=self.report, **kwargs)

    def get_form_kwargs(self):
        """The campaign of a report stays."""
        return {**super().get_form_kwargs(), "report": self.report}

    def get_initial(self):
        """Show what is written."""
        if not self.report.is_draft:
            raise PermissionDenied("only a draft is written")
        return {name: getattr(self.report, name) for name in ("campaign", "kind", "version", *FACTS)}

    def get_cancel_url(self):
        """Back to the report."""
        return self.report.get_absolute_url()

    def perform(self, form):
        """Save the draft."""
        facts = form.facts | {"from_on": form.cleaned_data["from_on"] or self.report.campaign.starts_on}
        try:
            return drafting.change_report(
                report=self.report,
                by=self.request.user,
                version=form.cleaned_data["version"],
                texts=form.texts,
                **facts,
            )
        except versions.Conflict as conflict:  # texts stand in rows of their own; the form names them by number
            for row in conflict.current.sections.all():
                setattr(conflict.current, f"section_{row.pk}", row.text)
            raise


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
        try:
            if report.is_draft or report.status == Report.Status.REVIEW:
                composed = composing.compose_report(report)
                document, problems = composed.document, composed.missing
            else:
                document = composing.document_of(report)
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
            unwritten=drafting.unwritten(report.sections.all()) if report.is_draft else (),
            moved=workflow.moved_since(report) if is_desk and report.is_open else (),
            history=audit.history(report) if self.is_editor else (),
            **report_page.context(report, self.request.user, timezone.localdate(), is_desk=is_desk),
            **kwargs,
        )


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
            distributing.note_opening(report=report, by=request.user)
        else:
            try:
                content = render(composing.document_of(report))
            except (ValidationError, MissingGlyph) as error:
                messages.error(request, "；".join(getattr(error, "messages", [str(error)])))
                return redirect(report)
        return attached(content, content_type, f"{report.title}-{report.as_of.isoformat()}.{kind}")


def attached(content, content_type, name):
    """Answer with a file to be kept, that can do nothing where it is opened."""
    response = HttpResponse(content, content_type=content_type)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
    return response
