"""What every promise has in common: putting it off, settling it, reopening it; whose it is to do so."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from projects import actions, papers, promise_page
from projects.promise_forms import PutOffForm, ReopenForm, SettleForm
from units import audit
from units.pages import ActionView


def found(model, user, pk):
    """Return a promise that the user may see; 404 where it is not his to see."""
    return get_object_or_404(model.objects.visible_to(user).with_concerned(), pk=pk)


def writers(row, user):
    """Return the promise; 403 where its owner or who asked for it is somebody else."""
    if not actions.may_write_promise(user, row):
        raise PermissionDenied("neither clerk nor editor of a unit concerned")
    return row


def as_error(action, field, message, **facts):
    """Call an action; a unit that the user may not write for is an error beside its field."""
    try:
        return action(**facts)
    except PermissionDenied:
        raise ValidationError({field: message}) from None


def url_if_seen(row, user) -> str:
    """Return the address of a record's page; empty where there is none, or where the user may not see it."""
    if row is None or not type(row).objects.visible_to(user).filter(pk=row.pk).exists():
        return ""
    return row.get_absolute_url()


class OneKindScope:
    """A page about one promise of the class's kind that the user may see; its template calls it by that name."""

    template_name = "projects/record_form.html"
    kind = None
    list_crumb = ()

    @cached_property
    def row(self):
        """The promise; 404 where it is not the user's to see."""
        return found(self.kind, self.request.user, self.kwargs["pk"])

    @cached_property
    def own_row(self):
        """The promise, if the user may write on it."""
        return writers(self.row, self.request.user)

    def get_cancel_url(self):
        """Lead back to its page."""
        return self.row.get_absolute_url()

    def get_context_data(self, **kwargs):
        """Say where one is."""
        crumbs = [self.list_crumb]
        if isinstance(self, ActionView):
            crumbs.append((self.row, self.row.get_absolute_url()))
        return super().get_context_data(**{self.kind._meta.model_name: self.row, "crumbs": crumbs, **kwargs})


class OneKindDetail(OneKindScope, TemplateView):
    """A promise: its clock, how often it was put off, its outcome, papers and history."""

    def get_context_data(self, **kwargs):
        """Add everything about it and what the user may do."""
        row, user = self.row, self.request.user
        return super().get_context_data(
            title=row.title,
            line=promise_page.line_of(row, timezone.localdate(), may_write=self.may_write),
            extensions=row.extensions.select_related("recorded_by"),
            project_url=url_if_seen(row.project, user),
            papers=papers.gallery_of(row, user),
            may_add=papers.may_add(row, user),
            history=audit.history(row),
            **kwargs,
        )

    @cached_property
    def may_write(self):
        """Whether the user may write on it."""
        return actions.may_write_promise(self.request.user, self.row)


class PromiseScope(ActionView):
    """A form about one promise of any kind."""

    template_name = "projects/record_form.html"

    @cached_property
    def promise(self):
        """The promise named in the address."""
        if self.kwargs["kind"] not in promise_page.KINDS:
            raise Http404("no such kind of promise")
        return found(promise_page.KINDS[self.kwargs["kind"]], self.request.user, self.kwargs["pk"])

    @cached_property
    def own_promise(self):
        """The promise, if the user may write on it."""
        return writers(self.promise, self.request.user)

    def get_lead(self):
        """Say what it is about."""
        row = self.own_promise
        return _("%(what)s · %(unit)s · 现期限 %(day)s") % {"what": row, "unit": row.unit, "day": row.due_on}

    def get_initial(self):
        """Remember which version was opened."""
        return {"version": self.own_promise.version}

    def get_cancel_url(self):
        """Lead back to it."""
        return self.promise.get_absolute_url()

    def get_context_data(self, **kwargs):
        """Say where one is."""
        row = self.own_promise
        return super().get_context_data(**{"crumbs": ((row, row.get_absolute_url()),), **kwargs})


class PromiseExtend(PromiseScope):
    """Put a promise off with the reason and who allowed it."""

    form_class = PutOffForm
    title = _("延期")
    submit_label = _("登记延期")
    success_message = _("已登记延期，原期限、原因和批准人保留在历史中")

    def perform(self, form):
        """Put it off."""
        facts = {**form.cleaned_data, "by": self.request.user, "today": timezone.localdate()}
        actions.put_off(promise=self.own_promise, **facts)
        return self.own_promise


class PromiseSettle(PromiseScope):
    """Say that a promise was kept."""

    form_class = SettleForm
    title = _("办结")
    submit_label = _("办结")
    success_message = _("已办结")

    def get_initial(self):
        """Today."""
        return {**super().get_initial(), "on": timezone.localdate()}

    def perform(self, form):
        """Settle it."""
        facts = {**form.cleaned_data, "by": self.request.user, "today": timezone.localdate()}
        return actions.settle(promise=self.own_promise, **facts)


class PromiseReopen(PromiseScope):
    """Take back that a promise was kept."""

    form_class = ReopenForm
    title = _("重新办理")
    submit_label = _("重新办理")
    success_message = _("已重新列为未办结，期限不变")

    def perform(self, form):
        """Reopen it."""
        facts = {**form.cleaned_data, "by": self.request.user, "today": timezone.localdate()}
        return actions.reopen(promise=self.own_promise, **facts)
