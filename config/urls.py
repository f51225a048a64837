"""All addresses: each room brings its own."""

from django.urls import include, path

from reports import api
from reports.views import overview

urlpatterns = [
    path("", overview.home, name="home"),
    path("api/v1/", api.urls),
    path("", include("reports.urls")),
    path("", include("projects.urls")),
    path("", include("campaigns.urls")),
    path("", include("units.urls")),
]
