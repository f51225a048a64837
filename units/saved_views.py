"""Pages behind the head of a list: keeping a view, changing it, removing it, choosing columns."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views import View

from units import actions, list_head
from units.forms import RecordForm
from units.models import SavedView, Unit
from units.pages import ActionView

COLUMNS_LIMIT = 60


def address(page, query, view=None):
    """Return the address of a list as it was seen."""
    made = QueryDict(list_head.kept(QueryDict(query)), mutable=True)
    if view is not None:
        made["view"] = str(view.pk)
    return f"{reverse(page)}?{made.urlencode()}" if made else reverse(page)


class ViewForm(RecordForm):
    """A view's name, whom it is shared with, and what it shows."""

    name = forms.CharField(label=_("视图名称"), max_length=20)
    shared_with = forms.ModelChoiceField(
        label=_("共享给"), queryset=Unit.objects.none(), required=False, empty_label=_("只有自己")
    )
    query = forms.CharField(widget=forms.HiddenInput, required=False, max_length=list_head.QUERY_LIMIT)

    def __init__(self, *args, user=None, **kwargs):
        super().__init__(*args, user=user, **kwargs)
        units = {member.unit_id for member in user.memberships}
        self.fields["shared_with"].queryset = Unit.objects.filter(pk__in=units)

    def clean_query(self):
        """Keep what says what is seen."""
        return list_head.kept(QueryDict(self.cleaned_data["query"]))


class NewViewForm(ViewForm):
    """A new view of one of the lists."""

    page = forms.CharField(widget=forms.HiddenInput, max_length=60)

    def clean_page(self):
        """Refuse what is no list of the user's."""
        if not list_head.may_open_list(self.user, self.cleaned_data["page"]):
            raise ValidationError(_("没有这个列表"))
        return self.cleaned_data["page"]


class ViewCreate(ActionView):
    """Keep a list as it is seen now; the name is asked for above the list."""

    form_class = NewViewForm
    title = _("另存为视图")
    lead = _("视图记住当前的筛选、排序和列，以标签显示在列表上方。")
    submit_label = _("保存视图")
    success_message = _("视图已保存")

    def get_initial(self):
        """Take over what the list sent."""
        asked = self.request.GET
        return {"page": asked.get("page", ""), "query": asked.get("query", "")}

    def get_cancel_url(self):
        """Lead back to the list."""
        sent = self.request.POST or self.request.GET
        page = sent.get("page", "")
        return address(page, sent.get("query", "")) if list_head.may_open_list(self.request.user, page) else ""

    def perform(self, form):
        """Keep it, and show the list through it."""
        view = actions.create_view(**form.cleaned_data, by=self.request.user)
        return address(view.page, view.query, view)


class OwnView:
    """A page about a view of one's own; 404 where it is somebody else's, shared or not."""

    @cached_property
    def saved_view(self):
        """The view."""
        rows = SavedView.objects.filter(owner=self.request.user)
        view = get_object_or_404(rows.select_related("shared_with"), pk=self.kwargs["pk"])
        if list_head.list_page(view.page) is None:
            raise Http404("its list is gone")
        return view

    def get_cancel_url(self):
        """Lead back to the list, seen through it."""
        return address(self.saved_view.page, self.saved_view.query, self.saved_view)


class ViewChange(OwnView, ActionView):
    """Rename a view, share it, or let it keep what is seen now."""

    form_class = ViewForm
    title = _("修改视图")
    lead = _("共享后，本单位及下级单位的同事也能在列表上方看到；各人只看到自己有权看的记录。")
    success_message = _("视图已更新")
    template_name = "units/saved_view.html"

    def get_initial(self):
        """Show the view as it stands; what is seen now, where the list asks to keep that."""
        view = self.saved_view
        return {
            "name": view.name,
            "shared_with": view.shared_with_id,
            "query": self.request.GET.get("query", view.query),
        }

    def perform(self, form):
        """Change it."""
        view = actions.change_view(view=self.saved_view, **form.cleaned_data, by=self.request.user)
        return address(view.page, view.query, view)


class ViewRemove(OwnView, ActionView):
    """Remove a view."""

    form_class = RecordForm
    title = _("删除视图")
    submit_label = _("删除视图")
    lead = _("只删除这个标签，记录不受影响。已共享的同事也不再看到它。")
    success_message = _("视图已删除")

    def get_title(self):
        """Name it."""
        return f"{self.title}：{self.saved_view}"

    def perform(self, form):
        """Remove it, and show the whole list."""
        page = self.saved_view.page
        actions.remove_view(view=self.saved_view, by=self.request.user)
        return reverse(page)


class Columns(View):
    """Remember the columns chosen for a list; sent from the panel above it."""

    http_method_names = ["post"]

    def post(self, request):
        """Remember them and go back to the list as it was seen."""
        page = request.POST.get("page", "")
        if not list_head.may_open_list(request.user, page):
            raise Http404("no such list")
        names = [] if request.POST.get("reset") else request.POST.getlist("column")[:COLUMNS_LIMIT]
        names = [name for name in dict.fromkeys(names) if name.isascii() and name.isidentifier() and len(name) <= 60]
        actions.choose_columns(page=page, columns=names, by=request.user)
        query = QueryDict(request.POST.get("query", ""), mutable=True)
        query.pop("columns", None)
        messages.success(request, _("已按所选列显示，下次打开仍是这些列。") if names else _("已恢复默认列。"))
        return redirect(address(page, query.urlencode()))
