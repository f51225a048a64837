"""Beginning a campaign from an earlier one or a published table; phases with dated demands."""

from base64 import urlsafe_b64encode
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from campaigns import actions
from campaigns.models import Campaign, Phase, Target
from tests.campaigns.factories import count, make_campaign, make_indicator, make_units, owe
from tests.factories import make_unit, make_user
from units.actions import move_unit
from units.models import AuditEntry, Role, Unit, User

pytestmark = pytest.mark.django_db
PHASES = [
    {"name": "动员", "starts_on": date(2026, 7, 1), "ends_on": date(2026, 7, 10), "demand": "报方案",
     "due_on": date(2026, 7, 5)},
    {"name": "收官", "starts_on": date(2026, 9, 1), "ends_on": date(2026, 9, 30), "demand": "交总结",
     "due_on": date(2026, 9, 30)},
]  # fmt: skip


@pytest.fixture
def top():
    return make_unit("示范区")


@pytest.fixture
def editor(client, top):
    user = make_user("editor", Role.EDITOR, top)
    client.force_login(user)
    return user


@pytest.fixture
def drive(top):
    """Return a drive with a group line, indicators, targets and phases."""
    by = User.objects.system()
    campaign = make_campaign(top, slogan="项目为王", office="设在招商局")
    first, second, third = make_units(3, top)
    seats = [
        {"unit": first, "group": "小组", "leader": "甲", "title": "第一小组", "further": [second]},
        {"unit": third, "group": "单打"},
    ]
    actions.set_roster(campaign=campaign, seats=seats, by=by)
    (line,) = count(campaign, make_indicator(), weight=Decimal(30))
    owe(campaign, line, {first: 10, top: 50})
    actions.set_phases(campaign=campaign, phases=PHASES, by=by)
    return campaign


def roster(campaign):
    """Return the lines of a roster as tuples."""
    return [
        (row.unit.name, row.group, row.leader, row.title, [one.unit.name for one in row.further.all()])
        for row in campaign.roster.select_related("unit")
    ]


def demands(campaign):
    """Return the demands of a campaign."""
    return list(campaign.phases.values_list("name", "starts_on", "ends_on", "demand", "due_on"))


# --- from an earlier campaign -----------------------------------------------------------------------


@pytest.mark.parametrize(("sent", "owed"), [({}, 0), ({"with_targets": "on"}, 2)])
def test_copy_brings_roster_lines_and_phases_and_targets_by_choice(client, editor, drive, sent, owed):
    form = {"name": "第二轮", "starts_on": "2026-10-01", "nonce": "a"} | sent
    assert client.post(f"/campaigns/{drive.pk}/copy/", form).status_code == 302
    copy = Campaign.objects.get(name="第二轮")
    assert (copy.starts_on, copy.ends_on, copy.days) == (date(2026, 10, 1), date(2026, 12, 31), drive.days)
    assert (copy.slogan, copy.office) == ("项目为王", "设在招商局")
    assert roster(copy) == roster(drive)
    assert [(str(line), line.weight) for line in copy.lines.all()] == [("招商信息", 30)]
    assert demands(copy) == [
        ("动员", date(2026, 10, 1), date(2026, 10, 10), "报方案", date(2026, 10, 5)),
        ("收官", date(2026, 12, 2), date(2026, 12, 31), "交总结", date(2026, 12, 31)),
    ]
    assert Target.objects.filter(line__campaign=copy).count() == owed


@pytest.mark.parametrize(
    ("first", "last", "again", "ends"),
    [
        (date(2024, 1, 1), date(2024, 12, 31), date(2025, 1, 1), date(2025, 12, 31)),
        (date(2025, 7, 1), date(2026, 6, 30), date(2027, 7, 1), date(2028, 6, 30)),
        (date(2025, 1, 10), date(2025, 4, 19), date(2026, 1, 10), date(2026, 4, 19)),
    ],
)
def test_copy_of_a_year_is_a_year(top, first, last, again, ends):
    source = make_campaign(top, starts_on=first, ends_on=last)
    copy = actions.copy_campaign(
        source=source, name="下一年", starts_on=again, with_targets=False, by=User.objects.system()
    )
    assert copy.ends_on == ends


@pytest.mark.parametrize(
    ("again", "due"),
    [
        (date(2028, 1, 1), [date(2028, 2, 28), date(2028, 6, 30), date(2028, 12, 31)]),  # a leap year
        (date(2027, 1, 15), [date(2027, 3, 14), date(2027, 7, 14), date(2028, 1, 14)]),  # as many days later
    ],
)
def test_copy_of_a_year_keeps_the_ends_of_months(top, again, due):
    source = make_campaign(top, starts_on=date(2027, 1, 1), ends_on=date(2027, 12, 31))
    ends = (date(2027, 2, 28), date(2027, 6, 30), date(2027, 12, 31))
    stages = [(day, Decimal(share), "") for day, share in zip(ends, ("0.2", "0.5", "1"), strict=True)]
    actions.set_stages(campaign=source, stages=stages, by=User.objects.system())
    copy = actions.copy_campaign(
        source=source, name="下一年", starts_on=again, with_targets=False, by=User.objects.system()
    )
    assert list(copy.stages.values_list("on", flat=True)) == due


def test_copy_leaves_merged_units_behind(drive):
    first, *_rest = drive.roster.all()
    into = make_unit("并入镇", Unit.Kind.TOWNSHIP, drive.organiser)
    move_unit(unit=first.unit, under=into, on=date(2026, 10, 1), ends=True, by=User.objects.system())
    copy = actions.copy_campaign(
        source=drive, name="第二轮", starts_on=date(2026, 11, 1), with_targets=True, by=User.objects.system()
    )
    assert first.unit not in {seat.unit for seat in copy.roster.all()}
    assert copy.roster.count() == drive.roster.count() - 1
    assert not Target.objects.filter(line__campaign=copy, unit=first.unit).exists()


def test_copy_is_for_editors_of_the_organiser(client, drive):
    client.force_login(make_user("low", Role.EDITOR, drive.roster.first().unit))
    assert client.get(f"/campaigns/{drive.pk}/copy/").status_code == 403
    with pytest.raises(PermissionDenied):
        actions.copy_campaign(
            source=drive, name="第二轮", starts_on=date(2026, 10, 1), with_targets=False, by=make_user("nobody")
        )


# --- phases -----------------------------------------------------------------------------------------


def phases_form(campaign, *rows):
    """Return the phases form as a browser sends it."""
    campaign.refresh_from_db()
    data = {"rows-TOTAL_FORMS": len(rows), "rows-INITIAL_FORMS": 0, "version": campaign.version, "nonce": "p"}
    for number, row in enumerate(rows):
        data |= {f"rows-{number}-{name}": value for name, value in row.items()}
    return data


def test_phases_page_keeps_rows_and_a_demand_is_due_by_the_end_of_its_phase(client, editor, drive):
    row = {"name": "攻坚", "starts_on": "2026-08-01", "ends_on": "2026-08-31", "demand": "签约过半"}
    sent = phases_form(drive, row, {"name": ""}, row | {"demand": "不要了", "remove": "on"})
    assert client.post(f"/campaigns/{drive.pk}/phases/", sent).status_code == 302
    assert demands(drive) == [("攻坚", date(2026, 8, 1), date(2026, 8, 31), "签约过半", date(2026, 8, 31))]
    changes = AuditEntry.objects.filter(action="campaign.phases_set").latest("pk").lines
    assert len(changes) == 3
    assert "签约过半" in client.get(f"/campaigns/{drive.pk}/setup/").content.decode()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"due_on": "2026-09-01"}, "时限须在阶段起止日期之内"),
        ({"ends_on": "2026-10-31"}, "须在战役期间"),
        ({"ends_on": "2026-07-31"}, "结束日期不能早于开始日期"),
        ({"demand": ""}, "请填写"),
    ],
)
def test_phases_page_says_what_is_wrong(client, editor, drive, changed, told):
    row = {"name": "攻坚", "starts_on": "2026-08-01", "ends_on": "2026-08-31", "demand": "签约过半"} | changed
    response = client.post(f"/campaigns/{drive.pk}/phases/", phases_form(drive, row))
    assert told in response.content.decode()
    assert Phase.objects.count() == 2


def test_phase_lies_within_its_campaign(drive):
    with pytest.raises(ValidationError, match="须在战役期间"):
        actions.set_phases(
            campaign=drive, phases=[PHASES[0] | {"ends_on": date(2026, 12, 31)}], by=User.objects.system()
        )


# --- from a published table -------------------------------------------------------------------------

TABLE = """组别,单位,合计,指标,计量单位,目标,完成
乡镇,甲镇,,招商信息,条,10,4
乡镇,乙镇,,招商信息,条,20,15
,示范区,1,招商信息,条,30,19
"""


def sent(text=TABLE, **changed):
    """Return the table form as a browser sends it."""
    organiser = Unit.objects.get(name="示范区")
    file = SimpleUploadedFile("通报.csv", text.encode())
    return {
        "name": "百日会战", "organiser": organiser.pk, "starts_on": "2026-07-01", "ends_on": "2026-09-30",
        "as_of": "2026-08-15", "clock": "day", "basis": "both", "file": file, "nonce": "t",
    } | changed  # fmt: skip


@pytest.fixture
def towns(top):
    return [make_unit(name, Unit.Kind.TOWNSHIP, top) for name in ("甲镇", "乙镇")]


def test_table_is_previewed_with_its_cells_and_nothing_is_written(client, editor, towns):
    page = client.post("/campaigns/from-table/", sent())
    assert [(row["unit"], row["target"], row["done"]) for row in page.context["rows"]] == [
        ("甲镇", ("10", "F2"), ("4", "G2")),
        ("乙镇", ("20", "F3"), ("15", "G3")),
        ("示范区", ("30", "F4"), ("19", "G4")),
    ]
    assert "确认导入" in page.content.decode()
    assert not Campaign.objects.exists()


def test_table_that_was_looked_at_is_written_once_confirmed(client, editor, towns):
    kept = urlsafe_b64encode(TABLE.encode()).decode()
    page = client.post("/campaigns/from-table/", sent())
    assert page.context["form"]["kept"].value() == kept
    response = client.post("/campaigns/from-table/", sent(file="", kept=kept, step="save"))
    campaign = Campaign.objects.get()
    assert response.url == f"/campaigns/{campaign.pk}/setup/"
    assert roster(campaign) == [("甲镇", "乡镇", "", "", []), ("乙镇", "乡镇", "", "", [])]
    assert Target.objects.filter(line__campaign=campaign).count() == 3


def test_table_says_in_which_cell_it_is_wrong(client, editor, towns):
    text = TABLE.replace("10,4", "10,很多").replace("乙镇", "丙镇")
    page = client.post("/campaigns/from-table/", sent(text))
    told = page.context["told"]
    assert [cell for cell, _reason in told] == ["G2", "第 3 行"]
    assert "还没有单位“丙镇”" in told[1][1]
    assert not Campaign.objects.exists()
    assert not Unit.objects.filter(name="丙镇").exists()


def test_table_of_a_day_to_come_is_refused(client, editor, towns):
    page = client.post("/campaigns/from-table/", sent(ends_on="2099-12-31", as_of="2099-08-15"))
    assert "截至日期 2099-08-15 还没有到" in page.content.decode()
    assert "outcome" not in page.context


def test_table_is_kept_where_only_the_form_is_wrong(client, editor, towns):
    page = client.post("/campaigns/from-table/", sent(name=""))
    kept = page.context["form"]["kept"].value()
    assert kept == urlsafe_b64encode(TABLE.encode()).decode()
    assert "已读入；要换一个文件" in page.content.decode()
    page = client.post("/campaigns/from-table/", sent(file="", kept=kept))
    assert "确认导入" in page.content.decode()


def test_table_proposes_the_unit_one_edits(client, editor, top):
    assert client.get("/campaigns/from-table/").context["form"]["organiser"].value() == top.pk


def test_trail_tells_readings_in_their_measure(client, editor, towns):
    text = TABLE.replace("招商信息,条", "到账资金,亿元")
    client.post("/campaigns/from-table/", sent(text, step="save"))
    (entry,) = AuditEntry.objects.filter(action="campaign.readings_written")
    assert {label for label, *_values in entry.lines} == {
        "2026-08-15 甲镇 · 到账资金（万元）",
        "2026-08-15 乙镇 · 到账资金（万元）",
    }


@pytest.mark.parametrize("kept", ["", "不是编码", "%%%"])
def test_table_asks_for_a_file(client, editor, towns, kept):
    page = client.post("/campaigns/from-table/", sent(file="", kept=kept, step="save"))
    assert page.status_code == 200
    assert not Campaign.objects.exists()


def test_table_cannot_write_into_a_campaign_of_somebody_else(client, editor, towns):
    make_campaign(make_unit("邻区"), name="百日会战")
    page = client.post("/campaigns/from-table/", sent())
    assert "已有同名战役" in page.content.decode()
