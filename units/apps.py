"""The units room."""

from django.apps import AppConfig


class UnitsConfig(AppConfig):
    """Configuration of the units room."""

    name = "units"
