"""The district's own published places: list, entry, paste, removal."""

from django.shortcuts import get_object_or_404
from django.urls import reverse_lazy
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from campaigns import actions
from campaigns.models import DistrictPlace
from campaigns.published_forms import PublishedFilter, PublishedForm, PublishedPasteForm, PublishedTable
from units import access
from units.forms import RecordForm
from units.lists import ListPage
from units.pages import ActionView

REPLACES = _("同一单位、期间和指标已登记的，以新的为准；旧值留在审计记录中。")


class PublishedList(ListPage):
    """Places that a superior body published for the district."""

    model, table_class, filterset_class = DistrictPlace, PublishedTable, PublishedFilter
    title = _("公布位次")
    sub = _("上级通报中本区在各区县中的位次，按通报原文登记，不参与计算")
    empty_text = _("还没有登记公布位次")
    empty_hint = _("收到上级通报后登记；以往的可成批粘贴")
    actions = ((_("登记位次"), "campaigns:published_create", "plus"),)
    brings_in = ("campaigns:published_paste", "")
    export_name = "published-places"

    def get_table_kwargs(self):
        """Leave out what only editors may do."""
        may = access.may(self.request.user, "campaigns:published_remove", "POST")
        return {**super().get_table_kwargs(), "exclude": () if may else ("actions",)}


class PublishedCreate(ActionView):
    """Write down one place."""

    form_class = PublishedForm
    title = _("登记公布位次")
    lead = REPLACES
    cancel_url = reverse_lazy("campaigns:published_list")
    success_message = _("已登记")
    extra_context = {"two_columns": True}

    def perform(self, form):
        """Record it."""
        facts = dict(form.cleaned_data)
        actions.record_places(unit=facts.pop("unit"), rows=[facts], by=self.request.user)
        return str(self.cancel_url)


class PublishedPaste(PublishedCreate):
    """Write down many places at once: all of them, or none."""

    form_class = PublishedPasteForm
    title = _("成批粘贴公布位次")
    submit_label = _("写入")
    extra_context = {}

    def perform(self, form):
        """Record them."""
        actions.record_places(by=self.request.user, **form.cleaned_data)
        return str(self.cancel_url)


class PublishedRemove(ActionView):
    """Take a place out again."""

    form_class = RecordForm
    title = _("移除公布位次")
    submit_label = _("移除")
    cancel_url = reverse_lazy("campaigns:published_list")
    success_message = _("已移除")

    @cached_property
    def row(self):
        """The place; 404 where it is not the user's to write."""
        rows = DistrictPlace.objects.editable_by(self.request.user).for_list()
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_lead(self):
        """Say which."""
        return str(self.row)

    def perform(self, form):
        """Remove it."""
        actions.remove_place(row=self.row, by=self.request.user)
        return str(self.cancel_url)
