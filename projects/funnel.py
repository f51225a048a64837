"""How far the leads of a campaign came, as a cohort by month of lead (I17, R62). Knows no request.

The cohort is the projects that became known within the campaign up to a day; a project that reached a step went
through those before it, recorded or not, so no step is larger than the one before.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from campaigns.models import Campaign
from projects.courses import Course, Step, courses_of
from projects.models import Project, Visit

ORDER = tuple(Step)


@dataclass(frozen=True)
class Lead:
    """One project of the cohort and the furthest step it came to."""

    project_id: int
    name: str
    unit_id: int | None  # the unit that introduces it
    known_on: date
    reached: int  # place in ORDER

    @property
    def month(self) -> date:
        """The month it became known in."""
        return self.known_on.replace(day=1)


@dataclass(frozen=True)
class Funnel:
    """How many leads reached each step, in the order of the steps; each at most the one before."""

    counts: tuple[int, ...]

    @property
    def narrowest(self) -> int | None:
        """The step before which most leads are lost; None where nothing is lost."""
        lost = [before - after for before, after in zip(self.counts, self.counts[1:], strict=False)]
        return lost.index(max(lost)) + 1 if any(lost) else None


def funnel_of(leads: Iterable[Lead]) -> Funnel:
    """Count how many of some leads reached each step."""
    reached = [lead.reached for lead in leads]
    return Funnel(tuple(sum(step >= place for step in reached) for place in range(len(ORDER))))


def grouped(leads: Iterable[Lead], key: Callable[[Lead], object]) -> dict:
    """Return {group: its leads}."""
    groups: dict = {}
    for lead in leads:
        groups.setdefault(key(lead), []).append(lead)
    return groups


def reached_by(course: Course, met: bool) -> int:
    """Return the place of the furthest step of a project; a meeting counts, if nothing further happened."""
    steps = {Step.LEAD, *course.days} | ({Step.MET} if met else set())
    return max(ORDER.index(step) for step in steps)


def leads_of(campaign: Campaign, as_of: date) -> list[Lead]:
    """Return the cohort of a campaign as of a day: five queries whatever the size."""
    last = min(as_of, campaign.ends_on)
    began = Q(milestones__withdrawn_at__isnull=True, milestones__on__range=(campaign.starts_on, last))
    registered = Q(recorded_at__date__range=(campaign.starts_on, last))
    rows = Project.objects.filter(pk__in=Project.objects.filter(began | registered).order_by().values("pk"))
    known = [course for course in courses_of(rows, as_of) if campaign.starts_on <= course.known_on <= last]
    visits = Visit.objects.live().filter(on__lte=as_of)
    about = set(visits.filter(project__in=rows.order_by().values("pk")).values_list("project_id", flat=True))
    unnamed = visits.filter(project=None, company__in=rows.order_by().values("company"))
    between = set(unnamed.values_list("company_id", "unit_id"))
    return [
        Lead(
            course.project_id,
            course.name,
            course.introducer_id,
            course.known_on,
            reached_by(course, course.project_id in about or (course.company_id, course.introducer_id) in between),
        )
        for course in known
    ]
