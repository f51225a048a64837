"""Pages of a campaign that no test of their own counts: as many queries with one row as with thirty."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns import actions
from campaigns.models import Finding, Instruction, Mark, Order, Rule
from reports import screens
from tests.campaigns.drives import day, make_drive
from tests.campaigns.test_rulebook import HALF, judge, rule_of
from tests.factories import make_unit, make_user
from units.models import Role, Unit, User

pytestmark = pytest.mark.django_db

CAMPAIGN, SCHEME, RULE = "campaigns/{campaign}/", "schemes/{scheme}/", "rulebook/{rule}/"
PAGES = (
    f"{CAMPAIGN}change/", f"{CAMPAIGN}copy/", f"{CAMPAIGN}phases/", f"{CAMPAIGN}stages/", f"{CAMPAIGN}setup/",
    f"{CAMPAIGN}roster/", f"{CAMPAIGN}indicators/", f"{CAMPAIGN}targets/", f"{CAMPAIGN}targets/issue/",
    f"{CAMPAIGN}targets/discard/", f"{CAMPAIGN}targets/versions/", f"{CAMPAIGN}plans/", "campaigns/start/",
    "campaigns/start/{template}/", "campaigns/new/",
    f"{CAMPAIGN}schemes/", f"{CAMPAIGN}schemes/new/", SCHEME, f"{SCHEME}change/", f"{SCHEME}try/",
    f"{SCHEME}enforce/", f"{SCHEME}methods/", f"{CAMPAIGN}marks/", f"{CAMPAIGN}marks/new/",
    f"{CAMPAIGN}units/{{unit}}/score/",
    "rulebook/new/?campaign={campaign}", RULE, f"{RULE}change/", f"{CAMPAIGN}evaluation/",
    f"{CAMPAIGN}rule-preview/",
    "findings/{finding}/", "exemptions/new/?finding={finding}", "orders/new/?finding={finding}", "orders/{order}/",
    "orders/{order}/review/", "instructions/new/", "instructions/{instruction}/",
    f"{CAMPAIGN}ranking/", f"{CAMPAIGN}units/{{unit}}/place/", f"{CAMPAIGN}spread/", f"{CAMPAIGN}compare/",
    f"{CAMPAIGN}walls/", f"{CAMPAIGN}", f"{CAMPAIGN}funnel/",
)  # fmt: skip


@pytest.fixture(autouse=True)
def half():
    """Let it be the day on which half of the drive is over."""
    with time_machine.travel(HALF, tick=False):
        yield


@pytest.fixture
def drive():
    """Return a drive with one row of everything, and the person who runs it."""
    made = make_drive(groups={"乡镇": ["甲镇"]}, indicators={"招商信息": "条"})
    made.editor = make_user("editor", Role.EDITOR, made.organiser)
    made.late = actions.create_item(name="迟报", kind="count", by=made.editor)
    made.scheme = actions.create_scheme(campaign=made.campaign, name="考核办法", by=made.editor)
    made.owe("招商信息", 甲镇=10)
    grow(made, 1)
    return made


def grow(drive, rows):
    """Let there be so many units, demands, rows of rules, marks, rules, findings, orders, instructions, walls."""
    by, campaign = drive.editor, drive.campaign
    while len(drive.units) < rows:
        name = f"新{len(drive.units)}镇"
        drive.units[name] = make_unit(name, Unit.Kind.TOWNSHIP, drive.organiser)
    seats = [{"unit": unit, "group": "乡镇"} for unit in drive.units.values()]
    actions.set_roster(campaign=campaign, seats=seats, by=by)
    drive.owe("招商信息", **dict.fromkeys(drive.units, rows + 9))
    today = day(7, 1) + timedelta(days=rows)
    actions.issue_targets(campaign=campaign, holds_from=today, today=today, by=by)
    drive.owe("招商信息", **dict.fromkeys(drive.units, rows + 10))
    for name in drive.units:
        drive.add("招商信息", name, day(7, 5), 1)
    phases = [
        {"name": f"第{n}段", "starts_on": day(7, 1), "ends_on": day(7, 30), "demand": "报方案", "due_on": day(7, 9)}
        for n in range(rows)
    ]
    actions.set_phases(campaign=campaign, phases=phases, by=by)
    for number in range(drive.scheme.rows.count(), rows):
        actions.set_row(
            scheme=drive.scheme, code=str(number + 1), label="信息", indicator=drive.indicators["招商信息"],
            method="linear", parameters={"full": "3"}, source={"reads": "rate"}, by=by,
        )  # fmt: skip
    for unit in list(drive.units.values())[Mark.objects.count() : rows]:
        actions.record_mark(
            campaign=campaign, item=drive.late, unit=unit, on=day(7, 5), value=Decimal(1), evidence="台账", by=by
        )
    for number in range(Rule.objects.count(), min(rows, 6)):
        rule_of(drive, name=f"规则{number}")
    judge(drive)
    for finding in list(Finding.objects.order_by("pk"))[Order.objects.count() : rows]:
        actions.issue_order(
            campaign=campaign,
            finding=finding,
            unit=finding.unit,
            title=str(finding),
            demand="整改",
            issued_on=HALF,
            due_on=HALF + timedelta(days=7),
            by=by,
        )
    for _number in range(Instruction.objects.count(), rows):
        actions.give_instruction(
            from_unit=drive.organiser, unit=drive.units["甲镇"], leader="领导", text="办", given_on=HALF, due_on=HALF,
            by=by, campaign=campaign,
        )  # fmt: skip
        screens.make_wall(campaign=campaign, name="大厅", groups=[], by=by)


def costs(client, drive):
    """Return {page: queries}; each page is opened once before, so that first times are over."""
    known = {
        "campaign": drive.campaign.pk, "scheme": drive.scheme.pk, "unit": drive.units["甲镇"].pk,
        "template": "hundred_days", "rule": Rule.objects.earliest("pk").pk,
        "finding": Finding.objects.earliest("pk").pk, "order": Order.objects.earliest("pk").pk,
        "instruction": Instruction.objects.earliest("pk").pk,
    }  # fmt: skip
    found = {}
    for page in PAGES:
        address = "/" + page.format(**known)
        answer = client.get(address)
        assert answer.status_code == 200, address
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        found[page] = len(queries)
    return found


def test_pages_of_a_campaign_cost_the_same_with_one_row_and_with_thirty(client, drive):
    client.force_login(drive.editor)
    few = costs(client, drive)
    grow(drive, 30)
    assert costs(client, drive) == few


@pytest.mark.parametrize("size", [1, 30])
@pytest.mark.parametrize("has_scheme", [False, True])
def test_a_standings_page_costs_at_most_eight(client, has_scheme, size):
    drive = make_drive(
        groups={"乡镇": [f"单位{n:02}" for n in range(size)]}, indicators={"签约": "个", "资金": "亿元"}
    )
    drive.owe("签约", **dict.fromkeys(drive.units, 10))
    drive.read("签约", day(8, 1), **dict.fromkeys(drive.units, 5))
    by = User.objects.system()
    if has_scheme:
        scheme = actions.create_scheme(campaign=drive.campaign, name="考核办法", by=by)
        actions.set_row(
            scheme=scheme, code="1", label="签约", indicator=drive.indicators["签约"], method="linear",
            parameters={"full": "100"}, source={"reads": "rate"}, by=by,
        )  # fmt: skip
        actions.enforce_scheme(scheme=scheme, starts_on=day(7, 1), document="考核〔2026〕1号", by=by)
    client.force_login(make_user("leader", Role.LEADER, drive.organiser))
    address = f"/campaigns/{drive.campaign.pk}/ranking/?as_of=2026-08-15"
    client.get("/campaigns/")
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    # session, user, roles, campaigns; units, plan, sums, and the rules; outside a test's transaction also the stamp
    assert len(queries) == 7 + has_scheme
