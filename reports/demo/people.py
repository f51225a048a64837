"""The demo's units and the people who sign in there; people are called by their office."""

import secrets
from collections import defaultdict
from functools import cached_property

from reports.demo import tables
from units import actions
from units.models import Role, Unit, User

PASSWORD = "Xi-Shui-2026"  # noqa: S105 printed for everybody; the demo is refused outside DEBUG


def top_name(home=""):
    """Return the name of the district, or of the place whose tables lie in a folder of their own."""
    return tables.rows(f"{home}units")[0]["name"]


def create_units(home=""):
    """Add the district and everything below it; a parent stands before its children."""
    by, made = User.objects.system(), {}
    for row in tables.rows(f"{home}units"):
        parent = made.get(row["parent"])
        made[row["name"]] = actions.create_unit(name=row["name"], kind=row["kind"], parent=parent, by=by)
    return made


def create_accounts(units, home=""):
    """Make the accounts with their roles; nobody is asked for another password.

    In a further place only those that are listed can sign in; the others are there to have entered its facts.
    """
    by = User.objects.system()
    for row in tables.rows(f"{home}accounts"):
        known = row["listed"] or not home
        user = actions.create_user(
            username=row["username"],
            name=row["name"],
            password=PASSWORD if known else f"Aa1-{secrets.token_urlsafe(24)}",
            by=by,
            must_change=False,
        )
        actions.grant_role(user=user, unit=units[row["unit"]], role=row["role"], by=by)


class Office:
    """Who does what in the demo: the units of the district, or of a further place, and the person at each desk."""

    def __init__(self, home=""):
        self.home = home  # the folder of its tables: "" or places/<name>/

    def rows(self, table):
        """Return the rows of a table of the place."""
        return tables.rows(f"{self.home}{table}")

    @cached_property
    def top(self):
        """The district."""
        return Unit.objects.get(name=top_name(self.home), parent=None)

    @cached_property
    def units(self):
        """The district's units by name."""
        return {unit.name: unit for unit in Unit.objects.filter(path__startswith=self.top.path)}

    @cached_property
    def desks(self):
        """The users by (unit name, role), in the order of the table."""
        users = User.objects.in_bulk([row["username"] for row in self.rows("accounts")], field_name="username")
        desks = defaultdict(list)
        for row in self.rows("accounts"):
            desks[row["unit"], row["role"]].append(users[row["username"]])
        return desks

    def clerk(self, unit):
        """Return the clerk of a unit or of the nearest unit above that has one."""
        while not self.desks.get((unit.name, Role.CLERK)):
            unit = unit.parent
        return self.desks[unit.name, Role.CLERK][0]

    def colleague(self, unit):
        """Return the unit's second clerk, who corrects; the only one where there is no other."""
        while not self.desks.get((unit.name, Role.CLERK)):
            unit = unit.parent
        return self.desks[unit.name, Role.CLERK][-1]

    @property
    def editor(self):
        """The district's editor."""
        return self.desks[self.top.name, Role.EDITOR][0]

    @property
    def verifier(self):
        """The district's verifier."""
        return self.desks[self.top.name, Role.VERIFIER][0]
