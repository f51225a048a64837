"""Many records changed at once: chosen on a list, shown row by row as they would become, then confirmed."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from units import list_head
from units.pages import ActionView

LIMIT = 2000  # records changed at once


@dataclass(frozen=True)
class Planned:
    """What would become of one record; a problem says why it is left alone."""

    record: object
    old: str
    new: str
    problem: str = ""

    @property
    def state(self):
        """Whether it is changed, unchanged or refused."""
        if self.problem:
            return "refused"
        return "changed" if self.old != self.new else "same"


class BulkEdit:
    """One thing to do to many records: what it asks for, what each would become, the action that does it."""

    name = ""
    label = ""
    form_class = None

    def loaded(self, records):
        """Load what `plan` reads of the records; the number of queries does not grow with them."""
        return records

    def plan(self, record, facts, user):
        """Return a Planned for one loaded record."""
        raise NotImplementedError(f"{type(self).__name__} has no plan()")

    def apply(self, rows, facts, by):
        """Call the action for [(record, version that was shown)]."""
        raise NotImplementedError(f"{type(self).__name__} has no apply()")


class BulkPage(ActionView):
    """The preview of a change of many records of a list; a subclass names the list and its page.

    What was chosen travels as pairs of key and version, so that what is confirmed is what was shown.
    """

    template_name = "bulk_page.html"
    http_method_names = ["get", "head", "options", "post"]
    list_page = None
    list_name = ""

    @property
    def edit(self):
        """What shall be done; None where it is not offered."""
        wanted = self.request.POST.get("edit")
        return next((edit() for edit in self.list_page.bulk_edits if edit.name == wanted), None)

    def get(self, request, *args, **kwargs):
        """Lead to the list: records are chosen there."""
        return redirect(self.list_name)

    def get_form_class(self):
        """Ask for what the change needs."""
        return self.edit.form_class

    def get_title(self):
        """Name the change."""
        return self.edit.label

    def get_cancel_url(self):
        """Lead back to the list as it was filtered."""
        query = list_head.kept(QueryDict(self.request.POST.get("filter", "")))
        return f"{reverse(self.list_name)}?{query}" if query else reverse(self.list_name)

    def post(self, request, *args, **kwargs):
        """Take the choice from the list, show what would change, or do it."""
        if self.edit is None:
            return self.back(_("请选择要批量修改的内容"))
        self.records = self.chosen()
        if not self.records:
            return self.back(_("请先勾选要修改的记录"))
        if len(self.records) > LIMIT:
            return self.back(_("一次最多修改 %(n)s 条，请先用筛选缩小范围") % {"n": LIMIT})
        if request.POST.get("step") == "confirm":
            return super().post(request, *args, **kwargs)
        form = self.get_form()
        planned = self.planned(form) if form.is_bound and form.is_valid() else None
        return self.render_to_response(self.get_context_data(form=form, planned=planned))

    def back(self, text):
        """Lead back to the list and say why."""
        messages.warning(self.request, text)
        return redirect(self.get_cancel_url())

    def get_form_kwargs(self):
        """Show an empty form to who comes from the list."""
        kwargs = super().get_form_kwargs()
        if self.request.POST.get("step") not in ("preview", "confirm"):
            kwargs.update(data=None, files=None)
        return kwargs

    def chosen(self):
        """Return {key: version} of the records chosen, as far as the user may see them."""
        page = self.list_page()
        page.setup(self.request)
        sent = self.request.POST
        if sent.get("all"):
            rows = page.filtered(QueryDict(sent.get("filter", "")))
            return dict(rows.order_by("pk").values_list("pk", "version")[: LIMIT + 1])
        keys = dict(pair_of(text) for text in (*sent.getlist("row"), *sent.get("rows", "").split()))
        keys.pop(None, None)
        keys = dict(list(keys.items())[: LIMIT + 1])
        rows = page.get_queryset().filter(pk__in=keys).order_by("pk").values_list("pk", flat=True)
        return {pk: keys[pk] for pk in rows}

    def planned(self, form):
        """Return what would become of each record, in the order of the list."""
        page = self.list_page()
        page.setup(self.request)
        rows = self.edit.loaded(page.get_queryset().filter(pk__in=self.records))
        edit, user = self.edit, self.request.user
        made = [edit.plan(record, form.cleaned_data, user) for record in rows]
        return [self.unless_changed(row) for row in made]

    def unless_changed(self, row):
        """Refuse a record that somebody changed since it was chosen."""
        if row.problem or row.record.version == self.records[row.record.pk]:
            return row
        return Planned(row.record, row.old, row.new, str(_("勾选之后已被他人修改，请重新勾选")))

    def perform(self, form):
        """Change those that can be; the rest is left alone, and said so."""
        planned = self.planned(form)
        rows = [(row.record, self.records[row.record.pk]) for row in planned if row.state == "changed"]
        self.told = tally(planned)
        if rows:
            self.edit.apply(rows, form.cleaned_data, self.request.user)
        return self.get_cancel_url()

    def get_success_message(self):
        """Say how many."""
        return _("已修改 %(changed)s 条；未变 %(same)s 条，未改 %(refused)s 条") % self.told

    def get_context_data(self, **kwargs):
        """Add the records, and what would become of them."""
        planned = kwargs.pop("planned", None)
        form = kwargs.get("form")
        if planned is None and self.request.POST.get("step") == "confirm" and form is not None and form.is_valid():
            planned = self.planned(form)
        return super().get_context_data(
            edit=self.edit,
            count=len(self.records),
            rows_text=" ".join(f"{pk}-{version}" for pk, version in self.records.items()),
            filter_text=self.request.POST.get("filter", ""),
            list_url=reverse(self.list_name),
            list_title=self.list_page.title,
            planned=planned,
            told=tally(planned or ()),
            **kwargs,
        )


def tally(planned):
    """Return how many are changed, unchanged and refused."""
    states = [row.state for row in planned]
    return {state: states.count(state) for state in ("changed", "same", "refused")}


def pair_of(text):
    """Read "key-version"; (None, 0) where it is none."""
    key, _dash, version = text.partition("-")
    if not all(part.isascii() and part.isdigit() and len(part) < 19 for part in (key, version)):
        return None, 0
    return int(key), int(version)
