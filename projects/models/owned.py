"""Rows that belong to a unit: who sees them, and who enters them."""

from django.db import models

from units.models import BUSINESS_ROLES, Role, under


class OwnedQuerySet(models.QuerySet):
    """Words for what belongs to a unit."""

    def visible_to(self, user):
        """Narrow to what belongs to the user's units and the units below them."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(under(user.paths(*BUSINESS_ROLES)))

    def editable_by(self, user):
        """Narrow to what belongs to a clerk's units."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(under(user.paths(Role.CLERK)))
