"""The reports room."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Configuration of the reports room."""

    name = "reports"
