"""What the rows of a list of problems refer to, read in a few queries whatever their number."""

import re
from collections import defaultdict

from projects.imports.lookups import Lookups, chunks, lock
from projects.models import Meeting, Problem
from units.models import Unit

DATED = re.compile(r"(\d{4}-\d{2}-\d{2})\s+(.+)")  # a meeting with its day, as forms offer it


def title_and_day(text):
    """Take a meeting's name apart: 2026-05-18 项目推进会; the day is "" where none is written."""
    found = DATED.fullmatch(text)
    return (found[2], found[1]) if found else (text, "")


class ProblemLookups(Lookups):
    """The problems that rows may speak of, their projects, the units that may owe something, the meetings named."""

    def __init__(self, batch, user, rows, *, lock=False):
        super().__init__(batch, user, rows, lock=lock)
        self._read_problems(rows)
        self._read_meetings(rows)

    @staticmethod
    def nameable_units(user):
        """Return the units that may owe something: all of the user's own district."""
        return Unit.objects.all() if user.is_system else Unit.objects.near(user)

    def _projects_of(self, numbers):
        return Problem.objects.filter(pk__in=numbers).values_list("project", flat=True)

    def _read_problems(self, rows):
        seen = Problem.objects.all() if self.user.is_system else Problem.objects.visible_to(self.user)
        ids = set()
        for part in chunks({row["number"] for row in rows if row.get("number")}):
            ids.update(seen.filter(pk__in=part).values_list("pk", flat=True))
        for part in chunks(self.seen):
            ids.update(Problem.objects.filter(project__in=part).values_list("pk", flat=True))
        if self.locking:
            lock(Problem, ids)
        self.problems, self.standing = {}, defaultdict(list)
        for part in chunks(ids):
            for problem in Problem.objects.filter(pk__in=part).select_related("unit", "meeting").order_by("pk"):
                problem.project = self.projects[problem.project_id]
                self.problems[problem.pk] = problem
                self.standing[problem.project_id, " ".join(problem.title.split())].append(problem)

    def _read_meetings(self, rows):
        self.meetings = defaultdict(list)
        seen = Meeting.objects.all() if self.user.is_system else Meeting.objects.visible_to(self.user)
        for part in chunks({title_and_day(row["meeting"])[0] for row in rows if row.get("meeting")}):
            for meeting in seen.filter(title__in=part).order_by("pk"):
                self.meetings[meeting.title].append(meeting)

    def meetings_named(self, text):
        """Return the meetings that a text names: by name, or by day and name."""
        title, day = title_and_day(text)
        return [meeting for meeting in self.meetings.get(title, ()) if not day or meeting.on.isoformat() == day]
