"""manage.py load_table: what is read, who is who, which totals count, and what a second run does."""

import io
import json
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from campaigns import actions
from campaigns.models import Campaign, CampaignUnit, Entry, Indicator, Tally, Target, TargetVersion
from tests.campaigns.drives import day, make_drive, undone
from tests.factories import make_unit
from units.models import AuditEntry, Unit, User

pytestmark = pytest.mark.django_db

HEAD = "组别,单位,合计,指标,计量单位,目标,完成\n"
DRIVE = (
    HEAD
    + """\
,示范区,是,招商信息,条,358,171
,示范区,是,外出走访企业,家,720,57
,示范区,是,邀请来区考察,家,192,93
,示范区,是,5000万元以上工业项目,个,55,12
,示范区,是,新开工项目,个,26,3
乡镇,甲镇,,招商信息,条,200,100
乡镇,乙镇,,招商信息,条,158,71
乡镇,甲镇,,外出走访企业,家,720,57
乡镇,甲镇,,邀请来区考察,家,192,93
部门,丙局,,5000万元以上工业项目,个,55,12
部门,丙局,,新开工项目,个,26,3
部门,丙局,,合同资金,亿元,—,9.29
"""
)
YEAR = (
    HEAD
    + """\
,示范区,1,到位资金,亿元,105,84.8
,示范区,1,其中省外,亿元,68,55.4
,示范区,1,5亿元以上项目,个,10,10
,示范区,1,省级平台签约,亿元,130,152.8
,甲镇,,到位资金,亿元,60,50
,乙镇,,到位资金,亿元,45,34.8
,甲镇,,其中省外,亿元,68,55.4
,甲镇,,5亿元以上项目,个,10,10
,乙镇,,省级平台签约,亿元,130,152.8
"""
)


def write(tmp_path, content, name="table.csv"):
    """Write a file and return its path; text goes in as UTF-8."""
    path = Path(tmp_path) / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def load(path, as_of="2026-08-31", start="2026-07-01", end="2026-09-30", campaign="会战", **options):
    """Run the command and return what it printed."""
    out = io.StringIO()
    call_command("load_table", str(path), campaign=campaign, start=start, end=end, as_of=as_of, stdout=out, **options)
    return out.getvalue()


def load_rows(tmp_path, rows, **options):
    """Load rows below the usual heading."""
    return load(write(tmp_path, HEAD + rows), **options)


def refused(path, **options):
    """Run a load that has to be refused: exit code 2, nothing written; return the message."""
    before = counts()
    with pytest.raises(CommandError) as caught:
        load(path, **options)
    assert caught.value.returncode == 2
    assert counts() == before
    return str(caught.value)


def refused_rows(tmp_path, rows, **options):
    """Refuse rows below the usual heading."""
    return refused(write(tmp_path, HEAD + rows), **options)


def counts():
    """Count everything that a load could write."""
    models = (Unit, Indicator, Campaign, CampaignUnit, Target, Tally, Entry, AuditEntry)
    return {model.__name__: model.objects.count() for model in models}


def told(as_of="2026-08-31", campaign="会战", **options):
    """Return the JSON of the command standings."""
    out = io.StringIO()
    call_command("standings", campaign, as_of=as_of, format="json", stdout=out, **options)
    return json.loads(out.getvalue())


def figures(**options):
    """Return {(unit, indicator): (target, done, rank)} of the standings."""
    lines = told(**options)["lines"]
    return {(line["unit"], line["indicator"]): (line["target"], line["done"], line["rank"]) for line in lines}


def totals(**options):
    """Return {indicator: completion text} of the organiser."""
    lines = told(**options)["lines"]
    return {line["indicator"]: line["completion_text"] for line in lines if line["is_total"]}


# --- the two tables -----------------------------------------------------------------------------


def test_the_drive_shows_its_five_percentages(tmp_path):
    load(write(tmp_path, DRIVE))
    assert totals() == {
        "招商信息": "47.8%",
        "外出走访企业": "7.9%",
        "邀请来区考察": "48.4%",
        "5000万元以上工业项目": "21.8%",
        "新开工项目": "11.5%",
        "合同资金": "—",
    }
    assert figures()["丙局", "合同资金"] == (None, "9.29", 1)


def test_the_year_shows_its_four_percentages(tmp_path):
    load(write(tmp_path, YEAR), start="2026-01-01", end="2026-12-31", clock="month")
    assert totals() == {
        "到位资金": "80.8%",
        "其中省外": "81.5%",
        "5亿元以上项目": "100%",
        "省级平台签约": "117.5%",
    }
    value = told()
    assert value["time_progress"] == "0.666666666667"
    total = next(line for line in value["lines"] if line["is_total"])
    assert (total["completion"], total["lead_points_text"]) == ("0.807619047619", "超序时 14.1 个百分点")
    assert (total["target"], total["done"], total["measure"]) == ("105", "84.8", "亿元")


def test_a_load_says_what_it_did_and_a_second_run_that_nothing_changed(tmp_path):
    path = write(tmp_path, DRIVE)
    said = load(path)
    assert "单位 3 个" in said
    assert "指标 6 项" in said
    assert "目标 11 项，读数 7 项，未变 0 项" in said
    before = counts()
    assert "没有变化" in load(path)
    assert counts() == before


def test_what_differs_is_written_and_the_rest_left_alone(tmp_path):
    load(write(tmp_path, DRIVE))
    before = counts()
    said = load(write(tmp_path, DRIVE.replace("乙镇,,招商信息,条,158,71", "乙镇,,招商信息,条,150,70")))
    assert "目标 1 项，读数 1 项，未变 16 项" in said
    assert "表上 171条，各单位之和 170条，相差 1条" in said
    assert counts()["Entry"] == before["Entry"] + 4  # reversed and posted, on both bases
    assert counts()["Tally"] == before["Tally"]


def test_an_empty_cell_changes_nothing_already_there(tmp_path):
    load_rows(tmp_path, "乡镇,甲镇,,信息,条,10,4\n")
    assert "没有变化" in load_rows(tmp_path, ",甲镇,,信息,条,,—\n")
    assert figures()["甲镇", "信息"] == ("10", "4", 1)
    assert CampaignUnit.objects.get().group == "乡镇"


# --- reading ------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_every_usual_encoding_is_read(tmp_path, encoding):
    load(write(tmp_path, (HEAD + "乡镇,㙍镇,,信息,条,10,4\n").encode(encoding)))
    assert figures()["㙍镇", "信息"] == ("10", "4", 1)


def test_bytes_that_are_no_text_are_refused(tmp_path):
    assert "GB18030" in refused(write(tmp_path, b"\xff\xff\x80\x81,1"))
    assert "空字符" in refused(write(tmp_path, "单位,指标,计量单位\0\n"))
    assert ".xls" in refused(write(tmp_path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"))
    assert "无法读取" in refused(tmp_path / "missing.csv")
    assert "工作簿" in refused(write(tmp_path, b"PK\x03\x04 broken"))


def test_english_headings_titles_above_and_other_columns_are_taken(tmp_path):
    text = "2026年通报,,\n\n序号,Unit,indicator, Measure ,target,done,备注\n1,甲镇,信息,条,10,4,好\n"
    load(write(tmp_path, text))
    assert figures()["甲镇", "信息"] == ("10", "4", 1)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("单位,目标\n甲镇,1\n", "没有表头"),
        ("x\n" * 10 + "单位,指标,计量单位\n甲镇,信息,条\n", "没有表头"),
        ("单位,指标,目标\n甲镇,信息,1\n", "计量单位"),
        ("单位,指标,计量单位,目标,目标\n甲镇,信息,条,1,2\n", "两列"),
        ("单位,指标,计量单位\n,,\n", "没有数据"),
    ],
)
def test_a_table_without_a_clear_heading_is_refused(tmp_path, text, reason):
    assert reason in refused(write(tmp_path, text))


@pytest.mark.parametrize(
    ("cell", "done"),
    [('"1,599"', "1599"), ("１２３", "123"), ("-3.5", "-3.5"), ("0", "0"), ("0.000001", "0.000001"), (" 7 ", "7")],
)
def test_amounts_are_read(tmp_path, cell, done):
    load_rows(tmp_path, f"乡镇,甲镇,,信息,条,10,{cell}\n")
    assert figures()["甲镇", "信息"][1] == done


@pytest.mark.parametrize("cell", ["", "—", "–", "-", "/", "　", "－", "——"])
def test_dashes_mean_empty(tmp_path, cell):
    load_rows(tmp_path, f"乡镇,甲镇,,信息,条,{cell},{cell}\n乡镇,乙镇,,信息,条,10,0\n")
    assert figures()["甲镇", "信息"] == (None, None, None)
    assert figures()["乙镇", "信息"] == ("10", "0", 1)


@pytest.mark.parametrize(
    ("rows", "number", "reason"),
    [
        ("乡镇,甲镇,,信息,条,10,已完成\n", 2, "已完成"),
        ("乡镇,甲镇,,信息,条,10,约5\n", 2, "约5"),
        ("乡镇,甲镇,,信息,条,10,12/55\n", 2, "12/55"),
        ("乡镇,甲镇,,信息,条,10,1e3\n", 2, "1e3"),
        ('乡镇,甲镇,,信息,条,10,"15,99"\n', 2, "15,99"),
        ("乡镇,甲镇,,信息,条,10,0.0000001\n", 2, "6 位小数"),
        ("乡镇,甲镇,,资金,亿元,10,0.00000000001\n", 2, "6 位小数"),
        ("乡镇,甲镇,,资金,元,10,0.001\n", 2, "6 位小数"),
        ("乡镇,甲镇,,资金,亿元,10,99999999999\n", 2, "过大"),
        ("乡镇,甲镇,,资金,亿元,10,5家\n", 2, "亿元"),
        ("乡镇,甲镇,,信息,条,-1,5\n", 2, "目标不能为负"),
        ("乡镇,甲镇,,信息,条,1,5\n部门,甲镇,,走访,家,1,5\n", 3, "第 2 行的“乡镇”"),
        ("乡镇,甲镇,,信息,条,1,5\n乡镇,甲镇,,信息,条,2,\n", 3, "与第 2 行重复"),
        ("乡镇,甲镇,,资金,亿元,1,5\n\n乡镇,甲镇,,资金,万元,1,\n", 4, "与第 2 行重复"),
        ("乡镇,,,信息,条,1,5\n", 2, "单位"),
        ("乡镇,甲镇,,,条,1,5\n", 2, "指标"),
        ("乡镇,甲镇,,信息,,1,5\n", 2, "计量单位"),
        (f"乡镇,{'镇' * 101},,信息,条,1,5\n", 2, "超过 100 个字"),
        ("乡镇,甲镇,yes,信息,条,1,5\n", 2, "yes"),
    ],
)
def test_a_bad_row_stops_the_load_with_its_number_and_reason(tmp_path, rows, number, reason):
    message = refused_rows(tmp_path, rows)
    assert f"第 {number} 行" in message
    assert reason in message


def test_every_bad_row_is_named_at_once(tmp_path):
    make_drive("旧战", indicators={"签约": "个"}, kinds={"签约": {"fed_by": "facts"}})
    message = refused_rows(
        tmp_path,
        "乡镇,甲镇,,信息,条,坏,也坏\n乡镇,乙镇,,信息,条,1,2\n乡镇,丁镇,,信息,条,-5,1\n乡镇,乙镇,,签约,个,1,2\n",
    )
    lines = message.splitlines()
    assert [line[:6] for line in lines[1:]] == ["第 2 行：", "第 4 行：", "第 5 行："]
    assert "坏" in lines[1]
    assert "也坏" in lines[1]
    assert "台账事实" in lines[3]


# --- workbooks ----------------------------------------------------------------------------------


def sheet(tmp_path, *rows, edit=None):
    """Write a workbook below the usual heading."""
    book = Workbook()
    page = book.active
    page.append(HEAD.strip().split(","))
    for row in rows:
        page.append(row)
    if edit:
        edit(page)
    book.create_sheet("第二页").append(["单位", "指标"])
    path = Path(tmp_path) / "table.xlsx"
    book.save(path)
    return path


def test_number_cells_are_what_the_sheet_shows(tmp_path):
    load(
        sheet(
            tmp_path,
            ["乡镇", "甲镇", None, "资金", "亿元", 0.1 + 0.2, 9.29],
            [None, "示范区", 1, "资金", "亿元", 55, 9.29],
        )
    )
    assert figures()["甲镇", "资金"] == ("0.3", "9.29", 1)
    assert figures()["示范区", "资金"] == ("55", "9.29", None)


def test_percent_cells_are_what_the_sheet_shows(tmp_path):
    def edit(page):
        page["G2"].number_format = "0.0%"
        page["G3"].number_format = '0.0"%"'

    load(
        sheet(tmp_path, ["", "甲镇", "", "增速", "%", "", 0.478], ["", "乙镇", "", "增速", "%", "", 47.8], edit=edit)
    )
    assert figures()["甲镇", "增速"] == figures()["乙镇", "增速"] == (None, "47.8", 1)


def test_a_formula_without_a_value_is_refused_by_its_address(tmp_path):
    message = refused(sheet(tmp_path, ["乡镇", "甲镇", None, "资金", "亿元", 5, "=1+1"]))
    assert "第 2 行" in message
    assert "G2" in message


def test_a_formula_in_a_column_that_is_ignored_does_not_matter(tmp_path):
    load(sheet(tmp_path, ["乡镇", "甲镇", None, "资金", "亿元", 5, 2, "=G2/F2"]))
    assert figures()["甲镇", "资金"] == ("5", "2", 1)


def test_formulas_with_their_value_are_read(tmp_path):
    """A spreadsheet program saves the value beside the formula; openpyxl does not, so it is put in by hand."""
    source = sheet(tmp_path, ["乡镇", "甲镇", None, "资金", "亿元", 5, "=1+1"])
    target = Path(tmp_path) / "calculated.xlsx"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.endswith("sheet1.xml"):
                assert b"<f>1+1</f><v></v>" in data or b"<f>1+1</f><v />" in data or b"<f>1+1</f><v/>" in data
                for empty in (b"<v></v>", b"<v />", b"<v/>"):
                    data = data.replace(b"<f>1+1</f>" + empty, b"<f>1+1</f><v>2</v>")
            new.writestr(name, data)
    load(target)
    assert figures()["甲镇", "资金"] == ("5", "2", 1)


def test_a_merged_name_speaks_for_all_its_rows_and_a_merged_number_for_none(tmp_path):
    rows = [["乡镇", "甲镇", None, "信息", "条", 5, 2], [None, "乙镇", None, "信息", "条", 5, 3]]
    load(sheet(tmp_path, *rows, edit=lambda page: page.merge_cells("A2:A3")))
    assert set(CampaignUnit.objects.values_list("unit__name", "group")) == {("甲镇", "乡镇"), ("乙镇", "乡镇")}
    message = refused(sheet(tmp_path, *rows, edit=lambda page: page.merge_cells("F2:F3")))
    assert "第 3 行" in message
    assert "F2" in message


def test_a_far_away_formatted_cell_costs_nothing_and_a_far_away_row_is_not_lost(tmp_path):
    def blank(page):
        page["A30000"].number_format = "0.0%"
        page["A30000"] = None

    load(sheet(tmp_path, ["乡镇", "甲镇", None, "信息", "条", 5, 2], edit=blank))

    def filled(page):
        page["B30000"] = "乙镇"

    assert "20000 行" in refused(sheet(tmp_path, ["乡镇", "甲镇", None, "信息", "条", 5, 2], edit=filled))


# --- identity -----------------------------------------------------------------------------------


def test_units_and_indicators_that_exist_are_used(tmp_path):
    drive = make_drive("旧战", indicators={"信息": "条"})
    load_rows(tmp_path, "乡镇,甲镇,,信息,条,10,4\n乡镇,新镇,,信息,条,10,5\n", start="2026-10-01", end="2026-10-31",
              as_of="2026-10-10", organiser="示范区")  # fmt: skip
    assert Unit.objects.get(name="甲镇") == drive.units["甲镇"]
    assert Unit.objects.get(name="新镇").parent == drive.organiser
    assert Unit.objects.get(name="新镇").kind == Unit.Kind.TOWNSHIP
    assert Indicator.objects.get(name="信息") == drive.indicators["信息"]


def test_a_unit_of_the_same_name_elsewhere_is_another_unit(tmp_path):
    other = make_unit("别区")
    make_unit("甲镇", Unit.Kind.TOWNSHIP, other)
    load_rows(tmp_path, "乡镇,甲镇,,信息,条,10,4\n", organiser="示范区")
    assert {unit.parent.name for unit in Unit.objects.filter(name="甲镇")} == {"别区", "示范区"}


def test_two_units_of_one_name_within_the_organiser_cannot_be_told_apart(tmp_path):
    top = make_unit("示范区")
    for name in ("东片", "西片"):
        make_unit("专班", Unit.Kind.TEAM, make_unit(name, Unit.Kind.PARK, top))
    assert "同名单位" in refused_rows(tmp_path, "乡镇,专班,,信息,条,10,4\n", organiser="示范区")


def test_measures_of_money_are_converted_and_shown_in_the_first_row_s(tmp_path):
    load_rows(tmp_path, "乡镇,甲镇,,资金,亿元,10,9.29\n乡镇,乙镇,,资金,万元,5000,2500\n")
    assert Target.objects.get(unit__name="甲镇").amount == 100000
    assert figures()["甲镇", "资金"] == ("10", "9.29", 1)
    assert figures()["乙镇", "资金"] == ("0.5", "0.25", 2)


def test_another_dimension_under_the_same_name_is_another_indicator_and_warned_of(tmp_path):
    said = load_rows(tmp_path, "乡镇,甲镇,,签约,个,10,4\n乡镇,甲镇,,签约,亿元,3,2\n")
    assert "“签约”有不同的计量" in said
    assert sorted(Indicator.objects.values_list("name", "dimension")) == [("签约", "money"), ("签约", "个")]
    assert [(line["measure"], line["done"]) for line in told()["lines"] if line["unit"] == "甲镇"] == [
        ("个", "4"),
        ("亿元", "2"),
    ]


def test_an_indicator_fed_by_facts_takes_targets_and_no_figure(tmp_path):
    make_drive("旧战", indicators={"签约": "个"}, kinds={"签约": {"fed_by": "facts"}})
    assert "台账事实" in refused_rows(tmp_path, "乡镇,甲镇,,签约,个,10,0\n")
    assert "台账事实" in refused_rows(tmp_path, "乡镇,甲镇,,签约,个,10,\n,示范区,1,签约,个,10,3\n")
    load_rows(tmp_path, "乡镇,甲镇,,签约,个,10,\n")
    assert figures()["甲镇", "签约"] == ("10", "0", 1)


def test_a_ratio_takes_targets_and_no_figure(tmp_path):
    drive = make_drive("旧战", indicators={"签约": "个", "开工": "个"})
    actions.create_indicator(
        name="开工率", dimension="%", kind="ratio", numerator=drive.indicators["开工"],
        denominator=drive.indicators["签约"], by=User.objects.system(),
    )  # fmt: skip
    assert "比率" in refused_rows(tmp_path, "乡镇,甲镇,,开工率,%,50,40\n")
    load_rows(tmp_path, "乡镇,甲镇,,开工率,%,50,\n")
    assert figures()["甲镇", "开工率"] == ("50", None, None)


def test_a_figure_of_another_campaign_of_the_same_days_is_refused(tmp_path):
    load_rows(tmp_path, "乡镇,甲镇,,信息,条,10,4\n", organiser="示范区")
    message = refused_rows(tmp_path, "乡镇,甲镇,,信息,条,10,4\n", campaign="另一战", organiser="示范区")
    assert "会战" in message


# --- start, end, clock, organiser ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "both"),
    [
        ({"start": "2026-06-01"}, ("2026-07-01", "2026-06-01")),
        ({"end": "2026-10-31"}, ("2026-09-30", "2026-10-31")),
        ({"clock": "day"}, ("按月", "按日")),
        ({"organiser": "别区"}, ("示范区", "别区")),
    ],
)
def test_another_start_end_clock_or_organiser_is_an_error_that_names_both(tmp_path, options, both):
    path = write(tmp_path, HEAD + "乡镇,甲镇,,信息,条,10,4\n,示范区,1,信息,条,9,4\n")
    load(path, clock="month")
    assert "没有变化" in load(path)
    message = refused(path, **options)
    assert all(word in message for word in both)
    assert Campaign.objects.get().clock == "month"


def test_the_clock_runs_by_day_at_first(tmp_path):
    load_rows(tmp_path, "乡镇,甲镇,,信息,条,10,4\n")
    assert Campaign.objects.get().clock == "day"


@pytest.mark.parametrize("as_of", ["2026-06-30", "2026-10-01"])
def test_a_day_outside_the_campaign_is_an_error(tmp_path, as_of):
    assert as_of in refused_rows(tmp_path, "乡镇,甲镇,,信息,条,10,4\n", as_of=as_of)


def test_an_end_before_the_start_and_a_day_that_is_none_are_errors(tmp_path):
    assert "早于" in refused_rows(tmp_path, "乡镇,甲镇,,信息,条,10,4\n", end="2026-06-30")
    with pytest.raises(CommandError, match="不是日期"):
        call_command("load_table", "x", "--campaign=会战", "--start=7月1日", "--end=2026-09-30", "--as-of=2026-08-31")


@pytest.mark.parametrize(
    ("rows", "options", "organiser"),
    [
        (",示范区,1,信息,条,10,4\n", {}, "示范区"),
        (",示范区,1,信息,条,10,4\n", {"organiser": "招商局"}, "招商局"),
        ("乡镇,乡镇小计,是,信息,条,10,4\n,示范区,是,信息,条,10,4\n", {}, "乡镇小计"),
        (",合 计,1,信息,条,10,4\n,示范区,1,信息,条,10,4\n", {}, "会战"),
        (",全区,1,信息,条,10,4\n", {}, "会战"),
        (",,1,信息,条,10,4\n", {}, "会战"),
        ("", {}, "会战"),
    ],
)
def test_the_organiser_is_named_by_option_total_row_or_campaign(tmp_path, rows, options, organiser):
    load_rows(tmp_path, rows + "乡镇,甲镇,,信息,条,10,4\n", **options)
    assert Campaign.objects.get().organiser.name == organiser
    assert Unit.objects.get(name="甲镇").parent.name == organiser
    assert set(CampaignUnit.objects.values_list("unit__name", flat=True)) == {"甲镇"}


# --- totals -------------------------------------------------------------------------------------


def test_of_several_totals_the_one_without_group_counts_and_the_others_are_checked(tmp_path):
    said = load_rows(
        tmp_path,
        "乡镇,小计,是,信息,条,30,12\n乡镇,甲镇,,信息,条,10,4\n乡镇,乙镇,,信息,条,20,5\n"
        "部门,小计,是,信息,条,7,6\n部门,丙局,,信息,条,7,6\n,示范区,是,信息,条,40,15\n",
    )
    assert Campaign.objects.get().organiser.name == "会战"  # the first total row is only 小计
    assert figures()["会战", "信息"] == ("40", "15", None)
    assert "第 2 行 小计（乡镇）“信息”完成：表上 12条，各单位之和 9条，相差 3条" in said
    assert "目标" not in said.split("新建")[0]
    assert said.count("核对：") == 1


def test_without_a_total_that_has_no_group_the_first_counts(tmp_path):
    load_rows(
        tmp_path,
        "乡镇,合计,1,信息,条,30,9\n部门,合计,1,信息,条,7,6\n乡镇,甲镇,,信息,条,10,4\n部门,丙局,,信息,条,5,6\n",
    )
    assert figures()["会战", "信息"][0] == "30"


def test_a_difference_from_the_sum_is_reported_and_no_error(tmp_path):
    said = load_rows(tmp_path, ",示范区,1,资金,亿元,10,9\n乡镇,甲镇,,资金,万元,10000,8000\n")
    assert "第 2 行 合计“资金”完成：表上 9亿元，各单位之和 0.8亿元，相差 8.2亿元" in said
    assert figures()["示范区", "资金"] == ("10", "0.8", None)


def test_the_organiser_row_needs_no_name_and_its_group_does_not_matter(tmp_path):
    load_rows(tmp_path, "乡镇,随便,1,信息,条,10,4\n乡镇,甲镇,,信息,条,10,4\n", organiser="示范区")
    assert figures()["示范区", "信息"] == ("10", "4", None)
    assert not Unit.objects.filter(name="随便").exists()


def test_a_level_has_the_organiser_s_own_reading_and_is_ranked_by_value_below_zero(tmp_path):
    said = load_rows(
        tmp_path,
        ",示范区,1,增速,%,,3.5\n,甲镇,,增速,%,,-2\n,乙镇,,增速,%,,0\n,丙镇,,增速,%,,—\n,丁镇,,增速,%,,8.1%\n",
    )
    assert Indicator.objects.get().kind == "level"
    assert "核对" not in said
    assert figures() == {
        ("甲镇", "增速"): (None, "-2", 3),
        ("乙镇", "增速"): (None, "0", 2),
        ("丙镇", "增速"): (None, None, None),
        ("丁镇", "增速"): (None, "8.1", 1),
        ("示范区", "增速"): (None, "3.5", None),
    }
    load_rows(tmp_path, ",示范区,1,增速,%,,4\n,甲镇,,增速,%,,-5\n", as_of="2026-09-10")
    assert figures(as_of="2026-09-10")["示范区", "增速"][1] == "4"
    assert figures(as_of="2026-09-10")["甲镇", "增速"][1] == "-5"


def test_the_organiser_may_be_on_the_roster_but_not_twice_on_one_line(tmp_path):
    make_unit("示范区")
    message = refused_rows(tmp_path, ",示范区,1,信息,条,10,4\n,示范区,,信息,条,3,1\n")
    assert "第 3 行" in message
    load_rows(tmp_path, ",示范区,,信息,条,3,1\n,甲镇,,信息,条,3,2\n", organiser="示范区")
    lines = [(line["unit"], line["is_total"], line["done"]) for line in told()["lines"]]
    assert lines == [("示范区", False, "1"), ("甲镇", False, "2"), ("示范区", True, "3")]


# --- values -------------------------------------------------------------------------------------


def test_no_target_a_zero_target_and_nothing_reported_are_three_things(tmp_path):
    load_rows(tmp_path, ",甲镇,,信息,条,,4\n,乙镇,,信息,条,0,4\n,丙镇,,信息,条,5,\n,丁镇,,信息,条,5,0\n")
    assert figures() | {("会战", "信息"): None} == {
        ("甲镇", "信息"): (None, "4", None),
        ("乙镇", "信息"): ("0", "4", None),
        ("丙镇", "信息"): ("5", None, None),
        ("丁镇", "信息"): ("5", "0", 1),
        ("会战", "信息"): None,
    }
    scores = {score["unit"]: (score["score"], score["rank"]) for score in told()["scores"]}
    assert scores == {"甲镇": (None, None), "乙镇": (None, None), "丙镇": ("0", 1), "丁镇": ("0", 1)}


@pytest.mark.parametrize(
    ("basis", "reported", "recognised"),
    [("both", "4", "4"), ("reported", "4", None), ("recognised", None, "4")],
)
def test_a_figure_stands_on_the_bases_asked_for(tmp_path, basis, reported, recognised):
    load_rows(tmp_path, "乡镇,甲镇,,信息,条,10,4\n", basis=basis)
    assert figures(basis="reported")["甲镇", "信息"][1] == reported
    assert figures(basis="recognised")["甲镇", "信息"][1] == recognised


def test_the_two_bases_may_be_loaded_one_after_the_other(tmp_path):
    load_rows(tmp_path, "乡镇,甲镇,,资金,亿元,5,5.3\n", basis="recognised")
    load_rows(tmp_path, "乡镇,甲镇,,资金,亿元,5,12.6\n", basis="reported")
    tally = Tally.objects.get()
    assert (tally.amount, tally.recognised_amount, tally.recognition) == (126000, 53000, "reduced")
    assert told(basis="recognised")["lines"][0]["completion_text"] == "106%"


def test_a_second_table_adds_units_and_a_changed_group_is_said(tmp_path):
    load_rows(tmp_path, "乡镇,甲镇,,信息,条,10,4\n乡镇,乙镇,,信息,条,10,5\n")
    said = load_rows(tmp_path, "部门,丙局,,信息,条,10,4\n园区,乙镇,,信息,条,10,5\n")
    assert "“乙镇”的组别由“乡镇”改为“园区”" in said
    roster = CampaignUnit.objects.values_list("unit__name", "group")
    assert list(roster) == [("甲镇", "乡镇"), ("乙镇", "园区"), ("丙局", "部门")]


def test_a_stretch_target_set_by_people_survives(tmp_path):
    load_rows(tmp_path, "乡镇,甲镇,,信息,条,10,4\n")
    campaign, line, unit = Campaign.objects.get(), Target.objects.get().line_id, Unit.objects.get(name="甲镇")
    values = {(line, unit.pk): (Decimal(10), Decimal(20))}
    actions.set_targets(campaign=campaign, targets=values, by=User.objects.system())
    load_rows(tmp_path, "乡镇,甲镇,,信息,条,12,4\n")
    assert Target.objects.values_list("amount", "stretch").get() == (12, 20)


def test_changed_targets_of_a_table_hold_from_its_day_where_some_were_issued(tmp_path):
    load_rows(tmp_path, "乡镇,甲镇,,信息,条,10,4\n")
    campaign, by = Campaign.objects.get(), User.objects.system()
    actions.issue_targets(campaign=campaign, holds_from=campaign.starts_on, today=campaign.starts_on, by=by)
    load_rows(tmp_path, "乡镇,甲镇,,信息,条,12,4\n")
    held = TargetVersion.objects.values_list("number", "holds_from", "note", "targets__amount")
    assert list(held) == [(2, day(8, 31), "按公布的表写入", 12), (1, campaign.starts_on, "", 10)]
    line, unit = campaign.lines.get(), Unit.objects.get(name="甲镇")
    actions.set_targets(campaign=campaign, targets={(line.pk, unit.pk): Decimal(13)}, by=by)
    assert "有未下达的修改" in refused_rows(tmp_path, "乡镇,甲镇,,信息,条,14,4\n")


def test_a_closed_month_keeps_its_figures_and_the_load_says_so(tmp_path):
    load_rows(tmp_path, "乡镇,甲镇,,信息,条,10,4\n")
    actions.close_month(month=day(8), reason="已通报", by=User.objects.system())
    said = load_rows(tmp_path, "乡镇,甲镇,,信息,条,10,6\n")
    assert "已封账" in said
    assert figures()["甲镇", "信息"][1] == "4"
    assert figures(as_of="2026-09-01")["甲镇", "信息"][1] == "6"


PUBLISHED = st.lists(
    st.tuples(st.integers(1, 31), st.one_of(st.none(), st.integers(-5, 90))), max_size=5, unique_by=lambda row: row[0]
)


@settings(max_examples=30)
@given(published=PUBLISHED.flatmap(st.permutations))
def test_tables_loaded_in_any_order_of_days_keep_every_day_s_figure(tmp_path_factory, published):
    folder = tmp_path_factory.mktemp("tables")
    with undone():
        for number, done in published:
            row = f"乡镇,甲镇,,信息,条,10,{'' if done is None else done}\n"
            load_rows(folder, row, as_of=day(8, number).isoformat())
        for number, _done in published:
            earlier = [row for row in sorted(published) if row[0] <= number and row[1] is not None]
            shown = str(earlier[-1][1]) if earlier else None
            assert figures(as_of=day(8, number).isoformat())["甲镇", "信息"][1] == shown
