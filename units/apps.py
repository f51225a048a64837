"""The units room."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in


class UnitsConfig(AppConfig):
    """Configuration of the units room."""

    name = "units"

    def ready(self):
        """Register the check of the permission table; let every sign-in start the clock of its session."""
        from units import checks  # noqa: F401 - models are not loaded before
        from units.accounts import remember_sign_in

        user_logged_in.connect(
            lambda request, **kwargs: remember_sign_in(request), weak=False, dispatch_uid="units.sign_in"
        )
