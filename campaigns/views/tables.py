"""A campaign from a published table: sent, looked at cell by cell, then written."""

from django.core.exceptions import ValidationError
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.forms import TableForm
from campaigns.numbers import in_measure, plain
from campaigns.tables_in.loading import load_table
from campaigns.tables_in.reading import TableError
from campaigns.views.setup import setup_url
from units.pages import ActionView

SHOWN = 200  # rows of the preview


class TableCreate(ActionView):
    """Send a table and look at what it would make (step preview); then write it."""

    form_class = TableForm
    template_name = "campaigns/table_form.html"
    title = gettext_lazy("从通报表新建")
    lead = gettext_lazy(
        "已有的通报表直接变成战役：单位、组别、指标、目标和完成数都从表里来。先预览，有一格不对就什么也不写。"
    )
    submit_label = gettext_lazy("预览")
    cancel_url = reverse_lazy("projects:start")
    success_message = gettext_lazy("通报表已导入，请核对各步")

    def get_context_data(self, **kwargs):
        """Add where one is."""
        crumbs = [(_("战役"), reverse("campaigns:campaign_list")), (_("新建"), reverse("projects:start"))]
        return super().get_context_data(crumbs=crumbs, here=self.title, two_columns=True, **kwargs)

    def form_valid(self, form):
        """Show the preview first; write what was looked at."""
        if self.request.POST.get("step") == "save":
            return super().form_valid(form)
        try:
            outcome = self.load(form, only_try=True)
        except TableError as error:
            return self.render_to_response(self.get_context_data(form=form, told=error.told))
        return self.render_to_response(self.get_context_data(form=form, outcome=outcome, rows=rows_of(outcome.table)))

    def perform(self, form):
        """Write it."""
        try:
            outcome = self.load(form)
        except TableError as error:
            raise ValidationError(list(error.problems)) from None
        return setup_url(outcome.campaign)

    def load(self, form, **options):
        """Load the table of the form as the user, who makes no units."""
        return load_table(
            form.cleaned_data["content"], **form.what, by=self.request.user, makes_units=False,
            today=timezone.localdate(), **options,
        )  # fmt: skip


def rows_of(table):
    """Return the figures of a table as the preview prints them, totals last, each amount with its cell."""
    figures = [(row, False) for row in table.figures] + [(row, True) for row in (*table.subtotals, *table.totals)]
    return [
        {
            "unit": figure.unit,
            "group": figure.group,
            "indicator": figure.indicator,
            "measure": figure.measure.word,
            "is_total": is_total,
            "target": told(figure, "target"),
            "done": told(figure, "done"),
        }
        for figure, is_total in figures[:SHOWN]
    ]


def told(figure, name):
    """Return (amount in the measure of its row, its cell); an empty cell is a dash."""
    amount = getattr(figure, name)
    text = "—" if amount is None else plain(in_measure(amount, figure.measure.word))
    return text, figure.cells.get(name, "")
