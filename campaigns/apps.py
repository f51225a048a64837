"""The campaigns room."""

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    """Configuration of the campaigns room."""

    name = "campaigns"
