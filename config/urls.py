"""All addresses: each room brings its own."""

from django.urls import include, path

from reports.views import overview

urlpatterns = [
    path("", overview.home, name="home"),
    path("", include("reports.urls")),
    path("", include("projects.urls")),
    path("", include("campaigns.urls")),
    path("", include("units.urls")),
]
