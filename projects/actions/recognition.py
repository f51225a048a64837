"""Deciding on facts of any kind, one or several at once."""

from collections.abc import Sequence
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from campaigns.actions import recognise_tally
from campaigns.models import Recognition, Tally
from projects.actions.milestones import recognise_milestone
from projects.actions.visits import recognise_visit
from projects.models import Milestone, Visit
from units.models import User

Fact = Tally | Milestone | Visit
RECOGNISE = {"tally": recognise_tally, "milestone": recognise_milestone, "visit": recognise_visit}


def recognise(*, fact: Fact, by: User, **verdict) -> Fact:
    """Decide on a tally, a milestone or a visit, with what its own action asks for."""
    kind = fact._meta.model_name
    return RECOGNISE[kind](**{kind: fact}, by=by, **verdict)


@transaction.atomic
def recognise_many(*, facts: Sequence[tuple[Fact, int]], on: date, number: str, by: User) -> int:
    """Recognise facts (each with the version that was seen) in full: all of them, or none with each one's reason."""
    problems = []
    for fact, version in sorted(facts, key=_lock_order):
        try:
            recognise(fact=fact, verdict=Recognition.FULL, on=on, number=number, version=version, by=by)
        except ValidationError as error:
            told = {"fact": fact, "problem": " ".join(str(line) for line in error.messages)}
            problems.append(_("%(fact)s：%(problem)s") % told)
    if problems:
        raise ValidationError(problems)
    return len(facts)


def _lock_order(row):
    """Order as everybody locks: a tally's unit, a milestone's project, then the row itself."""
    fact, _version = row
    kind = fact._meta.model_name
    owner = fact.unit_id if kind == "tally" else fact.project_id if kind == "milestone" else 0
    return kind, owner, fact.pk
