"""Small functions that make the rows tests need."""

from units import actions
from units.models import Unit, User

PASSWORD = "Lan-tian-2026!"


def make_unit(name="示范区", kind=Unit.Kind.DISTRICT, parent=None):
    """Return a unit of the tree."""
    return actions.create_unit(name=name, kind=kind, parent=parent, by=User.objects.system())


def make_user(username="zhang", role=None, unit=None, name="", must_change=False):
    """Return an account with the password PASSWORD and, where a role is named, that role in a unit."""
    by = User.objects.system()
    user = actions.create_user(
        username=username, name=name or f"{username} 科员", password=PASSWORD, by=by, must_change=must_change
    )
    if role:
        unit = unit or Unit.objects.filter(parent=None).first() or make_unit()
        actions.grant_role(user=user, unit=unit, role=role, by=by)
    return user
