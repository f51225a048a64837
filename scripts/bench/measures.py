"""What is measured in one database: each measure runs by turns with what it is compared with."""

import resource
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from statistics import median
from time import perf_counter
from unittest import mock

from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns import actions as campaign_actions
from campaigns import clock, ledger, standings
from campaigns.actions import figures
from campaigns.models import Entry, Indicator
from projects import counting, fair_competition
from projects.actions import create_project, fill_fair_competition, record_milestone, sign_fair_competition
from projects.models import Company, Milestone, Project
from projects.reconciling import differences, rebuild
from scripts.bench import adding_up, data, importing
from units import stamps
from units.models import User


@dataclass(frozen=True)
class Row:
    """One line of the table: two medians in milliseconds, or two counts, and the ratio of them."""

    measure: str
    against: str
    first: float
    second: float | None
    ratio: float
    limit: str  # "≤ 2.5", "≥ 3", "" where nothing is asked
    rounds: int
    unit: str = "ms"
    note: str = ""

    @property
    def is_held(self):
        """Whether the ratio keeps the limit; None without one."""
        if not self.limit:
            return None
        sign, _blank, number = self.limit.partition(" ")
        return self.ratio <= float(number) if sign in "≤=" else self.ratio >= float(number)


def by_turns(rounds, *functions):
    """Return the median seconds of some functions, run by turns so that a busy machine slows all alike."""
    taken = [[] for _ in functions]
    for function in functions:
        function()  # the first run fills caches
    for _ in range(rounds):
        for times, function in zip(taken, functions, strict=True):
            started = perf_counter()
            function()
            times.append(perf_counter() - started)
    return [median(times) for times in taken]


def compared(measure, against, first, second, limit, rounds, upside_down=False, note=""):
    """Return the row of two functions run by turns; upside_down divides the second by the first."""
    one, other = by_turns(rounds, first, second)
    ratio = other / one if upside_down else one / other
    return Row(measure, against, one * 1000, other * 1000, ratio, limit, rounds, note=note)


# --- reading --------------------------------------------------------------------------------------


def agree(campaign, as_of):
    """Raise unless adding up from the facts gives what the ledger says, up to a millionth a fact."""
    columns, _targets = standings.load_columns(campaign, as_of)
    unit_ids = [unit["id"] for unit in standings.load_units(campaign)]
    previous = clock.previous_day(campaign, as_of)
    told = []
    for load in (standings.load_sums, adding_up.fact_sums):
        rows = load(campaign, columns, unit_ids, as_of, previous)
        told.append({(row["indicator_id"], row["unit_id"], row["basis"]): row for row in rows if row["facts"]})
    posted, added = told
    if posted.keys() != added.keys():
        raise AssertionError("ledger and facts speak of different units")
    for key, row in posted.items():
        near = all(abs(int(row[name] or 0) - added[key][name]) <= row["facts"] for name in ("done", "done_before"))
        if not near or row["facts"] != added[key]["facts"]:
            raise AssertionError(f"ledger and facts disagree: {row} {added[key]}")


def reading(world, rounds):
    """Yield how fast a campaign is read, against one query by hand and against adding up from the facts."""
    as_of = data.AS_OF
    for name, told in (("year", "year"), ("drive", "drive inside the year"), ("scheme", "drive with a scheme")):
        campaign = world.campaigns[name]
        columns, _targets = standings.load_columns(campaign, as_of)
        unit_ids = [unit["id"] for unit in standings.load_units(campaign)]
        indicator_ids = sorted(column.indicator_id for column in columns)
        previous = clock.previous_day(campaign, as_of)

        def by_hand(campaign=campaign, indicator_ids=indicator_ids, unit_ids=unit_ids, previous=previous):
            adding_up.ledger_sums(campaign, indicator_ids, unit_ids, as_of, previous)

        def whole(campaign=campaign):
            standings.standings(campaign, as_of)

        def from_facts(campaign=campaign):
            with mock.patch.object(standings, "load_sums", adding_up.fact_sums):
                standings.standings(campaign, as_of)

        def sums(campaign=campaign, columns=columns, unit_ids=unit_ids, previous=previous):
            list(standings.load_sums(campaign, columns, unit_ids, as_of, previous))

        def fact_sums(campaign=campaign, columns=columns, unit_ids=unit_ids, previous=previous):
            adding_up.fact_sums(campaign, columns, unit_ids, as_of, previous)

        agree(campaign, as_of)
        size = f"{len(campaign.roster.all())} units × {len(columns)} indicators"
        limit = "" if name == "scheme" else "≤ 2.5"
        few = max(1, rounds // 3)
        times = few if name == "scheme" else rounds
        yield compared(f"standings, {told}", "best raw SQL", whole, by_hand, limit, times, note=size)
        if name == "scheme":  # its sums are those of the drive
            continue
        yield compared(f"sums of the standings alone, {told}", "best raw SQL", sums, by_hand, "", rounds)
        yield compared(f"on the fly, {told}", "standings", from_facts, whole, "≥ 3", few)
        yield compared(f"sums on the fly, {told}", "sums of the ledger", fact_sums, sums, "", few)


def tree(world, rounds):
    """Yield what adding up a tree costs beside reading its leaves."""
    campaign, as_of = world.campaigns["tree"], data.AS_OF
    columns, _targets = standings.load_columns(campaign, as_of)
    unit_ids = [unit["id"] for unit in standings.load_units(campaign)]
    previous = clock.previous_day(campaign, as_of)

    def leaves():
        list(standings.load_sums(campaign, columns, unit_ids, as_of, previous))

    def with_tree():
        units = standings.load_units(campaign)
        seats = {unit["id"] for unit in units if unit["seat__id"] is not None}
        owner = standings.roster_owner(units, seats, campaign.organiser_id)
        standings.rolled_up(campaign, columns, owner, as_of, previous)

    yield compared("tree pass", "leaf read", with_tree, leaves, "≤ 2.5", rounds, note=f"{len(unit_ids)} units")


def pages(world):
    """Yield the number of queries of the pages, with a small roster and with the whole one."""
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get(username="reader"))
    for label, name, limit in (
        ("ranking page", "campaigns:ranking", "≤ 8"),
        ("ranking page, one indicator", "campaigns:ranking", "≤ 8"),
        ("ranking page, kept", "campaigns:ranking", "≤ 8"),
        ("overview", "reports:overview", ""),
    ):
        counts, sizes = [], []
        for campaign in (world.campaigns["small"], world.campaigns["drive"]):
            asked = {"as_of": data.AS_OF.isoformat()}
            if "one indicator" in label:
                asked["line"] = str(campaign.lines.first().pk)
            client.get(reverse(name, args=[campaign.pk]), asked)
            if "kept" not in label:
                stamps.move()
            with CaptureQueriesContext(connection) as queries:
                answer = client.get(reverse(name, args=[campaign.pk]), asked)
            counts.append(len(queries))
            sizes.append(campaign.roster.count())
        note = f"{sizes[1]} and {sizes[0]} units; " + ("constant" if counts[0] == counts[1] else "NOT constant")
        if answer.status_code != 200:
            note = f"answered {answer.status_code}, not measured"
        yield Row(f"queries, {label}", "the small roster", counts[1], counts[0], counts[1], limit, 1, "queries", note)


def kept_pages(world, rounds):
    """Yield what a heavy page costs while nothing is written, against the same page after a write."""
    client = Client()
    client.force_login(User.objects.get(username="reader"))
    for label, address, name in (
        ("ranking page", "campaigns:ranking", "drive"),
        ("ranking page by a scheme", "campaigns:ranking", "scheme"),
        ("overview", "reports:overview", "drive"),
    ):
        path, asked = reverse(address, args=[world.campaigns[name].pk]), {"as_of": data.AS_OF.isoformat()}

        def kept(path=path, asked=asked):
            return client.get(path, asked)

        def anew(path=path, asked=asked):
            stamps.move()
            return client.get(path, asked)

        size = len(anew().content) // 1024
        yield compared(
            f"{label} after a write", f"{label}, kept", anew, kept, "≥ 10" if label == "ranking page" else "",
            rounds if label == "ranking page" else max(1, rounds // 3), note=f"{size} KB",
        )  # fmt: skip


# --- writing --------------------------------------------------------------------------------------


@contextmanager
def without_ledger():
    """Switch deriving and posting off."""
    with (
        mock.patch.object(ledger, "post"),
        mock.patch.object(counting, "entries_for"),
        mock.patch.object(figures, "_post"),
    ):
        yield


def one_save(world, rounds):
    """Yield what one save costs with the ledger and without; what was left out is posted afterwards."""
    by, unit, day = User.objects.system(), world.units[-1], date(2026, 9, 1)
    company = Company.objects.order_by("pk").first()
    with transaction.atomic():
        projects = [
            create_project(name=f"单笔第{number}项目", company=company, unit=unit, investment=1, place="园区", by=by)
            for number in range(4 * rounds + 4)
        ]
        for project in projects:
            answers = dict.fromkeys(fair_competition.NAMES, "no")
            fill_fair_competition(project=project, answers=answers, opinion="", by=by)
            sign_fair_competition(project=project, on=day, by=by)
    fresh = iter(projects)
    amount = Decimal("12345.6789")

    def milestone():
        record_milestone(project=next(fresh), kind="contract", on=day, amount=amount, by=by)

    def bare_milestone():
        with without_ledger():
            milestone()

    def saved():
        row = Milestone(
            project=next(fresh), kind="contract", on=day, amount=amount, amount_cny=amount, recorded_by=by
        )
        row.save()
        return row

    def save_alone():
        with transaction.atomic():
            saved()

    def save_and_post():
        with transaction.atomic():
            row = saved()
            ledger.post(row, counting.entries_for(row))

    campaign, indicator = world.campaigns["year"], Indicator.objects.filter(fed_by=Indicator.Feed.TALLY).first()

    def tally():
        campaign_actions.record_tally(
            campaign=campaign, indicator=indicator, unit=unit, on=day, amount=Decimal(2), by=by
        )

    def bare_tally():
        with without_ledger():
            tally()

    yield compared("record_milestone", "the same action without ledger", milestone, bare_milestone, "≤ 9", rounds)
    yield compared("save a milestone and post it", "bare save", save_and_post, save_alone, "≤ 9", rounds)
    yield compared("record_tally", "the same action without ledger", tally, bare_tally, "≤ 9", rounds)
    with transaction.atomic():  # what was saved without the ledger
        rows = Milestone.objects.filter(project__in=[project.pk for project in projects])
        ledger.post_many("projects.milestone", counting.milestone_entries(rows))
        figures._post({(indicator.pk, unit.pk)})


def bulk(world, rounds, size=2000):
    """Yield the rate of saving milestones in bulk with the ledger against without."""
    by, seconds, posting = User.objects.system(), [], []
    projects = list(Project.objects.filter(milestones__kind="contract").order_by("pk")[:size])
    for number in range(rounds):
        amount = Decimal(number + 1000)
        rows = [
            Milestone(
                project=project, kind="funding", on=data.AS_OF, amount=amount, amount_cny=amount, recorded_by=by,
                recognition="full", recognised_amount=amount, recognised_on=data.AS_OF, recognised_by=by,
            )
            for project in projects
        ]  # fmt: skip
        with transaction.atomic():
            started = perf_counter()
            made = Milestone.objects.bulk_create(rows, batch_size=2000)
            seconds.append(perf_counter() - started)
            started = perf_counter()
            of_batch = Milestone.objects.filter(pk__in=[row.pk for row in made])
            ledger.post_many("projects.milestone", counting.milestone_entries(of_batch))
            posting.append(perf_counter() - started)
    alone, both = median(seconds), median(seconds) + median(posting)
    yield Row(
        f"bulk rate, {len(projects)} milestones a batch", "the same without ledger", both * 1000, alone * 1000,
        alone / both, "≥ 0.4", rounds,
    )  # fmt: skip


def importing_rows(world, rounds):
    """Yield the preview of a ledger of 10,000 rows against django-import-export's own dry run of it."""
    own, usual, (found, _totals) = importing.compare(world, max(3, rounds // 5))
    note = "{} new, {} changed, {} unchanged, {} refused; reading included".format(*found)
    yield Row(
        f"import preview of {importing.ROWS} rows", "django-import-export, dry run with diff", own * 1000,
        usual * 1000, usual / own, "≥ 8", max(3, rounds // 5), note=note,
    )  # fmt: skip


def memory():
    """Return the most memory this process held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def database():
    """Return name and version of the database."""
    if connection.vendor == "sqlite":
        return "SQLite " + connection.Database.sqlite_version
    (version,) = adding_up.read("SHOW server_version", [])[0]
    return f"PostgreSQL {version.split()[0]}"


def measure(projects, units, rounds, say, *, imports=True):
    """Fill the database of DATABASE_URL, measure everything, and return it as plain values."""
    rows = []

    def take(measured):
        for row in measured:
            say(f"{row.measure} ÷ {row.against}: {row.ratio:.2f} {row.limit}")
            rows.append({**asdict(row), "is_held": row.is_held})

    call_command("migrate", verbosity=0)
    say("generating")
    world = data.generate(projects, units)
    say(f"{world.facts} facts in {world.seconds:.0f} s; posting the ledger")
    started = perf_counter()
    posted = rebuild()
    whole = world.seconds + perf_counter() - started
    take(
        [
            Row(
                "everything saved in bulk, then rebuild()", "the same without ledger", whole * 1000,
                world.seconds * 1000, world.seconds / whole, "≥ 0.4", 1,
                note=f"{world.facts / whole:.0f} against {world.facts / world.seconds:.0f} facts/s, "
                f"{posted} entries",
            )
        ]
    )  # fmt: skip
    take(reading(world, rounds))
    take(tree(world, rounds))
    take(pages(world))
    take(kept_pages(world, rounds))
    take(one_save(world, rounds))
    take(bulk(world, rounds))
    take(importing_rows(world, rounds) if imports else ())
    started = perf_counter()
    found = sum(1 for _ in differences())
    spent = perf_counter() - started
    take([Row("check_ledger after all writes", "", found, None, found, "= 0", 1, "differences", f"{spent:.0f} s")])
    return {
        "database": database(),
        "projects": projects,
        "units": len(world.units),
        "facts": world.facts,
        "entries": Entry.objects.count(),
        "memory": memory(),
        "rows": rows,
    }
