"""The reports room."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class ReportsConfig(AppConfig):
    """Configuration of the reports room."""

    name = "reports"

    def ready(self):
        """Let a migration build its tables freely, then seal what was issued again and load the shipped kinds."""
        from reports import kinds, seals

        pre_migrate.connect(seals.lift_before_migrate, sender=self)
        post_migrate.connect(seals.set_after_migrate, sender=self)
        post_migrate.connect(kinds.load_after_migrate, sender=self)
