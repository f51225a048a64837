"""Forms of a higher office: what may come in, marks and what they stand for, rows that repeat, what survives."""

import zipfile
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook, load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.table import Table

from reports.cityforms import filling, keeping
from reports.cityforms.names import Names
from reports.cityforms.spreading import followed
from reports.figures import Window, campaign_figures
from reports.figures.catalogue import catalogue
from reports.models import CityForm
from tests.campaigns.drives import day
from tests.campaigns.factories import make_units, seat_many
from tests.factories import make_unit, make_user
from tests.reports.factories import END, make_editor, make_told_drive, sign
from units.models import AuditEntry, Role

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 9, 30, 12, 0, tzinfo=timezone.get_fixed_timezone(480))


@pytest.fixture(autouse=True)
def clock():
    """Stand at noon of the last day of the drive."""
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def drive(clock, db):
    """Return a drive with figures."""
    return make_told_drive()


@pytest.fixture
def editor(drive):
    """Return an editor of the organiser."""
    return make_editor(drive)


def book_of(cells, **more):
    """Return a workbook with some cells of a sheet 表一, and of further sheets."""
    book = Workbook()
    book.active.title = "表一"
    for title, found in {"表一": cells, **more}.items():
        sheet = book[title] if title in book else book.create_sheet(title)
        for place, value in found.items():
            sheet[place] = value
    return book


def content_of(book):
    """Return the bytes of a workbook."""
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def filled(drive, book, as_of=END, basis=None):
    """Return the workbook that a form becomes."""
    content = content_of(book) if isinstance(book, Workbook) else book
    filling.check_form(content, "表.xlsx")
    return load_workbook(BytesIO(filling.fill(content, drive.standings(as_of, basis=basis))))


def checked(cells):
    """Return a form that was looked into."""
    return filling.check_form(content_of(book_of(cells)), "a.xlsx")


def values_of(sheet):
    """Return {address: value} of the cells that hold something."""
    return {cell.coordinate: cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None}


# --- marks ----------------------------------------------------------------------------------------


def test_mark_alone_becomes_a_number_a_day_or_text(drive):
    book = book_of(
        {
            "A1": "{招商信息}", "A2": "{招商信息·完成}", "A3": "{招商信息·目标}", "A4": "{招商信息·完成率}",
            "A5": "{到位资金·完成}", "A6": "{到位资金·尚差}", "A7": "{截至日期}", "A8": "{战役}", "A9": "{参战单位}",
            "B1": "{甲镇·招商信息·完成率}", "B2": "{单位：甲镇·招商信息·超额}", "B3": "{ 甲镇 ·位次}",
            "B4": "{乙镇·到位资金}", "B5": "{丙园区·到位资金·目标}", "B6": "{新签项目·完成率}", "B7": "{甲镇·得分}",
            "B8": "{乙镇·招商信息·完成}", "B9": "{时序进度}", "C1": "{招商信息·超欠序时}", "C2": "不是标记",
            "C3": 7, "C4": "{招商信息·完成任务单位}", "C5": "{招商信息·零单位}",
        }
    )  # fmt: skip
    sheet = filled(drive, book)["表一"]
    assert values_of(sheet) == {
        "A1": 14, "A2": 14, "A3": 20, "A4": 0.7, "A5": 4.2, "A6": 5.8, "A7": datetime(2026, 9, 30), "A8": "百日会战",
        "A9": 3, "B1": 1.2, "B2": 2, "B3": 1, "B4": "—", "B5": "—", "B6": "—", "B7": 92, "B8": 0, "B9": 1,
        "C1": -0.3, "C2": "不是标记", "C3": 7, "C4": 1, "C5": 1,
    }  # fmt: skip
    assert [sheet[place].number_format for place in ("A1", "A4", "B1", "B9")] == ["General", "0%", "0%", "0%"]


def test_mark_among_words_is_read_as_printed(drive):
    book = book_of({
        "A1": "截至{截至日期}，完成{招商信息}，占{招商信息·目标}的{招商信息·完成率}（{招商信息·超欠序时}）",
        "A2": "{甲镇·位次}：{甲镇·得分}；乙镇{乙镇·到位资金}",
    })  # fmt: skip
    assert values_of(filled(drive, book)["表一"]) == {
        "A1": "截至2026年9月30日，完成14条，占20条的70%（欠序时进度30个百分点）", "A2": "第1位：92分；乙镇—",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("form", "value", "shown"),
    [("General", 0.42, "0%"), ("0.00%", 0.42, "0.00%"), ("0.0", 42, "0.0"), ("0.0_ ", 42, "0.0_ ")],
)
def test_share_follows_the_format_of_its_cell(drive, form, value, shown):
    book = book_of({"A1": "{到位资金·完成率}"})
    book.active["A1"].number_format = form
    cell = filled(drive, book).active["A1"]
    assert (cell.value, cell.number_format) == (value, shown)


def test_share_just_short_of_the_whole_is_not_shown_as_the_whole(drive):
    drive.owe("招商信息", 示范区=10000)
    drive.read("招商信息", day(9, 30), 甲镇=9994)
    cell = filled(drive, book_of({"A1": "{招商信息·完成率}"})).active["A1"]
    assert (cell.value, cell.number_format) == (0.9996, "0.00%")


def test_every_name_of_the_catalogue_reads_the_same(drive):
    sign(drive, "甲镇", "锂电池", 52000, day(8, 3))
    state = drive.standings(END)
    names = Names(state)
    window = Window(first=drive.campaign.starts_on, last=END)
    for name, number in catalogue(campaign_figures(drive.campaign, END, window=window)).items():
        if name in {"签约项目最大额", "亿元以上签约项目"}:  # of contracts, not of standings
            continue
        unit = next((unit for unit in names.units if name.startswith(f"{unit}·")), None)
        found = names.of_unit(names.units[unit][0])[name.removeprefix(f"{unit}·")] if unit else names.whole[name]
        assert found.text == number.text, name


def test_unknown_marks_are_named_by_sheet_and_cell_and_nothing_is_written(drive):
    book = book_of(
        {"A1": "{战役}", "B3": "{签约·完成}", "C4": "完成{招商信息·完成律}和{不知道}", "D5": "{单位:丁镇·招商信息}"},
        表二={
            "A1": "{单位名称:街道}",
            "A2": "{甲镇·招商}",
            "B7": "{合计:到位}",
            "C7": "{单位名称}",
            "D7": "{单位:甲镇}",
        },
    )
    with pytest.raises(ValidationError) as raised:
        filled(drive, book)
    assert raised.value.messages == [
        "“表一”B3：{签约·完成} 没有这个指标、单位或数",
        "“表一”C4：{招商信息·完成律} 没有这个指标、单位或数",
        "“表一”C4：{不知道} 没有这个指标、单位或数",
        "“表一”D5：{单位:丁镇·招商信息} 没有这个指标、单位或数",
        "“表二”A1：{单位名称:街道} 没有组别“街道”的参战单位",
        "“表二”A2：{甲镇·招商} 没有这个数",
        "“表二”B7：{合计:到位} 没有这个数",
        "“表二”D7：{单位:甲镇} 没有这个指标、单位或数",
    ]


def test_very_many_unknown_marks_are_counted(drive):
    book = book_of({f"A{row}": "{没有}" for row in range(1, 31)})
    with pytest.raises(ValidationError) as raised:
        filled(drive, book)
    assert (len(raised.value.messages), raised.value.messages[-1]) == (21, "……共 30 处")


def test_text_never_becomes_a_formula(drive):
    from units import actions
    from units.models import User

    actions.rename_unit(
        unit=drive.unit("甲镇"), name="=HYPERLINK(1)", on=date(2026, 1, 1), today=date(2026, 9, 30),
        by=User.objects.system(),
    )  # fmt: skip
    sheet = filled(drive, book_of({"A1": "{单位名称}", "B1": "{单位名称}：{招商信息}"}))["表一"]
    assert [(sheet[place].value, sheet[place].data_type) for place in ("A1", "B1")] == [
        ("'=HYPERLINK(1)", "s"), ("'=HYPERLINK(1)：12条", "s"),
    ]  # fmt: skip


# --- rows that repeat -----------------------------------------------------------------------------


def test_row_repeats_for_every_unit_in_the_order_of_the_roster(drive):
    book = book_of({
        "A1": "单位", "A2": "{序号}", "B2": "{单位名称}", "C2": "{招商信息·完成}", "D2": "{合计:招商信息}",
        "E2": "{截至日期}", "F2": "{组别}", "B3": "合计", "C3": "{招商信息·完成}",
    })  # fmt: skip
    on = datetime(2026, 9, 30)
    assert values_of(filled(drive, book)["表一"]) == {
        "A1": "单位",
        "A2": 1, "B2": "甲镇", "C2": 12, "D2": 14, "E2": on, "F2": "乡镇",
        "A3": 2, "B3": "乙镇", "C3": 0, "D3": 14, "E3": on, "F3": "乡镇",
        "A4": 3, "B4": "丙园区", "C4": 2, "D4": 14, "E4": on, "F4": "园区",
        "B5": "合计", "C5": 14,
    }  # fmt: skip


def test_rows_of_groups_repeat_each_for_its_own(drive):
    book = book_of({
        "A1": "乡镇", "A2": "{序号}", "B2": "{单位名称:乡镇}", "A3": "园区", "A4": "{序号}", "B4": "{单位名称：园区}",
        "A5": "完",
    })  # fmt: skip
    assert values_of(filled(drive, book)["表一"]) == {
        "A1": "乡镇", "A2": 1, "B2": "甲镇", "A3": 2, "B3": "乙镇", "A4": "园区", "A5": 1, "B5": "丙园区", "A6": "完",
    }  # fmt: skip


def test_formulas_follow_the_rows(drive):
    book = book_of(
        {
            "A4": "{单位名称}", "B4": "{招商信息·完成}", "C4": "{招商信息·目标}", "D4": "=B4/C4", "E4": "=SUM(B4:C4)",
            "F4": "=B4/$B$6", "B5": "=SUM(B4:B4)", "C5": "=SUM(B$1:B4)+B4+B7", "D5": "=COUNTA($A$2:$A$3)",
            "E5": "=SUM(B:B)", "B6": "=B5*2",
        },
        表二={"A1": "=表一!B5", "A2": "=SUM('表一'!B4:B6)", "A3": "=B5"},
    )  # fmt: skip
    book.defined_names["总数"] = DefinedName("总数", attr_text="表一!$B$5")
    made = filled(drive, book)
    found = values_of(made["表一"])
    assert {place: found[place] for place in found if str(found[place]).startswith("=")} == {
        "D4": "=B4/C4", "D5": "=B5/C5", "D6": "=B6/C6",
        "E4": "=SUM(B4:C4)", "E5": "=SUM(B5:C5)", "E6": "=SUM(B6:C6)",
        "F4": "=B4/$B$8", "F5": "=B5/$B$8", "F6": "=B6/$B$8",
        "B7": "=SUM(B4:B6)", "C7": "=SUM(B$1:B6)+B4+B9", "D7": "=COUNTA($A$2:$A$3)", "E7": "=SUM(B:B)", "B8": "=B7*2",
    }  # fmt: skip
    assert values_of(made["表二"]) == {"A1": "=表一!B7", "A2": "=SUM('表一'!B4:B8)", "A3": "=B5"}
    assert made.defined_names["总数"].attr_text == "表一!$B$7"
    assert made.calculation.fullCalcOnLoad


@pytest.mark.parametrize(
    ("formula", "after"),
    [
        ('=IF(A9>0,"B9",B9)', '=IF(A11>0,"B9",B11)'),
        ("=SUM(A1:B2,C9:D9)", "=SUM(A1:B2,C11:D11)"),
        ("=[1]表一!B9", "=[1]表一!B9"),
        ("=别的!B9+'表 一'!B9", "=别的!B9+'表 一'!B9"),
        ("=LOG10(A5)", "=LOG10(A5)"),
        ("=SUM(A5:A9)", "=SUM(A5:A11)"),
        ("=#REF!", "=#REF!"),
        ('="{=', '="{='),
    ],
)
def test_formula_follows_only_what_moved(formula, after):
    assert followed(formula, "表一", "表一", 5, 2, False) == after


def test_looks_merges_and_print_set_up_survive(drive):
    book = book_of({
        "A1": "标题", "A3": "{单位名称}", "C3": "{招商信息}", "A4": "合计", "C4": "{招商信息}", "A6": "备注",
    })  # fmt: skip
    sheet = book.active
    sheet.merge_cells("A1:D1")
    sheet.merge_cells("A3:B3")
    sheet.merge_cells("A4:B4")
    sheet.merge_cells("A6:D7")
    side = Side(style="medium", color="FF0000")
    sheet["C3"].font, sheet["C3"].fill = Font(name="仿宋", size=16, bold=True), PatternFill("solid", "FFEEDD")
    sheet["C3"].border, sheet["C3"].number_format = Border(bottom=side), "#,##0"
    sheet["A4"].font, sheet["A4"].alignment = Font(italic=True), Alignment(horizontal="right")
    sheet.row_dimensions[3].height, sheet.row_dimensions[4].height = 30, 41
    sheet.column_dimensions["C"].width = 23
    sheet.freeze_panes, sheet.print_area, sheet.print_title_rows = "A3", "A1:D7", "1:2"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.oddFooter.center.text, sheet.page_margins.left = "第 &P 页", 0.3
    sheet.auto_filter.ref = "A2:C4"
    sheet.row_breaks.append(Break(id=4))
    sheet.conditional_formatting.add("C3:C3", CellIsRule(operator="lessThan", formula=["1"], font=Font(bold=True)))
    valid = DataValidation(type="whole", sqref="C4:C4")
    sheet.add_data_validation(valid)
    made = filled(drive, book)["表一"]
    assert sorted(str(area) for area in made.merged_cells.ranges) == [
        "A1:D1", "A3:B3", "A4:B4", "A5:B5", "A6:B6", "A8:D9",
    ]  # fmt: skip
    for row in (3, 4, 5):
        cell = made.cell(row, 3)
        assert (cell.font.name, cell.font.size, cell.fill.fgColor.rgb) == ("仿宋", 16, "00FFEEDD")
        assert (cell.border.bottom.style, cell.number_format) == ("medium", "#,##0")
        assert made.row_dimensions[row].height == 30
    assert (made["A6"].font.italic, made["A6"].alignment.horizontal, made.row_dimensions[6].height) == (
        True, "right", 41,
    )  # fmt: skip
    assert (made["A8"].value, made.column_dimensions["C"].width, made.freeze_panes) == ("备注", 23, "A3")
    assert (made.print_area, made.print_title_rows) == ("'表一'!$A$1:$D$9", "$1:$2")
    assert (made.page_setup.orientation, made.page_setup.paperSize) == ("landscape", 9)
    assert (made.oddFooter.center.text, made.page_margins.left) == ("第 &P 页", 0.3)
    assert (made.auto_filter.ref, [brk.id for brk in made.row_breaks.brk]) == ("A2:C6", [6])
    assert [str(each.sqref) for each in made.conditional_formatting] == ["C3:C5"]
    assert [str(each.sqref) for each in made.data_validations.dataValidation] == ["C6"]


def test_words_in_several_fonts_and_notes_survive(drive):
    book = book_of({"A1": "{单位名称}", "A2": "说明"})
    book.active["B2"] = CellRichText("请", TextBlock(InlineFont(b=True), "如实"), "填报")
    book.active["A2"].comment = Comment("市局制表", "市局")
    content = content_of(book)
    made = load_workbook(BytesIO(filling.fill(content, drive.standings(END))), rich_text=True).active
    assert (str(made["B4"].value), made["B4"].value[1].font.b) == ("请如实填报", True)
    assert made["A4"].comment.text == "市局制表"


def test_forty_eight_units_take_forty_eight_rows(drive):
    seat_many(drive.campaign, make_units(45, drive.organiser), group="乡镇")
    sheet = filled(drive, book_of({"A1": "{单位名称}", "A2": "完"}))["表一"]
    assert [sheet[place].value for place in ("A1", "A48", "A49")] == ["甲镇", "单位45", "完"]


# --- what may come in -----------------------------------------------------------------------------


def with_part(content, name, text=b"<x/>"):
    """Return a workbook with one more part."""
    out = BytesIO(content)
    with zipfile.ZipFile(out, "a") as parts:
        parts.writestr(name, text)
    return out.getvalue()


def charted():
    """Return a form with a chart."""
    book = book_of({"A1": "{战役}", "B1": 1})
    chart = BarChart()
    chart.add_data(Reference(book.active, min_col=2, min_row=1))
    book.active.add_chart(chart)
    return content_of(book)


def tabled():
    """Return a form with a table object."""
    book = book_of({"A1": "甲", "A2": "{战役}"})
    book.active.add_table(Table(displayName="T1", ref="A1:A2"))
    return content_of(book)


def arrayed():
    """Return a form with an array formula."""
    book = book_of({"A1": "{战役}"})
    book.active["B2"] = ArrayFormula("B2:B3", "=SUM(A1:A2*2)")
    return content_of(book)


def overlapped():
    """Return a form whose repeating row is part of a cell of two rows."""
    book = book_of({"A2": "{单位名称}"})
    book.active.merge_cells("B2:B3")
    return content_of(book)


PLAIN = {"A1": "{战役}"}


@pytest.mark.parametrize(
    ("make", "name", "message"),
    [
        (lambda: b"", "表.xlsx", "文件是空的"),
        (lambda: b"PK\x03\x04 nothing", "表.xlsx", "文件已损坏"),
        (lambda: b"<html>", "表.xlsx", "内容却是网页"),
        (lambda: content_of(book_of(PLAIN)), "表.xls", "请上传 .xlsx 工作簿"),
        (lambda: content_of(book_of({"A1": "没有标记"})), "表.xlsx", "没有找到标记"),
        (lambda: b"PK\x03\x04" + b"0" * 2**21, "表.xlsx", "超过 2 MB"),
        (lambda: content_of(book_of({f"A{n}": 1 for n in range(1, 20_010)})), "表.xlsx", "单元格超过 20000 个"),
        (lambda: with_part(content_of(book_of(PLAIN)), "xl/vbaProject.bin"), "表.xlsx", "带宏"),
        (lambda: with_part(content_of(book_of(PLAIN)), "xl/media/a.png"), "表.xlsx", "模板里有图片"),
        (lambda: with_part(content_of(book_of(PLAIN)), "xl/externalLinks/1.xml"), "表.xlsx", "模板里有外部链接"),
        (charted, "表.xlsx", "模板里有图形、图表"),
        (tabled, "表.xlsx", "模板里有套用表格格式的表"),
        (arrayed, "表.xlsx", "“表一”B2 是数组公式"),
        (overlapped, "表.xlsx", "“表一”第 2 行随单位重复，不能有跨行合并的单元格（B2:B3）"),
    ],
)
def test_what_cannot_be_a_form_is_refused_with_its_reason(make, name, message):
    with pytest.raises(ValidationError, match=message.replace("（", ".").replace("）", ".")):
        filling.check_form(make(), name)


def test_entity_is_never_expanded():
    content = content_of(book_of(PLAIN))
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.infolist():
            text = old.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                entity = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
                text = text.replace(b"<worksheet", entity + b"<worksheet", 1)
            new.writestr(part.filename, text)
    with pytest.raises(ValidationError, match="不允许的 XML 声明"):
        filling.check_form(out.getvalue(), "a.xlsx")


# --- pages ----------------------------------------------------------------------------------------


def upload(client, drive, book, name="月报表"):
    """Send a form to the page."""
    file = SimpleUploadedFile("市里的表.xlsx", content_of(book))
    return client.post(reverse("reports:cityform_create"), {"unit": drive.organiser.pk, "name": name, "file": file})


def test_editor_uploads_and_a_clerk_exports(client, drive, editor):
    client.force_login(editor)
    assert upload(client, drive, book_of({"A1": "{单位名称}", "B1": "{招商信息}"})).status_code == 302
    form = CityForm.objects.get()
    assert (form.unit, form.name, form.filename, form.marks) == (drive.organiser, "月报表", "市里的表.xlsx", 2)
    assert AuditEntry.objects.filter(action="cityform.created", by=editor).count() == 1
    clerk = make_user("clerk", Role.CLERK, drive.unit("甲镇"))
    client.force_login(clerk)
    address = reverse("reports:cityform_fill", args=[drive.campaign.pk])
    assert "月报表（示范区，2026-09-30 上传）" in client.get(address).content.decode()
    response = client.get(address, {"form": form.pk, "as_of": "2026-08-31"})
    assert response["Content-Type"].endswith("spreadsheetml.sheet")
    assert values_of(load_workbook(BytesIO(response.content)).active) == {
        "A1": "甲镇", "B1": 9, "A2": "乙镇", "B2": 0, "A3": "丙园区", "B3": "—",
    }  # fmt: skip
    assert address in client.get(reverse("reports:overview", args=[drive.campaign.pk])).content.decode()


def test_basis_chosen_is_the_one_that_is_filled(client, drive, editor):
    drive.add("招商信息", "甲镇", day(9, 25), Decimal(5))
    client.force_login(editor)
    upload(client, drive, book_of({"A1": "{招商信息}", "A2": "{计数依据}"}))
    address = reverse("reports:cityform_fill", args=[drive.campaign.pk])
    told = {}
    for basis in ("reported", "recognised"):
        response = client.get(address, {"form": CityForm.objects.get().pk, "basis": basis})
        told[basis] = list(values_of(load_workbook(BytesIO(response.content)).active).values())
    assert told == {"reported": [19, "上报"], "recognised": [14, "认定"]}


def test_page_names_the_marks_that_stand_for_nothing(client, drive, editor):
    client.force_login(editor)
    upload(client, drive, book_of({"C3": "{签约·完成}"}))
    page = client.get(reverse("reports:cityform_fill", args=[drive.campaign.pk]), {"form": CityForm.objects.get().pk})
    assert page.headers["Content-Type"].startswith("text/html")
    assert "“表一”C3：{签约·完成} 没有这个指标、单位或数" in page.content.decode()


def test_form_with_a_wrong_file_says_so_beside_it(client, drive, editor):
    client.force_login(editor)
    page = upload(client, drive, book_of({"A1": "没有标记"}))
    assert "没有找到标记" in page.context["form"].errors["file"][0]
    assert not CityForm.objects.exists()


def test_form_put_out_of_use_is_not_filled_and_its_name_is_free(client, drive, editor):
    client.force_login(editor)
    upload(client, drive, book_of(PLAIN))
    assert "该单位已有同名模板" in upload(client, drive, book_of(PLAIN)).content.decode()
    form = CityForm.objects.get()
    assert client.post(reverse("reports:cityform_withdraw", args=[form.pk])).status_code == 302
    address = reverse("reports:cityform_fill", args=[drive.campaign.pk])
    assert client.get(address, {"form": form.pk}).status_code == 404
    assert "还没有报表模板" in client.get(address).content.decode()
    assert upload(client, drive, book_of(PLAIN)).status_code == 302
    response = client.get(reverse("reports:cityform_file", args=[form.pk]))
    assert response.content == bytes(form.content)
    with pytest.raises(ValidationError, match="已经停用"):
        keeping.withdraw_form(form=form, by=editor)


def test_others_keep_and_see_nothing_of_it(client, drive, editor):
    client.force_login(editor)
    upload(client, drive, book_of(PLAIN))
    form = CityForm.objects.get()
    far = make_user("far", Role.EDITOR, make_unit("别的区"))
    client.force_login(far)
    assert len(client.get(reverse("reports:cityform_list")).context["table"].rows) == 0
    for name in ("cityform_file", "cityform_withdraw"):
        assert client.get(reverse(f"reports:{name}", args=[form.pk])).status_code == 404
    assert client.get(reverse("reports:cityform_fill", args=[drive.campaign.pk])).status_code == 404
    for do in (
        lambda: keeping.withdraw_form(form=form, by=far),
        lambda: keeping.keep_form(unit=drive.organiser, name="x", file=checked(PLAIN), by=far),
    ):
        with pytest.raises(PermissionDenied):
            do()
    assert CityForm.objects.filter(withdrawn_at=None).count() == 1


@pytest.mark.parametrize("wanted", ["x", "0", "9" * 30, "²", "example2"])
def test_form_that_is_none_is_not_found(client, drive, editor, wanted):
    client.force_login(editor)
    address = reverse("reports:cityform_fill", args=[drive.campaign.pk])
    assert client.get(address, {"form": wanted}).status_code == 404


def test_example_is_a_form_that_fills(client, drive, editor):
    client.force_login(editor)
    response = client.get(reverse("reports:cityform_fill", args=[drive.campaign.pk]), {"form": "example"})
    sheet = filled(drive, response.content)["完成情况"]
    found = values_of(sheet)
    assert (found["A1"], found["B5"], found["E5"], found["B8"], found["E8"]) == (
        "百日会战完成情况表", "甲镇", 12, "合计", 14,
    )  # fmt: skip
    assert sheet.page_setup.orientation == "landscape"


@pytest.mark.parametrize("rows", [1, 30])
def test_pages_cost_the_same_at_any_length(client, drive, editor, rows):
    form = checked(PLAIN)
    for number in range(rows):
        keeping.keep_form(unit=drive.organiser, name=f"表{number}", file=form, by=editor)
    seat_many(drive.campaign, make_units(rows, drive.organiser))
    client.force_login(editor)
    counted = {}
    for name, arguments in (("cityform_list", []), ("cityform_fill", [drive.campaign.pk])):
        address = reverse(f"reports:{name}", args=arguments)
        client.get(address)
        make_unit(f"{name}{rows}", parent=drive.organiser)  # what is kept of standings holds until the next write
        with CaptureQueriesContext(connection) as found:
            client.get(address)
        counted[name] = len(found)
    assert counted == {"cityform_list": 8, "cityform_fill": 8}
