"""Writing a draft: start it, the editor, what saves while one types, what the page shows beside, versions."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.generic import TemplateView

from campaigns.models import Campaign, current
from reports import draft_versions, drafting, editor, remarking
from reports.documents.html import to_fragment
from reports.figures import MissingFigures
from reports.forms import AnswerForm, DraftForm, RemarkForm, ReportForm
from reports.kinds import MAIN
from reports.models import Report, ReportKind, ReportVersion
from units import versions
from units.access import require
from units.forms import KEY_LENGTH
from units.models import Role
from units.pages import ActionView

KEEP = "keep:"  # an order of the editor beside those to the outline: an old text still holds


class ReportCreate(ActionView):
    """Start a draft."""

    form_class = ReportForm
    template_name = "reports/report_form.html"
    title = _("新建期次")
    lead = _("先定战役、种类和数据截至日，数字由系统从台账取出；须撰写的段落可以以后再补。")
    cancel_url = reverse_lazy("reports:report_list")

    def get_initial(self):
        """Suggest the current campaign and its default day, and the last issue's text where there is one."""
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
            "as_of": as_of,
            "issuer": campaign.organiser.name,
        }

    def get_context_data(self, **kwargs):
        """Lay the fields in two columns."""
        return super().get_context_data(two_columns=True, **kwargs)

    def perform(self, form):
        """Create the draft."""
        data = form.cleaned_data
        facts = {name: value for name, value in form.facts.items() if value}
        return drafting.create_report(
            campaign=data["campaign"], kind=data["kind"], carry=data["carry"], by=self.request.user, **facts
        )


class DraftObject:
    """A page about one draft; 404: not the user's to see, 403: it went out, or is not the user's to write."""

    writes = True

    @cached_property
    def report(self):
        """The draft."""
        rows = Report.objects.visible_to(self.request.user).select_related("campaign__organiser", "kind")
        report = get_object_or_404(rows, pk=self.kwargs["pk"])
        if self.writes:
            require(self.request.user, Role.EDITOR, report.campaign.organiser)
        elif not remarking.may_remark(self.request.user, report):
            raise PermissionDenied(f"{self.request.user} has no say in {report}")
        if report.is_issued or (self.writes and not report.is_draft):
            raise PermissionDenied("what was handed in or issued is not written any more")
        return report

    def editor_url(self, anchor=""):
        """Return the page where it is written."""
        return reverse("reports:report_change", args=[self.kwargs["pk"]]) + anchor


def side_of(report, desk):
    """Return what stands beside a draft: problems, findings, the document."""
    today = timezone.localdate()
    composed = desk.composed
    return {
        "problems": desk.problems,
        "findings": editor.findings(composed, report.campaign, report.as_of, today=today) if composed else (),
        "fragment": SafeString(to_fragment(composed.document)) if composed else "",  # escapes every text itself
    }


class ReportChange(DraftObject, ActionView):
    """Write a draft: outline, what the system drafts, what people type, the document as it would read."""

    form_class = DraftForm
    template_name = "reports/editor.html"
    title = _("撰写期次")

    def get_form_kwargs(self):
        """Give the form its report."""
        return {**super().get_form_kwargs(), "report": self.report}

    def get_initial(self):
        """Show what is written."""
        return {name: getattr(self.report, name) for name in ("version", *Report.FACTS)}

    def get_cancel_url(self):
        """Back to the report."""
        return self.report.get_absolute_url()

    def get_context_data(self, **kwargs):
        """Add the sections with what the system drafts in them, the document, and what others remark."""
        context = super().get_context_data(**kwargs)
        form, report = context["form"], self.report
        desk, sections = editor.desk_of(report), form.rows
        rows = [(view, fields_of(form, view.row)) for view in editor.section_views(sections, desk)]
        remarks = list(report.remarks.for_list())
        return context | {
            "report": report,
            "rows": rows,
            "facts": [form[name] for name in Report.FACTS],
            "facts_open": any(name in form.errors for name in Report.FACTS),
            "stale": drafting.stale(sections),
            "unwritten": drafting.unwritten(sections),
            "remarks": remarks,
            "open_count": sum(remark.is_open for remark in remarks),
            "remark_form": RemarkForm(user=self.request.user, sections=typed_sections(report)),
            "answer_form": AnswerForm(user=self.request.user),
            "is_editor": True,
            **side_of(report, desk),
        }

    def perform(self, form):
        """Save the draft, then obey the order of the button that was pressed."""
        order, by = self.request.POST.get("order", ""), self.request.user
        facts = form.facts | {"from_on": form.cleaned_data["from_on"] or self.report.campaign.starts_on}
        try:
            report = drafting.change_report(
                report=self.report,
                by=by,
                version=form.cleaned_data["version"],
                texts=form.texts,
                settings=form.settings,
                order="" if order.startswith(KEEP) else order,
                **facts,
            )
        except versions.Conflict as conflict:  # texts stand in rows of their own; the form names them by number
            for row in conflict.current.sections.all():
                setattr(conflict.current, f"section_{row.pk}", row.text)
            raise
        number = order.partition(":")[2]
        if order.startswith(KEEP):
            drafting.keep_old_text(report=report, section=number_in(number), by=by)
        if order:
            is_gone = order.startswith("remove") or not number
            return self.editor_url("#outline" if is_gone else f"#section-{number}")
        return self.editor_url() if "stay" in self.request.POST else report


def fields_of(form, row):
    """Return the bound fields of a section by what they are; typed is missing where nothing can be typed."""
    names = {"typed": "section", "heading": "heading", "part": "part", "written": "written", "hint": "hint"}
    return {key: form[f"{name}_{row.pk}"] for key, name in names.items() if f"{name}_{row.pk}" in form.fields}


def number_in(text):
    """Return the number that a text is; 0, which no record has, for anything else."""
    return int(text) if text.isdecimal() and len(text) <= KEY_LENGTH else 0


def numbered(data, prefix):
    """Return what was sent for sections, by their number."""
    return {number_in(name.removeprefix(prefix)): data[name] for name in data if name.startswith(prefix)}


def typed_sections(report):
    """Return the sections of a draft that something can be said to."""
    return [row for row in report.sections.all() if not row.is_annex]


class DraftSave(DraftObject, View):
    """Save what is being typed; answers JSON: the new version and what others wrote, or both texts of a conflict."""

    def post(self, request, pk):
        """Save the sections that were sent, each with the text its typing began from."""
        texts, bases = numbered(request.POST, "section_"), numbered(request.POST, "base_")
        try:
            report = drafting.save_texts(
                report=self.report,
                by=request.user,
                version=number_in(request.POST.get("version", "")),
                texts=texts,
                bases=bases,
            )
        except versions.Conflict as conflict:
            return JsonResponse({"conflicts": self.conflicts(conflict.current, texts, bases)})
        except ValidationError as error:
            return JsonResponse({"errors": error.messages})
        return JsonResponse({"version": report.version, "texts": texts_of(report)})

    def conflicts(self, report, texts, bases):
        """Return both texts of each section that two people changed; theirs is null where the section is gone."""
        theirs = texts_of(report)
        return [
            {"section": number, "mine": texts[number], "theirs": theirs.get(number)}
            for number in drafting.collided(report, texts, bases)
        ]


def texts_of(report):
    """Return the texts of a draft by the number of their section."""
    return {row.pk: row.text for row in report.sections.all()}


class DraftPreview(DraftObject, TemplateView):
    """The draft as it reads now, with what stops it and what was found in it; fetched again after each save."""

    template_name = "reports/_draft_side.html"

    def get_context_data(self, **kwargs):
        """Compose it."""
        return super().get_context_data(**side_of(self.report, editor.desk_of(self.report)), **kwargs)


class DraftFigures(DraftObject, View):
    """The figures that may be cited, as JSON."""

    def get(self, request, pk):
        """Answer with names, values and what they are found by."""
        try:
            return JsonResponse({"figures": editor.figures_to_cite(self.report)})
        except MissingFigures as error:
            return JsonResponse({"figures": [], "errors": error.messages})


class DraftVersions(DraftObject, TemplateView):
    """The versions of a draft, and what differs between two of them."""

    template_name = "reports/versions.html"
    writes = False

    def get_context_data(self, **kwargs):
        """Compare the two asked for: by default the newest with the one before."""
        rows = list(self.report.versions.for_list())
        numbers = {str(row.pk): row for row in rows}
        new = numbers.get(self.request.GET.get("new", ""), rows[0] if rows else None)
        before = next((row for row in rows if new and row.pk < new.pk), None)
        old = numbers.get(self.request.GET.get("old", ""), before)
        found = draft_versions.differences(old.plain, new.plain) if old and new else ()
        return super().get_context_data(
            title=_("版本"),
            report=self.report,
            rows=rows,
            old=old,
            new=new,
            differences=found,
            is_editor=self.request.user.holds(Role.EDITOR, self.report.campaign.organiser),
            **kwargs,
        )


class DraftRestore(DraftObject, View):
    """Bring an older version back."""

    def post(self, request, pk):
        """Do it, or say why not."""
        rows = ReportVersion.objects.filter(report=self.report)
        kept = get_object_or_404(rows, pk=number_in(request.POST.get("restored", "")))
        try:
            drafting.restore_version(
                report=self.report,
                version_kept=kept,
                by=request.user,
                version=number_in(request.POST.get("version", "")),
            )
        except ValidationError as error:
            for message in error.messages:
                messages.error(request, message)
            return redirect("reports:report_versions", pk)
        messages.success(request, _("已恢复。恢复前的内容仍在版本里。"))
        return redirect(self.editor_url())
