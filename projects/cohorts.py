"""Where projects really stand as of a day: intents, signed, funded, started, carried over, terminated (R77).

An intent never counts as signed (R55). Signed, funded and started are those signed in the year of the day, the
latter two parts of the first; what was signed in earlier years and is not in production yet is carried over (R56).
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import Count, Max, Min, Q, Sum
from django.utils.translation import gettext_lazy as _

from projects.models import Credit, Project
from projects.stages import Kind
from units.models import Unit


class Cohort(models.TextChoices):
    """The projects that are counted together."""

    INTENT = "intent", _("意向未签约")
    SIGNED = "signed", _("本年签约")
    FUNDED = "funded", _("本年签约且有资金到位")
    STARTED = "started", _("本年签约且已开工")
    CARRIED = "carried", _("往年结转")
    TERMINATED = "terminated", _("本年终止")


@dataclass(frozen=True)
class Standing:
    """How many projects of a cohort, what was agreed on them, what has arrived; exact, in 万元."""

    count: int
    agreed: Decimal
    arrived: Decimal
    unstated: int  # of them without an agreed sum


def first_day(until: date) -> date:
    """Return the day from which the year of a day counts."""
    return date(until.year, 1, 1)


def with_course(projects, until: date):
    """Add to projects when what happened up to a day, and the sums of it: one join, so nothing is counted twice.

    Of several intents the largest counts: a framework agreement repeats its intent.
    """

    def facts(*kinds):
        return Q(milestones__withdrawn_at__isnull=True, milestones__on__lte=until, milestones__kind__in=kinds)

    intents = facts(Kind.INTENT, Kind.FRAMEWORK)
    return projects.annotate(
        intent_on=Max("milestones__on", filter=intents),
        intended=Max("milestones__amount_cny", filter=intents),
        signed_on=Min("milestones__on", filter=facts(Kind.CONTRACT)),
        agreed=Sum("milestones__amount_cny", filter=facts(Kind.CONTRACT)),
        funded_on=Min("milestones__on", filter=facts(Kind.FUNDING)),
        arrived=Sum("milestones__amount_cny", filter=facts(Kind.FUNDING)),
        started_on=Min("milestones__on", filter=facts(Kind.GROUNDBREAKING)),
        produced_on=Min("milestones__on", filter=facts(Kind.PRODUCTION)),
        ended_on=Min("milestones__on", filter=facts(Kind.TERMINATION)),
    )


def conditions(until: date) -> dict[str, Q]:
    """Return {cohort: condition} on projects with_course()."""
    open_ones, since = Q(ended_on__isnull=True), first_day(until)
    signed = open_ones & Q(signed_on__gte=since)
    return {
        Cohort.INTENT: open_ones & Q(intent_on__isnull=False, signed_on__isnull=True),
        Cohort.SIGNED: signed,
        Cohort.FUNDED: signed & Q(funded_on__isnull=False),
        Cohort.STARTED: signed & Q(started_on__isnull=False),
        Cohort.CARRIED: open_ones & Q(signed_on__lt=since, produced_on__isnull=True),
        Cohort.TERMINATED: Q(ended_on__gte=since),
    }


def members(cohort: str, until: date):
    """Return the keys of the projects of a cohort, for narrowing a list: what is listed is what was counted."""
    return with_course(Project.objects.order_by(), until).filter(conditions(until)[cohort]).values("pk")


def shared_by(unit: Unit):
    """Return the projects that a unit, or one below it, shares; each counts once and whole."""
    return Project.objects.filter(pk__in=Credit.objects.filter(unit__path__startswith=unit.path).values("project"))


def standing_of(unit: Unit, until: date) -> dict[str, Standing]:
    """Add up the cohorts of a unit's projects as of a day: one query."""
    asked = {}
    for cohort, condition in conditions(until).items():
        stated = "intended" if cohort == Cohort.INTENT else "agreed"
        asked[f"{cohort}_count"] = Count("pk", filter=condition)
        asked[f"{cohort}_agreed"] = Sum(stated, filter=condition, default=0)
        asked[f"{cohort}_arrived"] = Sum("arrived", filter=condition, default=0)
        asked[f"{cohort}_unstated"] = Count("pk", filter=condition & Q(**{f"{stated}__isnull": True}))
    found = with_course(shared_by(unit).order_by(), until).aggregate(**asked)
    names = ("count", "agreed", "arrived", "unstated")
    return {cohort: Standing(**{name: found[f"{cohort}_{name}"] for name in names}) for cohort in Cohort}
