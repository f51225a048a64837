"""Rows for tests of the projects room: a district with three units, a running drive, people in each role."""

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace

from django.utils import timezone

from campaigns import actions as campaign_actions
from campaigns.models import Indicator
from projects import actions
from projects.fair_competition import NAMES
from projects.models import Company
from tests.factories import make_unit, make_user
from units.models import Role, Unit, User

NONSENSE = (  # what people and machines type into fields
    "abc", "１２３", "9" * 40, "-5", "2026-13-45", "😀", "长" * 5000, "<script>alert(1)</script>", "a\x00b",
    "１.２.３", "1e9", "NaN", "Infinity", "0x1F", "2026-02-30", "' OR 1=1 --", " ", "\u202e12", "½", "0.0000001",
)  # fmt: skip


def make_campaign(district, seats, *, name="百日竞赛", start=None, end=None, **facts):
    """Return a drive with three indicators fed by hand, one level and two fed by facts; seats are roster units."""
    by = User.objects.system()
    today = timezone.localdate()
    campaign = campaign_actions.create_campaign(
        organiser=district,
        name=name,
        starts_on=start or today - timedelta(days=41),
        ends_on=end or today + timedelta(days=58),
        by=by,
        **facts,
    )
    campaign_actions.set_roster(
        campaign=campaign, seats=[{"unit": unit, "group": "部门"} for unit in seats], by=by, version=None
    )
    return campaign


def make_indicator(name, dimension, **facts):
    """Return an indicator, making it where it is missing."""
    known = Indicator.objects.filter(name=name, dimension=dimension).first()
    return known or campaign_actions.create_indicator(
        name=name, dimension=dimension, by=User.objects.system(), **facts
    )


LINES = (  # name, dimension, measure, facts, target of each unit
    ("招商信息", "条", "条", {}, Decimal(10)),
    ("到位资金", "money", "亿元", {}, Decimal(20000)),
    ("满意度", "%", "%", {"kind": Indicator.Kind.LEVEL}, Decimal(95)),
    ("外出走访", "家", "家", {"fed_by": Indicator.Feed.FACTS}, Decimal(20)),
    ("签约项目", "个", "个", {"fed_by": Indicator.Feed.FACTS}, None),
)


def make_lines(campaign, units):
    """Put the indicators into a campaign with a target for each unit; return {name: line}."""
    by = User.objects.system()
    made = [(make_indicator(name, dimension, **facts), measure) for name, dimension, measure, facts, _ in LINES]
    campaign_actions.set_lines(
        campaign=campaign, lines=[{"indicator": row, "measure": measure} for row, measure in made], by=by
    )
    lines = {line.indicator.name: line for line in campaign.lines.select_related("indicator")}
    owed = {
        (lines[name].pk, unit.pk): target for name, _, _, _, target in LINES if target is not None for unit in units
    }
    campaign_actions.set_targets(campaign=campaign, targets=owed, by=by)
    return lines


def make_desk():
    """Return a small world: district, units, campaign, lines by name, and people."""
    district = make_unit("示范区")
    units = [make_unit(name, Unit.Kind.DEPARTMENT, district) for name in ("商务局", "工信局", "文旅局")]
    campaign = make_campaign(district, units)
    lines = make_lines(campaign, units)
    for fact, name in (("visit.outbound", "外出走访"), ("milestone.contract", "签约项目")):
        actions.create_rule(
            indicator=lines[name].indicator, fact=fact, measure="count", from_on=date(2020, 1, 1),
            by=User.objects.system(),
        )  # fmt: skip
    Indicator.objects.update(recounting=False)  # nothing was counted yet
    return SimpleNamespace(
        district=district,
        units=units,
        unit=units[0],
        campaign=campaign,
        lines=lines,
        today=timezone.localdate(),
        clerk=make_user("clerk", Role.CLERK, units[0]),
        other_clerk=make_user("other", Role.CLERK, units[1]),
        verifier=make_user("verifier", Role.VERIFIER, district),
        editor=make_user("editor", Role.EDITOR, district),
        leader=make_user("leader", Role.LEADER, district),
    )


def make_tally(desk, name="招商信息", amount=2, *, unit=None, on=None, by=None, is_reading=False):
    """Return a figure entered by the unit's clerk."""
    return campaign_actions.record_tally(
        campaign=desk.campaign,
        indicator=desk.lines[name].indicator,
        unit=unit or desk.unit,
        on=on or desk.today,
        amount=Decimal(amount),
        is_reading=is_reading,
        by=by or desk.clerk,
    )


def make_company(desk, name="蓝天公司", unit=None):
    """Return a company that a unit entered."""
    known = Company.objects.filter(name=name).first()
    return known or actions.create_company(name=name, unit=unit or desk.unit, by=User.objects.system())


def make_visit(desk, *, company=None, unit=None, on=None, by=None, heads=3, direction="outbound"):
    """Return a visit of the unit."""
    return actions.record_visit(
        unit=unit or desk.unit,
        company=company or make_company(desk, unit=unit),
        direction=direction,
        on=on or desk.today,
        heads=Decimal(heads),
        by=by or desk.clerk,
    )


READY = {  # what the stage table asks of a project on its way, so that a test may record any milestone
    "investment": Decimal(5000),
    "place": "高新园区",
    "registered_name": "蓝天公司",
    "land": Decimal(20),
    "capacity": "年产 10 万台",
}


def sign_off(project):
    """Fill in and sign the fair-competition check of a project; nothing is in its terms."""
    by = User.objects.system()
    actions.fill_fair_competition(project=project, answers=dict.fromkeys(NAMES, "no"), opinion="", by=by)
    actions.sign_fair_competition(project=project, on=timezone.localdate(), by=by)


def make_contract(desk, *, name="蓝天一期", unit=None, on=None, amount=5000, by=None, company=None):
    """Return the contract of a new project that the unit introduced."""
    by = by or desk.clerk
    project = make_project(desk, name=name, unit=unit, by=by, company=company)
    return actions.record_milestone(
        project=project, kind="contract", on=on or desk.today, amount=Decimal(amount), by=by
    )


def make_project(desk, *, name="蓝天一期", unit=None, by=None, company=None, **facts):
    """Return a project that the unit introduced, ready for every milestone."""
    project = make_bare_project(desk, name=name, unit=unit, by=by, company=company, **READY | facts)
    sign_off(project)
    return project


def make_bare_project(desk, *, name="蓝天一期", unit=None, by=None, company=None, **facts):
    """Return a project that the unit introduced, as a lead is entered."""
    unit, by = unit or desk.unit, by or desk.clerk
    company = company or make_company(desk, unit=unit)
    return actions.create_project(name=name, company=company, unit=unit, by=by, **facts)


def make_milestone(desk, project, kind, *, on=None, by=None, **facts):
    """Return a milestone that happened today, or is promised where due_on is named."""
    on = None if "due_on" in facts and on is None else on or desk.today
    return actions.record_milestone(project=project, kind=kind, on=on, by=by or desk.clerk, **facts)


def add_rule(name, dimension="个", *, fact="milestone.contract", measure="count", since=date(2020, 1, 1), until=None,
             **conditions):  # fmt: skip
    """Return an indicator that counts facts under one rule."""
    indicator = make_indicator(name, dimension, fed_by=Indicator.Feed.FACTS)
    actions.create_rule(
        indicator=indicator, fact=fact, measure=measure, from_on=since, until_on=until, conditions=conditions,
        by=User.objects.system(),
    )  # fmt: skip
    return indicator
