"""Targets stated as growth over last year (R38): filled in by the helper, kept with what they were made of."""

from decimal import Decimal

import pytest
from django.db import IntegrityError

from campaigns import actions, quotas
from campaigns.models import Campaign, Target
from tests.campaigns.drives import day, make_drive
from tests.factories import make_user
from units.models import Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def drive():
    """Return a year's drive over another year's figures; 丙镇 had nothing."""
    facts = {
        "groups": {"乡镇": ["甲镇", "乙镇", "丙镇"]},
        "indicators": {"新签项目": "个", "到位资金": "亿元", "GDP增速": "%"},
        "kinds": {"GDP增速": {"kind": "level"}},
    }
    last = make_drive("去年", starts=day(1, 1, 2025), ends=day(12, 31, 2025), **facts)
    last.add("新签项目", "甲镇", day(3, 1, 2025), 38)
    last.add("新签项目", "乙镇", day(12, 31, 2025), 5)
    last.add("到位资金", "甲镇", day(3, 1, 2025), 42000)
    last.read("GDP增速", day(9, 1, 2025), 甲镇="6.2", 乙镇="-0.5", 示范区="5.5")
    return make_drive("今年", starts=day(1, 1), ends=day(12, 31), **facts)


@pytest.fixture
def editor(drive, client):
    user = make_user("editor", Role.EDITOR, drive.organiser)
    client.force_login(user)
    return user


def filled(client, drive, indicator, growth, **more):
    """Ask the helper; return the response and the cells that it filled in, by label."""
    version = Campaign.objects.get(pk=drive.campaign.pk).version
    fill = {"how": "growth", "line": drive.lines[indicator], "growth": growth, **more}
    body = {"version": version, "nonce": "n1", "fill": "1"} | {f"fill-{name}": value for name, value in fill.items()}
    response = client.post(f"/campaigns/{drive.campaign.pk}/targets/", body)
    cells = response.context["form"].cells.values()
    return response, {cell.label: (cell.text, cell.note) for cell in cells if cell.text != cell.saved}


def saved(client, drive, response, **typed):
    """Save the grid that a helper filled in, with some cells typed over."""
    form = response.context["form"]
    body = {cell.name: cell.text for cell in form.cells.values()} | dict(form.growths) | typed
    version = Campaign.objects.get(pk=drive.campaign.pk).version
    return client.post(f"/campaigns/{drive.campaign.pk}/targets/", body | {"version": version, "nonce": "n2"})


def held(drive, unit, indicator):
    row = Target.objects.working(drive.campaign).get(unit=drive.unit(unit), line=drive.lines[indicator])
    return row.amount, row.growth, row.base


def test_last_years_results_grow_into_targets(client, drive, editor):
    response, cells = filled(client, drive, "新签项目", "20")
    assert cells == {
        "示范区 · 新签项目": ("52", "去年 43个，增长 20%"),
        "甲镇 · 新签项目": ("46", "去年 38个，增长 20%"),
        "乙镇 · 新签项目": ("6", "去年 5个，增长 20%"),
    }
    assert "已填入 3 格，尚未保存" in response.content.decode()
    saved(client, drive, response)
    assert held(drive, "甲镇", "新签项目") == (Decimal(46), Decimal(20), Decimal(38))
    assert Target.objects.working(drive.campaign).count() == 3


def test_level_in_percent_grows_by_points(client, drive, editor):
    response, cells = filled(client, drive, "GDP增速", "0.8")
    assert cells == {
        "示范区 · GDP增速": ("6.3", "去年 5.5%，提高 0.8 个百分点"),
        "甲镇 · GDP增速": ("7", "去年 6.2%，提高 0.8 个百分点"),
        "乙镇 · GDP增速": ("0.3", "去年 -0.5%，提高 0.8 个百分点"),
    }
    saved(client, drive, response)
    assert held(drive, "乙镇", "GDP增速") == (Decimal("0.3"), Decimal("0.8"), Decimal("-0.5"))


def test_step_and_measure_are_kept_to(client, drive, editor):
    _response, cells = filled(client, drive, "到位资金", "-10", step="0.01", among="g:乡镇")
    assert cells == {"甲镇 · 到位资金": ("3.78", "去年 4.2亿元，下降 10%")}


@pytest.mark.parametrize(
    ("indicator", "growth", "problem"),
    [("新签项目", "", "请填比去年增长百分之几"), ("新签项目", "-101", "降幅不能超过 100%")],
)
def test_helper_says_what_is_missing(client, drive, editor, indicator, growth, problem):
    response, cells = filled(client, drive, indicator, growth)
    assert problem in response.content.decode()
    assert cells == {}


def test_helper_says_where_the_ledger_knows_nothing(client, editor, drive):
    Target.objects.all().delete()
    drive.campaign.starts_on, drive.campaign.ends_on = day(1, 1, 2024), day(12, 31, 2024)
    drive.campaign.save()
    response, cells = filled(client, drive, "新签项目", "20")
    assert "台账没有这些单位去年的实绩" in response.content.decode()
    assert cells == {}


def test_amount_typed_over_is_no_growth_any_more(client, drive, editor):
    response, _cells = filled(client, drive, "新签项目", "20")
    name = f"t-{drive.lines['新签项目']}-{drive.units['甲镇'].pk}"
    saved(client, drive, response, **{name: "50"})
    assert held(drive, "甲镇", "新签项目") == (Decimal(50), None, None)
    assert held(drive, "乙镇", "新签项目") == (Decimal(6), Decimal(20), Decimal(5))


def test_growth_stays_with_an_untouched_target_and_in_the_next_version(client, drive, editor):
    response, _cells = filled(client, drive, "新签项目", "20")
    saved(client, drive, response)
    by = User.objects.system()
    actions.issue_targets(campaign=drive.campaign, holds_from=day(1, 1), today=day(1, 1), by=by)
    drive.owe("新签项目", 丙镇=3)
    assert held(drive, "甲镇", "新签项目") == (Decimal(46), Decimal(20), Decimal(38))
    drive.owe("新签项目", 甲镇=46)
    assert held(drive, "甲镇", "新签项目") == (Decimal(46), Decimal(20), Decimal(38))


def test_version_page_says_what_targets_were_made_of(client, drive, editor):
    response, _cells = filled(client, drive, "新签项目", "20")
    saved(client, drive, response)
    (row,) = client.get(f"/campaigns/{drive.campaign.pk}/targets/versions/").context["versions"]
    assert row[3] == [
        ("示范区 · 新签项目", "", "52个（去年 43个，增长 20%）"),
        ("甲镇 · 新签项目", "", "46个（去年 38个，增长 20%）"),
        ("乙镇 · 新签项目", "", "6个（去年 5个，增长 20%）"),
    ]


@pytest.mark.parametrize("text", ["", "|", "a|b|46", "20|38", "1e9|1|46", "20|38|47", "20|38|46|1"])
def test_nonsense_in_what_a_cell_was_made_of_is_left_aside(client, drive, editor, text):
    response, _cells = filled(client, drive, "新签项目", "20")
    saved(client, drive, response, **{f"m-{drive.lines['新签项目']}-{drive.units['甲镇'].pk}": text})
    assert held(drive, "甲镇", "新签项目") == (Decimal(46), None, None)


def test_growth_without_a_base_is_refused_by_the_database(drive):
    drive.owe("新签项目", 甲镇=1)
    with pytest.raises(IntegrityError):
        Target.objects.update(growth=Decimal(20))


def test_growth_is_rounded_up_to_whole_steps():
    assert quotas.grown(Decimal(38), Decimal(20), Decimal(1)) == Decimal(46)
    assert quotas.grown(Decimal(50), Decimal(20), Decimal(1)) == Decimal(60)
    assert quotas.grown(Decimal("6.2"), Decimal("0.8"), Decimal(1), in_points=True) == Decimal(7)
