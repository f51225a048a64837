"""Runs the demo command as a trial site does, and counts what is there."""

from io import StringIO

from django.apps import apps
from django.core.management import call_command
from django.test import override_settings


def load(**options):
    """Run the command with DEBUG on, for the district alone; return what it printed."""
    out = StringIO()
    with override_settings(DEBUG=True):
        call_command("demo", stdout=out, **{"district": True} | options)
    return out.getvalue()


def sizes():
    """Return {model: number of rows} of the four rooms."""
    return {
        model._meta.label: model.objects.count()
        for room in ("units", "campaigns", "projects", "reports")
        for model in apps.get_app_config(room).get_models()
    }
