"""Loads the demo a part at a time; the trail says which parts are there, so nothing is loaded twice."""

from datetime import date

from django.db import connection, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from campaigns.models import Campaign
from reports.demo import bulletin, desk, people, published, rewards, rulebook, scheme, scoring, tables
from reports.demo.facts import Facts
from reports.screens import make_wall
from units import audit
from units.models import AuditEntry, Unit, User

LOADED = "demo.loaded"
FOLDERS = ("earlier", "annual", "drive", "contest")  # the drive speaks of projects that the annual one brought
ON_THE_WALL = "contest"
# folders of fixtures/demo/places: units and campaigns of their own, for the sample reports
PLACES = ("lizhou", "fengling", "jichuan", "yanhu")
DRAFTS = ("annual",)  # further folders with a draft, beside the drive's


def parts(places=()):
    """Return what the demo consists of, by the names it was loaded under.

    These are the district, its campaigns and a draft bulletin, then the same of each further place.
    """
    named = [people.top_name(), *(campaign_name(folder) for folder in FOLDERS), bulletin.title()]
    for home in map(home_of, places):
        named += [people.top_name(home), *(campaign_name(folder) for folder in folders_of(home))]
    return named + [bulletin.title(folder) for folder in drafts(places)]


def home_of(place):
    """Return the folder in which the tables of a further place lie."""
    return f"places/{place}/"


def folders_of(home):
    """Return the campaign folders of a further place."""
    return [f"{home}{name}" for name in tables.outline(f"{home}place")["campaigns"]]


def drafts(places):
    """Return the folders whose draft is loaded with the further places; none without them."""
    own = [folder for home in map(home_of, places) for folder in folders_of(home) if tables.has(f"{folder}/report")]
    return [*own, *DRAFTS] if places else []


def campaign_name(folder):
    """Return the name of a folder's campaign."""
    return tables.outline(f"{folder}/campaign")["name"]


def campaign_of(folder):
    """Return the campaign that a folder was loaded as, whatever it is called now."""
    mark = AuditEntry.objects.get(action=LOADED, label=campaign_name(folder))
    return Campaign.objects.select_related("organiser").get(pk=mark.object_id)


def loaded():
    """Return the parts that are there; a part is there with all its rows, or not at all."""
    return set(AuditEntry.objects.filter(action=LOADED).values_list("label", flat=True))


def is_complete(places=()):
    """Say whether every part is there."""
    return loaded().issuperset(parts(places))


def is_foreign():
    """Say whether the database holds units, but no part of the demo: somebody's own data."""
    return not loaded() and Unit.objects.exists()


def load(today: date, places=()):
    """Load the parts that are missing, each in one transaction; yield a line of progress for each.

    A load that was cut off leaves whole parts; the next one adds the rest. today fixes the running campaign's
    dates at its first load; a further place brings the day it is seen on.
    """
    there, office = loaded(), people.Office()
    if people.top_name() not in there:
        with transaction.atomic():
            people.create_accounts(people.create_units())
            scheme.create_indicators(office)
            scheme.create_rates(office)
            desk.enter_holidays(office, today)
            published.enter(office, today)
            _mark(office.top)
        yield _("单位、账号、指标、口径、汇率和节假日")
    scheme.finish_counting(office)
    yield from _load_campaigns(FOLDERS, office, today, there)
    if bulletin.title() not in there:
        with transaction.atomic():
            _mark(bulletin.create_draft(campaign_of("drive"), office))
        yield bulletin.title()
    for place in places:
        yield from _load_place(home_of(place), there)
    for folder in drafts(places):
        if bulletin.title(folder) not in there:
            home = folder[: folder.rindex("/") + 1] if "/" in folder else ""
            with transaction.atomic():
                _mark(bulletin.create_draft(campaign_of(folder), people.Office(home), folder))
            yield bulletin.title(folder)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _load_place(home, there):
    """Load a further place: its own units, the accounts that entered its facts, its campaigns."""
    office = people.Office(home)
    if people.top_name(home) not in there:
        with transaction.atomic():
            people.create_accounts(people.create_units(home), home)
            scheme.create_indicators(office)
            _mark(office.top)
        yield people.top_name(home)
    scheme.finish_counting(office)
    seen_on = tables.day(tables.outline(f"{home}place")["today"])
    yield from _load_campaigns(folders_of(home), office, seen_on, there)


def _load_campaigns(folders, office, today, there):
    """Load the campaigns of one place that are missing, in their order."""
    for folder in folders:
        name = campaign_name(folder)
        if name not in there:
            with transaction.atomic():
                campaign = scheme.create_campaign(folder, office, today)
                facts = Facts(folder, campaign, office, folders)
                facts.enter()
                desk.Desk(facts, today).enter()
                scoring.Scoring(facts, today).enter()
                rulebook.RuleBook(facts, today).enter()
                rewards.Rewards(facts, today).enter()
                _mark(campaign)
                token = _hang(campaign, office) if folder == ON_THE_WALL else ""
            yield name
            if token:
                yield _("大屏 %s") % reverse("reports:wall", args=[token])


def _hang(campaign, office):
    """Put a campaign on a wall; return the token, which is kept nowhere else."""
    return make_wall(campaign=campaign, name="区政务中心一楼大厅", groups=[], by=office.editor)


def _mark(subject):
    audit.record(User.objects.system(), LOADED, subject, changes={})
