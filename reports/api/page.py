"""The page about the API, in the frame of the site."""

from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from ninja.openapi.docs import DocsBase

DRAWN = {"layout": "BaseLayout", "validatorUrl": None, "defaultModelsExpandDepth": -1}  # what swagger-ui is told


class SitePage(DocsBase):
    """Draws what the API says of itself, with scripts and styles that the site serves."""

    def render_page(self, request, api, **kwargs):
        """Answer with the page."""
        settings = DRAWN | {"url": self.get_openapi_url(api, kwargs)}
        return render(request, "reports/api.html", {"title": _("接口说明"), "api_settings": settings})
