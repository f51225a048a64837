"""Addresses of the projects room."""

app_name = "projects"
urlpatterns = []
