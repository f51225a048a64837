"""All addresses: each room brings its own."""

from django.urls import include, path

urlpatterns = [
    path("", include("reports.urls")),
    path("", include("projects.urls")),
    path("", include("campaigns.urls")),
    path("", include("units.urls")),
]
