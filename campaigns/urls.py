"""Addresses of the campaigns room."""

app_name = "campaigns"
urlpatterns = []
