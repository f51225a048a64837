"""The projects room."""

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    """Configuration of the projects room."""

    name = "projects"
