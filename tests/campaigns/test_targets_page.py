"""The quota grid: reading, saving, marking bad cells, sums, stretch targets, conflicts."""

from decimal import Decimal

import pytest

from campaigns import actions
from campaigns.models import Campaign, Target
from tests.campaigns.factories import count, make_campaign, make_indicator, make_units, owe, seat
from tests.campaigns.nonsense import NONSENSE
from tests.factories import make_unit, make_user
from units.models import AuditEntry, Role, Unit, User


@pytest.fixture
def drive(db):
    """Return a drive of two units with an indicator in 条 and one in 亿元."""
    top = make_unit("示范区", Unit.Kind.DISTRICT)
    campaign = make_campaign(top)
    seat(campaign, *make_units(2, top))
    count(campaign, make_indicator("招商信息"), make_indicator("到位资金", "money"), measures={"到位资金": "亿元"})
    campaign.first, campaign.second = Unit.objects.filter(parent=top)
    campaign.leads, campaign.money = campaign.lines.all()
    campaign.refresh_from_db()
    return campaign


@pytest.fixture
def editor(client, drive):
    user = make_user("editor", Role.EDITOR, drive.organiser)
    client.force_login(user)
    return user


def send(client, drive, cells, stretch=False, **more):
    """Send the grid: {(kind, line, unit): text}."""
    data = {f"{kind}-{line.pk}-{unit.pk}": text for (kind, line, unit), text in cells.items()}
    version = Campaign.objects.get(pk=drive.pk).version
    url = f"/campaigns/{drive.pk}/targets/" + ("?stretch=1" if stretch else "")
    return client.post(url, {"version": version, "nonce": "n1", **data, **more})


def owed():
    return {(row.line.indicator.name, row.unit.name): (row.amount, row.stretch) for row in Target.objects.all()}


def test_grid_reads_amounts_in_the_measure_of_each_indicator(client, drive, editor):
    cells = {
        ("t", drive.leads, drive.organiser): "３５８",
        ("t", drive.leads, drive.first): "1,599",
        ("t", drive.leads, drive.second): "0",
        ("t", drive.money, drive.organiser): "9.29",
        ("t", drive.money, drive.first): "5000万元",
        ("t", drive.money, drive.second): "",
    }
    response = send(client, drive, cells)
    assert response.url == f"/campaigns/{drive.pk}/targets/"
    assert owed() == {
        ("招商信息", "示范区"): (Decimal(358), None),
        ("招商信息", "单位01"): (Decimal(1599), None),
        ("招商信息", "单位02"): (Decimal(0), None),
        ("到位资金", "示范区"): (Decimal(92900), None),
        ("到位资金", "单位01"): (Decimal(5000), None),
    }
    row = AuditEntry.objects.get(action="campaign.targets_set")
    assert ("单位01 · 到位资金", "", "0.5亿元") in row.lines


def test_grid_shows_the_organiser_on_top_and_the_sums(client, drive, editor):
    owe(drive, drive.leads, {drive.organiser: 100, drive.first: 70, drive.second: 50})
    owe(drive, drive.money, {drive.organiser: 10000, drive.first: 6000})
    response = client.get(f"/campaigns/{drive.pk}/targets/")
    assert [str(unit) for unit, _cells in response.context["grid"]] == ["示范区", "单位01", "单位02"]
    assert [(line.total, line.note) for line in response.context["sums"]] == [
        ("120", "加压 120%（超 20）"),
        ("0.6", "60%（差 0.4）"),
    ]
    assert f'name="t-{drive.money.pk}-{drive.first.pk}" id="t-{drive.money.pk}-{drive.first.pk}" value="0.6"' in (
        response.content.decode()
    )


def test_empty_cell_takes_the_quota_away_and_an_absent_one_leaves_it(client, drive, editor):
    owe(drive, drive.leads, {drive.first: 70, drive.second: 50})
    send(client, drive, {("t", drive.leads, drive.first): ""})
    assert owed() == {("招商信息", "单位02"): (Decimal(50), None)}


@pytest.mark.parametrize("dash", ["—", "–", "-", "/", "  "])
def test_dash_is_no_quota(client, drive, editor, dash):
    owe(drive, drive.leads, {drive.first: 70})
    assert send(client, drive, {("t", drive.leads, drive.first): dash}).status_code == 302
    assert owed() == {}


def test_bad_cells_are_marked_and_everything_typed_is_kept(client, drive, editor):
    owe(drive, drive.leads, {drive.first: 70})
    cells = {
        ("t", drive.leads, drive.first): "abc",
        ("t", drive.leads, drive.second): "77",
        ("t", drive.money, drive.first): "-5",
        ("t", drive.money, drive.second): "3条",
    }
    response = send(client, drive, cells)
    text = response.content.decode()
    name = f"t-{drive.leads.pk}-{drive.first.pk}"
    assert response.status_code == 200
    assert "无法读出“abc”是多少" in text
    assert f'id="{name}" value="abc"' in text
    assert f'aria-invalid="true" aria-describedby="{name}-error"' in text
    assert f'id="t-{drive.leads.pk}-{drive.second.pk}" value="77"' in text
    assert "目标不能为负" in text
    assert "不是同一种计量" in text
    assert text.count('class="is-bad"') == 3
    assert owed() == {("招商信息", "单位01"): (Decimal(70), None)}


def test_stretch_is_shown_by_the_switch_and_kept_without_it(client, drive, editor):
    cells = {("t", drive.leads, drive.first): "70", ("s", drive.leads, drive.first): "90"}
    assert send(client, drive, cells, stretch=True).url == f"/campaigns/{drive.pk}/targets/?stretch=1"
    assert owed() == {("招商信息", "单位01"): (Decimal(70), Decimal(90))}
    assert (
        f"s-{drive.leads.pk}-{drive.first.pk}" not in client.get(f"/campaigns/{drive.pk}/targets/").content.decode()
    )
    send(client, drive, {("t", drive.leads, drive.first): "80"}, nonce="n2")
    assert owed() == {("招商信息", "单位01"): (Decimal(80), Decimal(90))}


@pytest.mark.parametrize(
    ("floor", "stretch", "shown", "message"),
    [
        ("70", "60", True, "力争目标 60 低于确保目标，请先核对"),
        ("", "60", True, "请先填确保目标，再填力争目标"),
        ("95", None, False, "力争目标 90 低于确保目标，请先核对"),
    ],
)
def test_stretch_below_the_floor_is_marked(client, drive, editor, floor, stretch, shown, message):
    pair = {(drive.leads.pk, drive.first.pk): (Decimal(70), Decimal(90))}
    actions.set_targets(campaign=drive, targets=pair, by=User.objects.system())
    cells = {("t", drive.leads, drive.first): floor}
    if stretch is not None:
        cells["s", drive.leads, drive.first] = stretch
    response = send(client, drive, cells, stretch=shown)
    assert message in response.content.decode()
    assert owed() == {("招商信息", "单位01"): (Decimal(70), Decimal(90))}


def test_second_editor_sees_both_sides_and_may_then_save(client, drive, editor):
    owe(drive, drive.leads, {drive.first: 70, drive.second: 50})
    old = Campaign.objects.get(pk=drive.pk).version
    owe(drive, drive.leads, {drive.first: 75})
    cells = {("t", drive.leads, drive.first): "80", ("t", drive.leads, drive.second): "50"}
    response = send(client, drive, cells, version=old)
    assert response.context["conflict"] == [{"label": "单位01 · 招商信息", "mine": "80条", "theirs": "75条"}]
    text = response.content.decode()
    assert f'name="version" value="{old + 1}"' in text
    assert 'value="80"' in text
    assert owed()["招商信息", "单位01"] == (Decimal(75), None)
    assert send(client, drive, cells, nonce="n2").status_code == 302
    assert owed()["招商信息", "单位01"] == (Decimal(80), None)


def test_double_submit_is_saved_once(client, drive, editor):
    cells = {("t", drive.leads, drive.first): "80"}
    send(client, drive, cells)
    response = send(client, drive, cells, version=1)
    assert response.status_code == 302
    assert AuditEntry.objects.filter(action="campaign.targets_set").count() == 1


def test_cells_of_other_campaigns_are_not_written(client, drive, editor):
    other = make_campaign(drive.organiser, "别的")
    seat(other, drive.first)
    (line,) = count(other, drive.leads.indicator)
    assert send(client, drive, {("t", line, drive.first): "5"}).status_code == 302
    assert owed() == {}


@pytest.mark.parametrize("kind", ["t", "s"])
@pytest.mark.parametrize("value", NONSENSE)
def test_nonsense_in_a_cell_never_fails(client, drive, editor, kind, value):
    cells = {("t", drive.leads, drive.first): "1", (kind, drive.leads, drive.first): value}
    response = send(client, drive, cells, stretch=True)
    assert response.status_code in {200, 302}
    assert response.status_code == 302 or "未保存，请更正以下内容" in response.content.decode()
    assert "<script>alert" not in response.content.decode()


@pytest.mark.parametrize(("missing", "page"), [("lines", "indicators"), ("roster", "roster")])
def test_grid_without_rows_or_columns_names_the_next_step(client, drive, editor, missing, page):
    getattr(drive, missing).all().delete()
    text = client.get(f"/campaigns/{drive.pk}/targets/").content.decode()
    assert f'class="btn btn-primary" href="/campaigns/{drive.pk}/{page}/"' in text


def test_levels_are_not_added(client, drive, editor):
    rate = make_indicator("增速", "%", kind="level")
    (line,) = [
        line for line in count(drive, rate, drive.leads.indicator, drive.money.indicator) if line.indicator == rate
    ]
    owe(drive, line, {drive.organiser: 8, drive.first: 9, drive.second: 10})
    sums = client.get(f"/campaigns/{drive.pk}/targets/").context["sums"]
    assert [total.total for total in sums] == ["—", "—", "—"]
