"""Whether a project is ready for a kind of milestone: what must stand before it, and what does not yet."""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ObjectDoesNotExist
from django.utils.translation import gettext_lazy as _

from projects.ledger_groups import label_of
from projects.models import Project
from projects.stages import KINDS, ON_CHECK, ON_COMPANY, Need


@dataclass(frozen=True)
class Item:
    """One thing that must stand, or helps, before a milestone."""

    name: str
    of: str
    label: str
    is_filled: bool
    is_needed: bool = True


def gaps(project: Project, kind: str, on: date, *, checks: bool = True) -> list[Item]:
    """Return what does not stand yet of all that a kind of milestone needs on a day; checks are left out if asked."""
    needs = [need for need in KINDS[kind].before if need.holds_on(on) and (checks or need.of != ON_CHECK)]
    return [item_of(project, need) for need in needs if not stands(project, need)]


def item_of(project, need, *, is_needed=True):
    """Name a need and say whether it stands."""
    return Item(need.name, need.of, label_of_need(need), stands(project, need), is_needed)


def stands(project, need: Need):
    """Say whether a need is met; a written 0 is a value."""
    if need.of == ON_CHECK:
        return is_signed_off(project)
    owner = project.company if need.of == ON_COMPANY else project
    return getattr(owner, need.name) not in (None, "")


def label_of_need(need):
    """Name a need as a person would."""
    if need.of == ON_CHECK:
        return str(_("公平竞争审查签字"))
    if need.of == ON_COMPANY:
        return str(_("企业的统一社会信用代码"))
    return label_of(need.name)


def is_signed_off(project):
    """Say whether the fair-competition check of a project is signed (I20)."""
    check = check_of(project)
    return check is not None and check.signed_on is not None


def check_of(project):
    """Return the fair-competition check of a project, None where there is none yet."""
    try:
        return project.fair_competition
    except ObjectDoesNotExist:
        return None
