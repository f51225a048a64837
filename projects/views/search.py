"""The search above every page: what drops down while typing, and the page of everything that is found."""

from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from projects import found
from units.search import TEXT


class Search(TemplateView):
    """Projects, companies and units by a part of the name, its pinyin or its initials."""

    def get_template_names(self):
        """Answer htmx with what drops down."""
        return ["projects/_found.html" if self.request.htmx else "projects/search.html"]

    def get_context_data(self, **kwargs):
        """Add what is found."""
        text = self.request.GET.get("q", "").strip()[:TEXT]
        return super().get_context_data(title=_("搜索"), text=text, kinds=found.of(text, self.request.user), **kwargs)
