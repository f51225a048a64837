"""Where entries come from: one row for each kind of source; check, rebuild and drill-down walk this table."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns import tallies
from campaigns.models import Tally
from projects import counting
from projects.models import Attendance, Milestone, Trip, Visit


@dataclass(frozen=True)
class Source:
    """A kind of source: its model, how entries are derived from a queryset of it, and the name of its page."""

    model: type[models.Model]
    name: str
    derive: Callable
    page: str
    related: tuple[str, ...] = ()


SOURCES = {
    tallies.KIND: Source(
        Tally, _("填报"), tallies.derive_all, "projects:tally", ("unit", "indicator", "recorded_by")
    ),
    "projects.milestone": Source(
        Milestone,
        _("节点"),
        counting.milestone_entries,
        "projects:milestone",
        ("project__company", "event", "recorded_by"),
    ),
    "projects.visit": Source(
        Visit, _("走访来访"), counting.visit_entries, "projects:visit", ("unit", "company", "recorded_by")
    ),
    "projects.trip": Source(
        Trip, _("外出招商"), counting.trip_entries, "projects:trip", ("unit", "delegation", "recorded_by")
    ),
    "projects.attendance": Source(
        Attendance, _("参加活动"), counting.attendance_entries, "projects:attendance", ("unit", "event")
    ),
}


def load_visible(kind, ids, user):
    """Return {id: record} of the sources of one kind that the user may see: one query."""
    source = SOURCES[kind]
    return source.model.objects.visible_to(user).select_related(*source.related).in_bulk(list(ids))
