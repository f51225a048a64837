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


def parts():
    """Return what the demo consists of, by the names it was loaded under: district, campaigns, a draft bulletin."""
    return [people.top_name(), *(campaign_name(folder) for folder in FOLDERS), bulletin.title()]


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


def is_complete():
    """Say whether every part is there."""
    return loaded().issuperset(parts())


def is_foreign():
    """Say whether the database holds units, but no part of the demo: somebody's own data."""
    return not loaded() and Unit.objects.exists()


def load(today: date):
    """Load the parts that are missing, each in one transaction; yield a line of progress for each.

    A load that was cut off leaves whole parts; the next one adds the rest. today fixes the running campaign's
    dates at its first load.
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
    scheme.finish_counting()
    for folder in FOLDERS:
        name = campaign_name(folder)
        if name not in there:
            with transaction.atomic():
                campaign = scheme.create_campaign(folder, office, today)
                facts = Facts(folder, campaign, office)
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
    if bulletin.title() not in there:
        with transaction.atomic():
            _mark(bulletin.create_draft(campaign_of("drive"), office))
        yield bulletin.title()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _hang(campaign, office):
    """Put a campaign on a wall; return the token, which is kept nowhere else."""
    return make_wall(campaign=campaign, name="区政务中心一楼大厅", groups=[], by=office.editor)


def _mark(subject):
    audit.record(User.objects.system(), LOADED, subject, changes={})
