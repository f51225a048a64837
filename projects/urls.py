"""Addresses of the projects room."""

from django.urls import path

from projects.views import entry

app_name = "projects"
urlpatterns = [
    # --- the desk: entry, tallies, recognition, drill-down, counting rules
    path("entry/", entry.Entry.as_view(), name="entry"),
    path("entry/preview/", entry.EntryPreview.as_view(), name="entry_preview"),
]
