"""Facts beside the indicators, frozen for a report: trips, receptions, fairs, deals, quotas, dues, rules."""

from datetime import timedelta
from decimal import Decimal

import pytest

from campaigns.actions import exempt, write_rule
from campaigns.models import Basis
from campaigns.standings import standings
from projects import actions
from projects.models import Event
from reports.figures import Number, Window
from reports.figures.facets import FACETS
from tests.factories import make_unit
from tests.projects.factories import make_company, make_contract, make_desk, make_milestone, make_project, make_visit
from units.models import Unit, User

pytestmark = pytest.mark.django_db
OURS = ("outings", "receptions", "fairs", "deals", "shape", "quotas", "dues", "cautions")


@pytest.fixture
def desk(db):
    return make_desk()


def read(desk, facet, first=None, basis=None):
    """Read one facet as of today."""
    state = standings(desk.campaign, desk.today, basis=basis)
    return FACETS[facet](state, Window(first=first or desk.campaign.starts_on, last=desk.today))


def ago(desk, days):
    return desk.today - timedelta(days=days)


def travel(desk, unit, days_before, heads=3, top=False, place="广东", ended=True):
    """Return a trip of a unit."""
    by, start = User.objects.system(), ago(desk, days_before)
    trip = actions.file_trip(
        unit=unit, purpose="拜访客商", leader="王局长", starts_on=start, ends_on=start + timedelta(days=1),
        heads=Decimal(heads), led_by_top=top, stops=[{"on": start, "place": place, "plan": ""}], by=by,
    )  # fmt: skip
    return actions.end_trip(trip=trip, results="已对接", by=by, today=desk.today) if ended else trip


def make_team(desk, unit, leader, title=""):
    """Return a team of a unit for the campaign."""
    return actions.create_delegation(
        kind="team", name=f"{unit}小分队", unit=unit, leader=leader, leader_title=title, campaign=desk.campaign,
        formed_on=desk.campaign.starts_on, by=User.objects.system(),
    )  # fmt: skip


def make_outsider(desk):
    """Return a unit under another district, whose facts are nobody's business here."""
    return make_unit("别处商务局", Unit.Kind.DEPARTMENT, make_unit("别处"))


def told(facet):
    """Return what may be cited, as printed."""
    return {name: number.text for name, number in facet.numbers()}


def test_outings_count_ended_trips_of_the_roster_and_different_companies(desk):
    outsider = make_outsider(desk)
    make_team(desk, desk.units[0], "区委主要领导", "区级领导")
    make_team(desk, desk.units[1], "王局长")
    make_team(desk, outsider, "李局长")
    travel(desk, desk.units[0], 20, heads=5, top=True)
    travel(desk, desk.units[1], 10, heads=2, place="浙江")
    travel(desk, desk.units[1], 6, heads=2, place="浙江")
    travel(desk, desk.units[1], 5, ended=False)
    travel(desk, outsider, 9)
    make_visit(desk, on=ago(desk, 20))
    make_visit(desk, on=ago(desk, 9))
    make_visit(desk, company=make_company(desk, "白云公司"), on=ago(desk, 8))

    facet = read(desk, "outings")
    assert (facet.teams, facet.team_units, facet.leaders, facet.titles) == (2, 2, 2, (("区级领导", 1),))
    assert (facet.trips, facet.led_by_top, facet.heads, facet.days) == (3, 1, "9", 6)
    assert facet.places == ("浙江", "广东")
    assert (facet.visited, facet.calls) == (2, 3)
    assert told(facet) == {
        "小分队": "2支", "带队领导": "2名", "带队领导·区级领导": "1名", "外出招商·批次": "3批次",
        "外出招商·主要领导带队": "1批次", "外出招商·人次": "9人次", "外出招商·天数": "6天",
        "外出走访·企业": "2家", "外出走访·次数": "3次",
    }  # fmt: skip
    assert read(desk, "outings", first=ago(desk, 7)).trips == 1


@pytest.mark.parametrize(("basis", "seen"), [(Basis.REPORTED, (2, "7")), (Basis.RECOGNISED, (1, "3"))])
def test_receptions_stand_on_the_basis_of_the_report(desk, basis, seen):
    visit = make_visit(desk, direction="inbound", heads=4, on=ago(desk, 5))
    make_visit(desk, direction="inbound", heads=3, on=ago(desk, 4))
    actions.recognise_visit(
        visit=visit,
        verdict="reduced",
        amount=Decimal(3),
        on=ago(desk, 2),
        number="1号",
        reason="一人重复",
        by=desk.verifier,
    )

    facet = read(desk, "receptions", basis=basis)
    assert (facet.batches, facet.heads, facet.companies, facet.units) == (*seen, 1, 1)
    assert facet.basis == basis.label


def test_fairs_tell_leaflets_and_what_was_signed_there(desk):
    by = desk.editor
    fair = actions.create_event(
        name="春季推介会", on=ago(desk, 10), place="省会", level="province", leaflets=300, published=8, by=by
    )
    quiet = actions.create_event(name="外地博览会", on=ago(desk, 9), place="外省", level="nation", by=by)
    actions.create_event(name="没有人去的会", on=ago(desk, 8), place="外省", level="nation", by=by)
    actions.set_attendance(event=quiet, unit=desk.unit, heads=2, leader="王局长", by=desk.clerk)
    for name, amount in (("小项目", 3000), ("大项目", 12000)):
        make_milestone(
            desk, make_project(desk, name=name), "contract", amount=Decimal(amount), on=ago(desk, 10), event=fair
        )
    make_milestone(desk, make_project(desk, name="框架项目"), "framework", on=ago(desk, 10), event=fair)

    first, second = read(desk, "fairs").fairs
    assert (first.name, first.leaflets, first.published, first.is_own) == ("春季推介会", 300, 8, False)
    assert (first.projects, first.amount, first.frameworks) == (("大项目", "小项目"), "1.5亿元", 1)
    assert (second.name, second.leader, second.heads, second.projects, second.amount) == (
        "外地博览会", "王局长", 2, (), "",
    )  # fmt: skip
    assert Event.objects.count() == 3


def test_deals_name_the_signed_and_what_moved_on_of_the_earlier(desk):
    first = desk.campaign.starts_on
    old = make_contract(desk, name="年初项目", on=first - timedelta(days=5), amount=8000).project
    make_contract(desk, name="没有动静的项目", on=first - timedelta(days=4), amount=9000)
    make_milestone(desk, old, "groundbreaking", on=ago(desk, 3), note="一期厂房打桩")
    make_contract(desk, name="小项目", on=ago(desk, 6), amount=3000)
    big = make_contract(desk, name="大项目", on=ago(desk, 5), amount=15000)
    make_milestone(desk, big.project, "funding", on=ago(desk, 1), amount=Decimal(100))

    facet = read(desk, "deals")
    assert facet.amount == "1.8亿元"
    assert [(deal.name, deal.amount, deal.unit, deal.stage) for deal in facet.signed] == [
        ("大项目", "1.5亿元", "商务局", "到资"),
        ("小项目", "3000万元", "商务局", "签约"),
    ]
    carried = [] if old.milestones.get(kind="contract").on.year < first.year else ["一期厂房打桩"]
    assert [deal.note for deal in facet.carried] == carried


def test_shape_shows_who_only_talks_and_how_little_is_started(desk):
    for name, unit, clerk in (("甲", desk.units[1], desk.other_clerk), ("乙", desk.units[1], desk.other_clerk)):
        project = make_project(desk, name=name, unit=unit, by=clerk, investment=Decimal(9000))
        make_milestone(desk, project, "intent", on=ago(desk, 9), by=clerk)
    signed = make_contract(desk, name="丙", on=ago(desk, 8), amount=3000).project
    make_milestone(desk, signed, "groundbreaking", on=ago(desk, 1))

    facet = read(desk, "shape")
    assert (facet.tracked, facet.intents, facet.signed, facet.funded, facet.started) == (3, 2, 1, 0, 1)
    assert (facet.signed_large, facet.started_large) == (1, 1)  # READY: 5000万元, and 以上 includes the number itself
    assert facet.sectors == (("工业", 3),)
    assert facet.idle_units == ("工信局",)


def test_quotas_are_told_by_group(desk):
    facet = read(desk, "quotas")
    (group,) = facet.groups
    assert (group.name, group.units, facet.kinds) == ("部门", ("商务局", "工信局", "文旅局"), (("部门", 3),))
    assert [(quota.indicator, quota.owing, quota.least, quota.is_even) for quota in group.quotas] == [
        ("招商信息", 3, "10条", True),
        ("到位资金", 3, "2亿元", True),
        ("满意度", 3, "95%", True),
        ("外出走访", 3, "20家", True),
    ]


def test_dues_keep_their_currency_and_say_what_is_late(desk):
    project = make_contract(desk, on=ago(desk, 20)).project
    for due_on, amount, currency, nature in (
        (desk.today + timedelta(days=30), 879, "EUR", "instalment"),
        (ago(desk, 2), 300, "USD", "arrears"),
    ):
        make_milestone(
            desk, project, "funding", due_on=due_on, promised_amount=Decimal(amount), currency=currency, nature=nature
        )
    make_milestone(desk, project, "funding", due_on=desk.today, note="没有写明金额")

    dues = read(desk, "dues")
    assert [(due.amount, due.nature, due.is_late) for due in dues.dues] == [
        ("300万美元", "补缴欠资", True),
        ("879万欧元", "分期出资", False),
    ]
    assert [(name, number.text) for name, number in dues.numbers()] == [
        ("待到位资金", "2笔"),
        (f"{project.name}·待到位", "300万美元"),
        (f"{project.name}·待到位·第2笔", "879万欧元"),
    ]


def test_cautions_judge_without_recording_and_name_who_is_let_off(desk):
    rule = {
        "campaign": desk.campaign, "subject": "overall", "clause": "办法第六条", "by": desk.editor,
        "from_on": desk.campaign.starts_on,
    }  # fmt: skip
    yellow = write_rule(
        name="黄牌警告",
        kind="pace",
        threshold=Decimal(70),
        at_end=True,
        consequence="黄牌警告",
        level="yellow",
        **rule,
    )
    exempt(
        campaign=desk.campaign, rule=yellow, unit=desk.units[2], ground="other", reason="防汛", signer="区领导",
        document="1号", from_on=desk.campaign.starts_on, until_on=desk.campaign.ends_on, today=desk.today,
        by=desk.editor,
    )  # fmt: skip

    (caution,) = read(desk, "cautions").rules
    assert (caution.name, caution.at_end, caution.threshold) == ("黄牌警告", True, "70%")
    assert (caution.units, caution.spared) == (("商务局", "工信局"), ("文旅局",))
    assert yellow.findings.count() == 0
    assert told(read(desk, "cautions")) == {"黄牌警告·单位": "2个", "黄牌警告·界线": "70%"}


@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize("facet", OURS)
def test_a_facet_costs_the_same_at_any_length(desk, facet, rows, django_assert_max_num_queries):
    for place in range(rows):
        make_visit(desk, direction="inbound", on=ago(desk, 5))
        travel(desk, desk.unit, 6)
        project = make_contract(desk, name=f"项目{place}", on=ago(desk, 5)).project
        make_milestone(desk, project, "funding", due_on=desk.today, promised_amount=Decimal(9), currency="CNY")
    state = standings(desk.campaign, desk.today)

    with django_assert_max_num_queries(8):
        FACETS[facet](state, Window(first=desk.campaign.starts_on, last=desk.today))


def test_every_number_to_cite_is_printed_and_named_once(desk):
    make_contract(desk, on=ago(desk, 5))
    for name in OURS:
        numbers = list(read(desk, name).numbers())
        assert len(dict(numbers)) == len(numbers), name
        assert all(isinstance(number, Number) and number.text.strip() for _name, number in numbers), name
