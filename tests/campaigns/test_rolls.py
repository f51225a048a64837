"""Red and black lists: each condition by itself and together, exemptions printed below, the pages."""

from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError

from campaigns import actions
from campaigns.models import Exemption, Finding, Roll
from campaigns.rolls import sheets
from tests.campaigns.drives import day, make_drive
from tests.campaigns.nonsense import NONSENSE
from tests.campaigns.test_rulebook import judge, rule_of
from tests.factories import make_user
from units.models import Role, User

pytestmark = pytest.mark.django_db
HALF = day(8, 15)


@pytest.fixture(autouse=True)
def half():
    """Let it be the day on which half of the drive is over."""
    with time_machine.travel(HALF, tick=False):
        yield


@pytest.fixture
def drive():
    """Return a drive of four towns: 12, 10, 3 and 0 of 10; and a park without a quota."""
    made = make_drive(groups={"乡镇": ["甲镇", "乙镇", "丙镇", "丁镇"], "园区": ["东园"]})
    made.owe("招商信息", 甲镇=10, 乙镇=10, 丙镇=10, 丁镇=10)
    made.read("招商信息", day(8, 1), 甲镇=12, 乙镇=10, 丙镇=3, 丁镇=0)
    made.editor = make_user("ed", Role.EDITOR, made.organiser)
    made.clerk = make_user("ding", Role.CLERK, made.units["丁镇"])
    return made


def roll(drive, **facts):
    """Write a list about the indicator of the drive."""
    base = {
        "kind": "black", "name": "黑榜", "subject": "one", "indicator": drive.indicators["招商信息"],
        "clause": "办法第九条", "from_on": day(7, 1),
    }  # fmt: skip
    return actions.write_roll(campaign=drive.campaign, by=User.objects.system(), **(base | facts))


def listed(drive, on=HALF):
    """Return who is on the lists of a day."""
    return [[row.unit for row in sheet.listed] for sheet in sheets(drive.campaign, on)]


@pytest.mark.parametrize(
    ("facts", "units"),
    [
        ({"first": 2}, ["甲镇", "乙镇"]),
        ({"last": 2}, ["丙镇", "丁镇"]),
        ({"at_least": Decimal(100)}, ["甲镇", "乙镇"]),
        ({"at_least": Decimal("100.000001")}, ["甲镇"]),
        ({"below": Decimal(30)}, ["丁镇"]),
        ({"below": Decimal("30.000001")}, ["丙镇", "丁镇"]),
        ({"quota": "met"}, ["甲镇", "乙镇"]),
        ({"quota": "unmet"}, ["丙镇", "丁镇"]),
        ({"no_result": True}, ["丁镇"]),
        ({"first": 1, "quota": "met"}, ["甲镇"]),
        ({"last": 3, "quota": "unmet"}, ["丙镇", "丁镇"]),
        ({"first": 3, "groups": "园区"}, []),
        ({"vetoed": True}, []),
    ],
)
def test_roll_lists_who_meets_all_its_conditions(drive, facts, units):
    roll(drive, **facts)
    assert listed(drive) == [units]


def test_roll_says_why_with_its_arithmetic(drive):
    row = roll(drive, last=1, below=Decimal(30), quota="unmet")
    assert row.in_words == "各参战单位，招商信息列本组后 1 位，且完成率低于 30%，且有目标任务未完成的，列入黑榜。"
    (sheet,) = sheets(drive.campaign, HALF)
    assert [(one.unit, one.why) for one in sheet.listed] == [
        (
            "丁镇",
            "截至 2026-08-15 招商信息 0%，乡镇有名次的 4 个单位中列第 4 位；低于它的有 0 个，不足 1 个；"
            "完成 0 条 ÷ 目标 10 条 = 0%，低于 30%；1 项目标任务中 1 项未完成（招商信息 0%）。",
        )
    ]


def test_red_roll_of_the_composite_reads_score_and_quotas(drive):
    roll(drive, kind="red", name="红榜", subject="overall", indicator=None, first=2, quota="met")
    (sheet,) = sheets(drive.campaign, HALF)
    assert [one.unit for one in sheet.listed] == ["甲镇", "乙镇"]
    assert sheet.listed[0].why.endswith("列第 1 位，在前 2 位；1 项目标任务全部完成。")


def test_roll_names_whom_a_veto_on_record_holds_for(drive):
    roll(drive, vetoed=True)
    rule_of(drive, name="否决", kind="zero", threshold=None, level="veto")
    judge(drive)
    assert Finding.objects.get().unit == drive.units["丁镇"]
    assert listed(drive) == [["丁镇"]]
    assert listed(drive, day(8, 14)) == [[]]


def test_roll_is_shown_as_of_any_day_in_force(drive):
    roll(drive, no_result=True, from_on=day(8, 1), until_on=day(8, 10))
    assert [listed(drive, on) for on in (day(7, 31), day(8, 1), day(8, 10), day(8, 11))] == [
        [], [["丁镇"]], [["丁镇"]], []
    ]  # fmt: skip


def let_off(drive, unit="丁镇", **facts):
    base = {
        "ground": "force_majeure", "reason": "洪涝停工", "signer": "区政府主要负责人",
        "document": "示府办〔2026〕9号", "from_on": day(8, 1), "until_on": day(8, 31), "today": HALF,
        "by": drive.editor,
    }  # fmt: skip
    return actions.exempt(campaign=drive.campaign, unit=drive.units[unit], **(base | facts))


def test_exempted_unit_stands_below_the_black_roll_with_signer_and_term(drive):
    row = roll(drive, last=2)
    exemption = let_off(drive, roll=row)
    (sheet,) = sheets(drive.campaign, HALF)
    assert [one.unit for one in sheet.listed] == ["丙镇"]
    assert [(one.unit, one.exemption) for one in sheet.spared] == [("丁镇", exemption)]
    assert [one.in_words for one in sheet.exemptions] == [
        "丁镇免予适用“黑榜”：不可抗力，洪涝停工。区政府主要负责人签批，2026-08-01 至 2026-08-31（示府办〔2026〕9号）"
    ]
    assert listed(drive, day(9, 1)) == [["丙镇", "丁镇"]]


def test_exemption_from_everything_covers_black_rolls_and_one_from_a_rule_does_not(drive):
    roll(drive, last=2)
    let_off(drive, unit="丙镇", rule=rule_of(drive))
    let_off(drive)
    assert listed(drive) == [["丙镇"]]


def test_exemption_from_a_roll_lets_nobody_off_the_rules(drive):
    rule_of(drive)
    let_off(drive, roll=roll(drive, last=2))
    judge(drive)
    assert Finding.objects.get(unit=drive.units["丁镇"]).state == "found"


def test_praise_needs_no_exemption(drive):
    roll(drive, kind="red", name="红榜", first=1)
    let_off(drive, unit="甲镇")
    (sheet,) = sheets(drive.campaign, HALF)
    assert ([one.unit for one in sheet.listed], sheet.exemptions) == (["甲镇"], ())


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({}, "__all__"),
        ({"first": 1, "groups": "部门"}, "groups"),
        ({"first": 1, "indicator": None}, "__all__"),
        ({"at_least": Decimal(50), "below": Decimal(50)}, "below"),
        ({"first": 1, "until_on": day(6, 1)}, "__all__"),
    ],
)
def test_roll_that_nobody_could_read_is_refused(drive, facts, field):
    with pytest.raises(ValidationError) as error:
        roll(drive, **facts)
    assert list(error.value.message_dict) == [field]
    with pytest.raises(PermissionDenied):
        actions.write_roll(campaign=drive.campaign, by=drive.clerk, kind="red", name="x", first=1)


# --- pages


def typed(drive, **changes):
    return {
        "kind": "black", "name": "黑榜", "subject": "one", "indicator": drive.indicators["招商信息"].pk, "last": "2",
        "clause": "办法第九条", "from_on": "2026-07-01", **changes,
    }  # fmt: skip


def test_editor_writes_a_roll_and_everybody_reads_it(client, drive):
    client.force_login(drive.editor)
    url = f"/campaigns/{drive.campaign.pk}/red-black/"
    assert "还没有红黑榜" in client.get(url).content.decode()
    assert client.post(f"{url}new/", typed(drive, nonce="a")).status_code == 302
    row = Roll.objects.get()
    assert (
        client.post(f"/red-black/{row.pk}/change/", typed(drive, last="1", nonce="b", version="1")).status_code == 302
    )
    let_off(drive)
    client.force_login(drive.clerk)
    page = client.get(f"{url}?as_of=2026-08-15").content.decode()
    assert "丙镇" not in page
    assert "因豁免未列入：丁镇" in page
    assert "区政府主要负责人签批，2026-08-01 至 2026-08-31" in page
    assert "新建榜单" not in page
    assert client.get(f"/red-black/{row.pk}/change/").status_code == 403
    for path in (f"/campaigns/{drive.campaign.pk}/ranking/", f"/campaigns/{drive.campaign.pk}/"):
        assert "/red-black/?as_of=2026-08-15" in client.get(path).content.decode()


def test_exemption_from_a_roll_is_written_on_its_page(client, drive):
    row = roll(drive, last=2)
    client.force_login(drive.editor)
    facts = {
        "campaign": drive.campaign.pk, "unit": drive.units["丁镇"].pk, "roll": row.pk, "ground": "other",
        "reason": "因", "signer": "领导", "from_on": "2026-08-01", "until_on": "2026-08-31", "nonce": "c",
    }  # fmt: skip
    both = facts | {"rule": rule_of(drive).pk}
    assert list(client.post("/exemptions/new/", both).context["form"].errors) == ["roll"]
    assert client.post("/exemptions/new/", facts).status_code == 302
    assert Exemption.objects.get().roll == row
    assert "黑榜" in client.get("/exemptions/").content.decode()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"last": ""}, "__all__"),
        ({"last": "0"}, "last"),
        ({"at_least": "-1"}, "at_least"),
        ({"indicator": ""}, "indicator"),
        ({"until_on": "2026-06-01"}, "until_on"),
        ({"clause": ""}, "clause"),
    ],
)
def test_form_of_a_roll_says_what_is_wrong_beside_its_field(client, drive, changes, field):
    client.force_login(drive.editor)
    response = client.post(f"/campaigns/{drive.campaign.pk}/red-black/new/", typed(drive, **changes))
    assert list(response.context["form"].errors) == [field]


@pytest.mark.parametrize("value", NONSENSE)
def test_nonsense_in_every_field_of_a_roll_is_no_failure(client, drive, value):
    client.force_login(drive.editor)
    names = [*typed(drive), "first", "at_least", "below", "quota", "groups", "basis", "until_on"]
    response = client.post(f"/campaigns/{drive.campaign.pk}/red-black/new/", dict.fromkeys(names, value))
    assert response.status_code == 200
    assert client.get(f"/campaigns/{drive.campaign.pk}/red-black/", {"as_of": value}).status_code == 200
    assert Roll.objects.count() == 0


@pytest.mark.parametrize("count", [1, 5])
def test_page_of_rolls_costs_the_same_however_many_there_are(client, drive, count, django_assert_num_queries):
    for number in range(count):
        roll(drive, name=f"榜{number}", last=2, vetoed=True)
        let_off(drive)
    with django_assert_num_queries(6):
        sheets(drive.campaign, HALF)
