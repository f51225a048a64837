"""All addresses: each room brings its own."""

from django.urls import include, path

from units.views import home

urlpatterns = [
    path("", home, name="home"),
    path("", include("reports.urls")),
    path("", include("projects.urls")),
    path("", include("campaigns.urls")),
    path("", include("units.urls")),
]
