"""Tags: the groups and what is in them, a new one, renaming, removing what no project has."""

from django.shortcuts import get_object_or_404
from django.urls import reverse, reverse_lazy
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from projects import actions
from projects.gate_forms import TagChangeForm, TagForm
from projects.models import Tag
from units import access
from units.forms import RecordForm
from units.pages import ActionView


class TagList(TemplateView):
    """The tags by their groups, with how many projects have each."""

    template_name = "projects/tag_list.html"
    extra_context = {"title": _("标签"), "sub": _("给项目贴的名目，如 136工程、六区、产业集群；台账可按标签筛选。")}

    def get_context_data(self, **kwargs):
        """Load the tags: one query."""
        user = self.request.user
        tags = Tag.objects.visible_to(user).for_list()
        return super().get_context_data(tags=tags, may_set=access.may(user, "projects:tag_create", "POST"), **kwargs)


class TagScope:
    """A form about a tag."""

    template_name = "projects/record_form.html"
    cancel_url = reverse_lazy("projects:tag_list")
    extra_context = {"crumbs": ((_("标签"), reverse_lazy("projects:tag_list")),)}

    @cached_property
    def tag(self):
        """The tag named in the address."""
        return get_object_or_404(Tag.objects.visible_to(self.request.user), pk=self.kwargs["pk"])


class TagCreate(TagScope, ActionView):
    """Add a tag."""

    form_class = TagForm
    title = _("新增标签")

    def perform(self, form):
        """Add it."""
        actions.create_tag(by=self.request.user, **form.cleaned_data)
        return reverse("projects:tag_list")


class TagChange(TagScope, ActionView):
    """Rename a tag; the projects keep it."""

    form_class = TagChangeForm
    title = _("修改标签")

    def get_initial(self):
        """Show it as it stands."""
        return {name: getattr(self.tag, name) for name in ("group", "name", "version")}

    def perform(self, form):
        """Rename it."""
        actions.change_tag(tag=self.tag, by=self.request.user, **form.cleaned_data)
        return reverse("projects:tag_list")


class TagRemove(TagScope, ActionView):
    """Remove a tag that no project has."""

    form_class = RecordForm
    submit_label = _("移除")
    success_message = _("标签已移除")

    def get_title(self):
        """Name the tag."""
        return _("移除标签：%(tag)s") % {"tag": self.tag}

    def perform(self, form):
        """Remove it."""
        actions.remove_tag(tag=self.tag, by=self.request.user)
        return reverse("projects:tag_list")
