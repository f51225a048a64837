"""Addresses of the units room."""

app_name = "units"
urlpatterns = []
