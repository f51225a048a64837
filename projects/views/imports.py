"""Imports: the list, a new file, its columns, the preview, confirming, undoing, what was refused."""

import mimetypes

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View
from django_htmx.http import HttpResponseClientRefresh

from projects import import_page
from projects.import_forms import ConfirmForm, ImportForm, MapForm, RetryForm, UndoForm
from projects.import_tables import ImportFilter, ImportTable
from projects.imports import batches, blank, outlines, undoing
from projects.imports.plans import PLANNERS
from projects.models import ImportBatch, ImportRow
from units.access import IMPORTERS
from units.lists import XLSX, ListPage, workbook_response
from units.pages import ActionView

ROWS = 50  # a page of the preview
State = ImportBatch.State


class ImportList(ListPage):
    """Everything that was brought in for the user's units."""

    model, table_class, filterset_class = ImportBatch, ImportTable, ImportFilter
    title = _("导入")
    sub = _("先预览，确认后一次写入；写入后可整批撤销。")
    empty_text = _("还没有导入过")
    empty_hint = _("项目台账、走访来访、外出招商、到资明细、问题清单、企业都可以从 Excel 导入")
    empty_action = (_("导入文件"), "projects:import_create")
    actions = ((_("导入文件"), "projects:import_create", "plus"),)
    export_name = "imports"


class ImportCreate(ActionView):
    """Upload a workbook; its columns come next."""

    template_name = "projects/import_create.html"
    form_class = ImportForm
    title = _("导入文件")
    submit_label = _("上传并核对列")
    cancel_url = reverse_lazy("projects:import_list")
    success_message = _("文件已读取，请核对各列")

    def get_initial(self):
        """Begin with one's own unit and what the link names."""
        user, asked = self.request.user, self.request.GET.get("kind")
        unit = user.first_unit(*IMPORTERS)
        return {"kind": asked if asked in ImportBatch.Kind.values else ImportBatch.Kind.PROJECT, "unit": unit}

    def get_context_data(self, **kwargs):
        """Offer the templates."""
        kinds = ImportBatch.Kind.choices
        links = [(label, reverse("projects:import_template", args=[kind])) for kind, label in kinds]
        return super().get_context_data(templates=links, **kwargs)

    def perform(self, form):
        """Keep the file; go on to its columns."""
        facts = form.cleaned_data
        batch = batches.upload(
            kind=facts["kind"], unit=facts["unit"], name=facts["file"].name, content=facts["content"],
            outline=facts["outline"], by=self.request.user,
        )  # fmt: skip
        return reverse("projects:import_map", args=[batch.pk])


class ImportTemplate(View):
    """Download the template of a kind."""

    def get(self, request, kind):
        """Answer with a workbook whose drop-downs offer the units that its rows may name."""
        if kind not in ImportBatch.Kind.values:
            raise Http404("no such kind of import")
        units = PLANNERS[kind].lookups.nameable_units(request.user).order_by("path").values_list("name", flat=True)
        name = _("%s导入模板.xlsx") % ImportBatch.Kind(kind).label
        response = HttpResponse(blank.template(kind, units), content_type=XLSX)
        response["Content-Disposition"] = content_disposition_header(True, name)
        return response


class BatchMixin:
    """What the pages of one import share."""

    @cached_property
    def batch(self):
        """The import; 404 where it is not the user's to see."""
        rows = ImportBatch.objects.visible_to(self.request.user).select_related("done_by")
        return get_object_or_404(rows.for_list(), pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs):
        """Name the import."""
        return super().get_context_data(batch=self.batch, **kwargs)

    def get_cancel_url(self):
        """Lead back to the import."""
        return self.batch.get_absolute_url()


class ImportMap(BatchMixin, ActionView):
    """Which column is which; what was recognised stands there already."""

    template_name = "projects/import_map.html"
    form_class = MapForm
    title = _("核对列")
    submit_label = _("预览")
    success_message = _("列已保存，并已记住，下次同样的表头直接套用")

    @cached_property
    def sheet(self):
        """The sheet of the workbook that is shown."""
        asked = self.request.POST.get("sheet")
        if asked is not None:
            return outlines.sheet_of(self.batch, asked)
        return import_page.sheet_asked(self.batch, self.request.GET.get("sheet", ""))

    def get_form_kwargs(self):
        """Give the form the columns and what they are taken for."""
        mapping = self.batch.columns
        if self.batch.state == State.UPLOADED or self.sheet["name"] != self.batch.sheet:
            mapping = batches.suggested(self.batch, self.sheet["name"])
        return {**super().get_form_kwargs(), "batch": self.batch, "sheet": self.sheet, "mapping": mapping}

    def get_context_data(self, **kwargs):
        """Add the columns with how sure they are, the other sheets, and what was skipped."""
        context = super().get_context_data(sheet=self.sheet, **kwargs)
        context["columns"] = import_page.column_lines(context["form"], self.batch, self.sheet)
        context["views"] = import_page.sheet_links(self.batch, self.sheet)
        return context

    def perform(self, form):
        """Keep the columns and preview."""
        facts = form.cleaned_data
        return batches.map_columns(
            batch=self.batch, sheet=facts["sheet"], mapping=facts["mapping"], version=facts["version"],
            by=self.request.user, today=timezone.localdate(),
        )  # fmt: skip


class ImportPreview(BatchMixin, TemplateView):
    """One import: what it would do, how far it is, or what it did."""

    template_name = "projects/import_preview.html"

    def get_context_data(self, **kwargs):
        """Show the rows of the outcome asked for."""
        batch, asked = self.batch, self.request.GET.get("outcome", "")
        chosen = asked if asked in ImportRow.Outcome.values else ""
        rows = batch.rows.filter(outcome=chosen) if chosen else batch.rows.all()
        page = Paginator(rows.order_by("number"), ROWS).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            title=batch.name,
            state=import_page.state_of(batch),
            lines=import_page.row_lines(batch, page),
            page=page,
            page_url=f"?outcome={chosen}",
            views=import_page.views(batch, chosen),
            work=import_page.work_of(batch) if batch.state == State.RUNNING else None,
            was_cut_off=batch.state == State.PREVIEWED and batches.is_cut_off(batch),
            before=batches.earlier(batch) if batch.state == State.PREVIEWED else None,
            undoing=getattr(batch, "undone_as", None) if batch.state == State.UNDONE else None,
            **kwargs,
        )


class ImportProgress(BatchMixin, View):
    """How far long work is; asked for every second in the background, which does not prolong a session."""

    def get(self, request, pk):
        """Answer with the bar; the whole page comes anew once the work is through."""
        if self.batch.state != State.RUNNING:
            return HttpResponseClientRefresh()
        context = {"batch": self.batch, "work": import_page.work_of(self.batch)}
        return render(request, "projects/_import_progress.html", context)


class ImportConfirm(BatchMixin, ActionView):
    """Write what the preview showed."""

    template_name = "projects/import_confirm.html"
    form_class = ConfirmForm
    title = _("确认导入")
    submit_label = _("确认导入")

    def get_initial(self):
        """Confirm what is seen."""
        return {"version": self.batch.version}

    def get_form_kwargs(self):
        """Give the form its import."""
        return {**super().get_form_kwargs(), "batch": self.batch}

    def get_context_data(self, **kwargs):
        """Say whether the file came in before."""
        return super().get_context_data(before=batches.earlier(self.batch), **kwargs)

    def perform(self, form):
        """Write it, at once or by the worker."""
        facts = form.cleaned_data
        return batches.confirm(
            batch=self.batch, version=facts["version"], again=facts.get("again", False), by=self.request.user,
            today=timezone.localdate(),
        )  # fmt: skip

    def get_success_message(self):
        """Say whether it is done or under way."""
        self.batch.refresh_from_db()
        return _("已导入，回执号 %s") % self.batch.receipt if self.batch.receipt else _("已提交后台处理")


class ImportUndo(BatchMixin, ActionView):
    """Take an import back; what was touched since stays, and is said before."""

    template_name = "projects/import_undo.html"
    form_class = UndoForm
    title = _("撤销导入")
    submit_label = _("撤销这一批")

    @cached_property
    def steps(self):
        """What becomes of each row that was written."""
        return undoing.plan(self.batch) if self.batch.state == State.DONE else []

    def get_initial(self):
        """Take back what is seen."""
        return {"version": self.batch.version, "seen": undoing.digest(self.steps)}

    def get_context_data(self, **kwargs):
        """Say what can be taken back and what stays."""
        kept = [step for step in self.steps if not step.is_undone]
        return super().get_context_data(
            kept=kept[:ROWS], kept_count=len(kept), count=len(self.steps) - len(kept), **kwargs
        )

    def perform(self, form):
        """Undo it, at once or by the worker."""
        facts = form.cleaned_data
        return batches.undo(
            batch=self.batch, seen=facts["seen"], version=facts["version"], by=self.request.user,
            today=timezone.localdate(),
        )  # fmt: skip

    def get_success_message(self):
        """Say whether it is done or under way."""
        self.batch.refresh_from_db()
        return _("已撤销") if self.batch.state == State.UNDONE else _("已提交后台处理")


class ImportRetry(BatchMixin, ActionView):
    """Do once more what was cut off."""

    template_name = "projects/import_confirm.html"
    form_class = RetryForm
    title = _("重试")
    submit_label = _("重试")
    success_message = _("已重新提交后台处理")

    def perform(self, form):
        """Put it into the queue again."""
        return batches.retry(batch=self.batch, by=self.request.user, today=timezone.localdate())


class ImportRefused(BatchMixin, View):
    """Download the refused rows, to be corrected and brought in again."""

    def get(self, request, pk):
        """Answer with a workbook: the same columns, and why."""
        name = _("%s-待更正") % self.batch.name.rpartition(".")[0]
        return workbook_response(str(name), str(_("待更正")), blank.refused(self.batch))


class ImportFile(BatchMixin, View):
    """Download the file that came in: never shown in the browser's own page."""

    def get(self, request, pk):
        """Answer with the bytes as an attachment."""
        try:
            content = self.batch.file.open("rb")
        except FileNotFoundError:
            raise Http404("the file is not in the store") from None
        kind = mimetypes.guess_type(self.batch.name)[0] or "application/octet-stream"
        response = FileResponse(content, as_attachment=True, filename=self.batch.name, content_type=kind)
        response["X-Content-Type-Options"] = "nosniff"
        response["Content-Security-Policy"] = "sandbox; default-src 'none'"
        return response
