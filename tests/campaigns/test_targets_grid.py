"""The quota grid beside typing: helpers, sheets in and out, an earlier campaign, issuing and throwing away."""

import io
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from campaigns import actions
from campaigns.models import Campaign, Target, TargetVersion
from tests.campaigns.factories import count, make_campaign, make_indicator, make_units, owe, report, seat
from tests.factories import make_unit, make_user
from units.models import AuditEntry, Role, Unit, User


@pytest.fixture
def drive(db):
    """Return a drive of two townships and a park with an indicator in 个 and one in 亿元; the district owes both."""
    top = make_unit("示范区", Unit.Kind.DISTRICT)
    campaign = make_campaign(top)
    towns, park = make_units(2, top), make_unit("临港园区", Unit.Kind.PARK, top)
    seat(campaign, *((town, "镇街") for town in towns), (park, "园区"))
    count(
        campaign, make_indicator("签约项目", "个"), make_indicator("到位资金", "money"), measures={"到位资金": "亿元"}
    )
    campaign.refresh_from_db()
    campaign.towns, campaign.park = towns, park
    campaign.deals, campaign.money = campaign.lines.all()
    owe(campaign, campaign.deals, {top: 10})
    owe(campaign, campaign.money, {top: 105000})
    return campaign


@pytest.fixture
def editor(client, drive):
    user = make_user("editor", Role.EDITOR, drive.organiser)
    client.force_login(user)
    return user


def url(drive, page="targets/"):
    return f"/campaigns/{drive.pk}/{page}"


def sent(drive, **more):
    return {"version": Campaign.objects.get(pk=drive.pk).version, "nonce": "n1", **more}


def filled(client, drive, query="", **fill):
    """Ask a helper; return the response and the texts of the roster units that now differ from what is saved."""
    data = {f"fill-{name.replace('_', '-')}": value for name, value in fill.items()}
    response = client.post(url(drive) + query, sent(drive, fill="1", **data))
    cells = response.context["form"].cells.values()
    return response, {cell.label: cell.text for cell in cells if cell.text != cell.saved}


def test_class_of_units_gets_the_same_in_one_action(client, drive, editor):
    each = {f"each-{drive.deals.pk}": "2", f"each-{drive.money.pk}": "3亿元"}
    response, texts = filled(client, drive, how="each", among="k:township", **each)
    assert texts == {
        "单位01 · 签约项目": "2",
        "单位01 · 到位资金": "3",
        "单位02 · 签约项目": "2",
        "单位02 · 到位资金": "3",
    }
    assert "已填入 4 格，尚未保存" in response.content.decode()
    assert not Target.objects.exclude(unit=drive.organiser).exists()


@pytest.mark.parametrize(
    ("line", "fill", "parts"),
    [
        ("deals", {"how": "even"}, ["4", "3", "3"]),
        ("deals", {"how": "even", "press": "108"}, ["4", "4", "3"]),
        ("deals", {"how": "even", "total": "7", "among": "g:镇街"}, ["4", "3", None]),
        ("deals", {"how": "weight", "weights": "乡镇 2\n临港园区 4\n单位02\t1"}, ["3", "1", "6"]),
        ("deals", {"how": "weight", "weights": "园区 1"}, ["0", "0", "10"]),
        ("money", {"how": "even", "step": "0.5"}, ["3.5", "3.5", "3.5"]),
        ("money", {"how": "even", "total": "1000万元", "step": "0.01"}, ["0.04", "0.03", "0.03"]),
    ],
)
def test_total_is_split_among_the_units(client, drive, editor, line, fill, parts):
    _response, texts = filled(client, drive, line=getattr(drive, line).pk, **fill)
    units = [*drive.towns, drive.park]
    assert [texts.get(f"{unit} · {getattr(drive, line)}") for unit in units] == parts


@pytest.mark.parametrize(
    ("fill", "reason"),
    [
        ({"how": "each"}, "请至少填一项指标的数"),
        ({"how": "even", "total": "甲"}, "无法读出“甲”"),
        ({"how": "even", "total": "-3"}, "目标不能为负"),
        ({"how": "even", "line": ""}, "请选择要分解的指标"),
        ({"how": "weight", "weights": "外镇 2"}, "“外镇”不是名单中的单位、组别或类别"),
        ({"how": "weight", "weights": ""}, "没有可以作为权重的数"),
        ({"how": "result"}, "没有可以作为权重的数"),
        ({"how": "even", "among": "g:没有"}, "选择一个有效的选项"),
    ],
)
def test_helper_that_cannot_says_why_and_keeps_what_was_typed(client, drive, editor, fill, reason):
    data = {"line": drive.deals.pk, **fill}
    name = f"t-{drive.deals.pk}-{drive.park.pk}"
    body = sent(drive, fill="1", **{name: "77"}, **{f"fill-{key}": value for key, value in data.items()})
    text = client.post(url(drive), body).content.decode()
    assert reason in text
    assert f'id="{name}" value="77" data-saved=""' in text


@pytest.fixture
def last_year(drive):
    """Return last year's drive: 10 deals of 单位01 done 6, 4 of 单位02 done 2; the park took no part."""
    before = make_campaign(drive.organiser, "去年会战", date(2025, 7, 1), date(2025, 9, 30))
    seat(before, *drive.towns)
    (line,) = count(before, drive.deals.indicator)
    owe(before, line, {drive.organiser: 12, drive.towns[0]: 10, drive.towns[1]: 4})
    report(before, line, {drive.towns[0]: 6, drive.towns[1]: 2}, on=date(2025, 8, 1))
    return before


def test_total_is_split_by_the_results_of_an_earlier_campaign(client, drive, editor, last_year):
    _response, texts = filled(
        client, drive, f"?compare={last_year.pk}", how="result", line=drive.deals.pk, total="20"
    )
    assert texts == {"单位01 · 签约项目": "15", "单位02 · 签约项目": "5", "临港园区 · 签约项目": "0"}


def test_grid_tells_who_got_it_harder_than_in_an_earlier_campaign(client, drive, editor, last_year):
    owe(drive, drive.deals, {drive.towns[0]: 12, drive.towns[1]: 3, drive.park: 2})
    response = client.get(url(drive, f"targets/?compare={last_year.pk}"))
    assert [(str(unit), told) for unit, told, _cells in response.context["rows"]] == [
        ("示范区", (0, 1)),
        ("单位01", (1, 0)),
        ("单位02", (0, 1)),
        ("临港园区", (0, 0)),
    ]
    cells = response.context["form"].cells
    noted = [cells["t", drive.deals.pk, unit.pk] for unit in (drive.organiser, *drive.towns, drive.park)]
    assert [(cell.note, cell.hint) for cell in noted] == [
        ("减码 16.7%", "上期目标 12，完成 8"),
        ("加码 20%", "上期目标 10，完成 6"),
        ("减码 25%", "上期目标 4，完成 2"),
        ("", ""),
    ]
    assert "加码 1 项" in response.content.decode()


def test_campaign_of_somebody_else_is_not_compared_with(client, drive, editor):
    stranger = make_campaign(make_unit("外区", Unit.Kind.DISTRICT), "外区会战")
    response = client.get(url(drive, f"targets/?compare={stranger.pk}"))
    assert (response.context["compared"], response.context["others"]) == ("", [])


# --- sheets -----------------------------------------------------------------------------------------


def book(*rows):
    """Return rows as an uploaded workbook."""
    held = Workbook()
    for row in rows:
        held.active.append(row)
    data = io.BytesIO()
    held.save(data)
    return SimpleUploadedFile("目标.xlsx", data.getvalue())


def take(client, drive, file):
    return client.post(url(drive), sent(drive, take="1", workbook=file))


def test_sheet_fills_the_grid_and_marks_what_it_cannot_read(client, drive, editor):
    file = book(
        ["目标任务分解表"],
        ["责任单位", "签约项目（个）", "到位资金", "备注"],
        ["示范区", 12, "10.5", ""],
        ["分解合计", 99, 99],
        ["单位01", "1,599", "5000万元"],
        ["单位02", "abc", 3.3],
        ["外镇", 1, 1],
    )
    response = take(client, drive, file)
    text = response.content.decode()
    cells = response.context["form"].cells
    assert {cell.label: cell.text for cell in cells.values() if cell.text} == {
        "示范区 · 签约项目": "12",
        "示范区 · 到位资金": "10.5",
        "单位01 · 签约项目": "1,599",
        "单位01 · 到位资金": "5000万元",
        "单位02 · 签约项目": "abc",
        "单位02 · 到位资金": "3.3",
    }
    assert cells["t", drive.money.pk, drive.towns[0].pk].amount == 5000
    assert "无法读出“abc”是多少" in text
    assert "这些单位不在名单上，没有读入：外镇" in text
    assert "这些列不是考核指标，没有读入：备注" in text
    assert not Target.objects.exclude(unit=drive.organiser).exists()


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (None, "请选择不超过 20 MB"),
        (book(["单位", "别的"], ["单位01", 1]), "前 10 行中没有表头"),
        (book(["单位", "签约项目"], ["外镇", 1]), "没有一行是本战役的单位"),
        (SimpleUploadedFile("x.xlsx", b"PK nonsense"), "不是完好的 .xlsx"),
    ],
)
def test_sheet_that_is_no_grid_is_refused(client, drive, editor, file, reason):
    data = sent(drive, take="1") | ({"workbook": file} if file else {})
    assert reason in client.post(url(drive), data).content.decode()


def test_exported_sheet_comes_in_again_unchanged(client, drive, editor):
    pair = {(drive.money.pk, drive.park.pk): (Decimal(92900), Decimal("100000.5"))}
    actions.set_targets(campaign=drive, targets=pair, by=User.objects.system())
    answer = client.get(url(drive, "targets/?export=xlsx"))
    rows = [[cell.value for cell in row] for row in load_workbook(io.BytesIO(answer.content)).active]
    assert rows == [
        ["责任单位", "签约项目（个）", "签约项目力争（个）", "到位资金（亿元）", "到位资金力争（亿元）"],
        ["示范区", 10, None, 10.5, None],
        ["单位01", None, None, None, None],
        ["单位02", None, None, None, None],
        ["临港园区", None, None, 9.29, 10.00005],
    ]
    for query in ("", "?stretch=1"):
        data = sent(drive, take="1", workbook=SimpleUploadedFile("目标.xlsx", answer.content))
        form = client.post(url(drive) + query, data).context["form"]
        assert [cell.label for cell in form.cells.values() if cell.text != cell.saved or cell.error] == []


# --- versions ---------------------------------------------------------------------------------------


def test_draft_is_issued_and_the_next_change_opens_another(client, drive, editor):
    page = client.get(url(drive)).content.decode()
    assert "第 1 版（草稿，未下达） · 首次下达前，名次按草稿计算" in page
    body = {"document": "区招组〔2026〕7号", "holds_from": "2026-07-01", "note": ""}
    assert client.post(url(drive, "targets/issue/"), sent(drive, **body)).url == url(drive, "targets/versions/")
    assert "第 1 版 区招组〔2026〕7号 自 2026-07-01 起有效" in client.get(url(drive)).content.decode()
    owe(drive, drive.deals, {drive.towns[0]: 5, drive.organiser: 11})
    assert "第 2 版（草稿，未下达） · 第 1 版 区招组" in client.get(url(drive)).content.decode()
    told = client.get(url(drive, "targets/versions/")).context["versions"]
    assert [(str(version), count, changes) for version, count, changes, _grown in told] == [
        ("第 2 版", 3, [("示范区 · 签约项目", "10个", "11个"), ("单位01 · 签约项目", "", "5个")]),
        ("第 1 版", 2, []),
    ]
    response = client.post(url(drive, "targets/issue/"), sent(drive, holds_from="2026-06-01", nonce="n2"))
    assert "生效日期须在战役期间内" in response.content.decode()
    assert client.post(url(drive, "targets/discard/"), sent(drive, nonce="n3")).url == url(drive)
    assert TargetVersion.objects.count() == 1
    assert AuditEntry.objects.filter(action="campaign.targets_discarded").exists()


@pytest.mark.parametrize("page", ["targets/", "targets/issue/", "targets/discard/", "targets/versions/", "stages/"])
def test_quotas_are_the_organisers_own(client, drive, page):
    client.force_login(make_user("township", Role.EDITOR, drive.towns[0]))
    assert client.get(url(drive, page)).status_code == 403
    client.force_login(make_user("stranger", Role.EDITOR, make_unit("外区", Unit.Kind.DISTRICT)))
    assert client.get(url(drive, page)).status_code == 404


@pytest.mark.parametrize("page", ["targets/?compare={}", "targets/versions/", "targets/issue/"])
def test_pages_of_quotas_cost_the_same_at_any_size(
    client, drive, editor, last_year, page, django_assert_max_num_queries
):
    page = page.format(last_year.pk)
    owe(drive, drive.deals, {drive.towns[0]: 5})
    client.get(url(drive, page))
    with django_assert_max_num_queries(11) as few:
        client.get(url(drive, page))
    more = [make_unit(f"产业园{n}", Unit.Kind.PARK, drive.organiser) for n in range(30)]
    seat(drive, *more)
    for number in range(5):
        today = date(2026, 7, 1 + number)
        actions.issue_targets(campaign=drive, holds_from=today, today=today, by=User.objects.system())
        owe(drive, drive.deals, dict.fromkeys(more, 3 + number))
    with django_assert_max_num_queries(11) as many:
        client.get(url(drive, page))
    assert len(many) == len(few)
