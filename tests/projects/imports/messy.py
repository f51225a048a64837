"""A project ledger as an office keeps it: one workbook with every kind of mess, and what is found of each."""

import datetime
import io
from dataclasses import dataclass
from decimal import Decimal

import openpyxl

NAME = "河东镇项目台账.xlsx"
FIELDS = (  # of the columns A to Q
    None, "name", "company", "credit_code", "sector", "investment", "first_phase", "contract_amount", "unit",
    "contract_on", "groundbreaking_on", "is_key", "local_share", "land", "phone", "note", None,
)  # fmt: skip
TOP = (
    "序號", "項目　名稱", "外來投資方", "統一社會信用代碼", "产业类别\n(农业/工业/服务业)", "投资情况", None, None,
    "招商责任单位", "时间节点", None, "是否重点", "本地占比（％）", "用地(亩)", "联系电话", "备注", None,
)  # fmt: skip
SUB = (
    None, None, None, None, None, "总投资（亿元）", "一期投资额(萬元)", "协议投资", None, "签约时间", "开工时间",
    None, None, None, None, None, None,
)  # fmt: skip
MERGED_HEADINGS = ("F3:H3", "J3:K3", *(f"{column}3:{column}4" for column in "ABCDEILMNOP"))
FIRST = 7  # the first row of data


@dataclass(frozen=True)
class Mess:
    """One cell of the ledger: what stands in it and what is found.

    value is what is read (money as a pair with its currency); notice and refused are parts of what is said.
    """

    title: str
    field: str
    cell: object
    value: object = None
    notice: str = ""
    refused: str = ""
    format: str = ""


def day(year, month, day_of_month):
    """Return a day; shorter to write in the list below."""
    return datetime.date(year, month, day_of_month)


MESSES = (
    Mess("亿元 written out", "investment", "9.29亿元", (Decimal(92900), "CNY")),
    Mess("万 without 元", "investment", "5000万", (Decimal(5000), "CNY")),
    Mess("US dollars", "contract_amount", "300万美元", (Decimal(300), "USD")),
    Mess("euros", "contract_amount", "879万欧元", (Decimal(879), "EUR")),
    Mess("Hong Kong dollars with commas", "contract_amount", "1,100万港元", (Decimal(1100), "HKD")),
    Mess("plain number under 亿元", "investment", 1.5, (Decimal(15000), "CNY")),
    Mess("plain number under the note 单位：万元", "contract_amount", 8000, (Decimal(8000), "CNY")),
    Mess("number as text, full width, with blanks", "first_phase", " １，２００ ", (Decimal(1200), "CNY")),
    Mess("unit only in the number format", "first_phase", 2, (Decimal(20000), "CNY"), format='0.00"亿元"'),
    Mess("number that its format shows smaller", "first_phase", 12000000, refused="看到的与存的", format="0,,"),
    Mess("about", "investment", "约3亿", (Decimal(30000), "CNY"), notice="“约3亿”按 3亿 读取"),
    Mess("remark in brackets", "investment", "2亿元（含设备）", (Decimal(20000), "CNY"), notice="“含设备”没有采用"),
    Mess("range", "investment", "1.2-1.5亿", refused="是一个范围"),
    Mess("nearly", "investment", "近3亿元", refused="不是确定的数"),
    Mess("unknown currency", "contract_amount", "500万英镑", refused="不认识币种“英镑”"),
    Mess("two amounts", "contract_amount", "300万美元(约2000万元)", refused="不止一个数"),
    Mess("formula without result", "investment", "=F7+1", refused="公式没有计算结果"),
    Mess("error cell", "investment", "#REF!", refused="#REF!"),
    Mess("dash", "first_phase", "—"),
    Mess("slash", "first_phase", "/"),
    Mess("none", "land", "无"),
    Mess("undecided", "land", "待定", notice="“待定”按空白读取"),
    Mess("measure in the cell", "land", "120亩", Decimal(120)),
    Mess("other measure", "land", "8公顷", refused="不是同一种计量"),
    Mess("date with points", "contract_on", "2012.11.10", day(2012, 11, 10)),
    Mess("date in Chinese", "contract_on", "2012年11月10日", day(2012, 11, 10)),
    Mess("date as a date", "contract_on", day(2012, 11, 10), day(2012, 11, 10)),
    Mess("date as a bare serial", "contract_on", 41223, day(2012, 11, 10), notice="按日期序号读作 2012-11-10"),
    Mess("date and time", "contract_on", datetime.datetime(2012, 11, 10, 9, 30), day(2012, 11, 10), notice="09:30"),
    Mess("month", "contract_on", "201211", day(2012, 11, 1), notice="按当月 1 日读取"),
    Mess("month with a lost zero", "contract_on", 2012.1, refused="分不清是 1 月还是 10 月"),
    Mess("end of a year", "contract_on", "2012年底", refused="不是确定的日期"),
    Mess("two-digit year", "contract_on", "12.11.10", refused="分不清年月日的次序"),
    Mess("day that is none", "contract_on", "2026-02-30", refused="这一天不存在"),
    Mess("happened without a date", "groundbreaking_on", "已开工", refused="只说明已经发生"),
    Mess("under construction", "groundbreaking_on", "在建", refused="只说明已经发生"),
    Mess("not yet", "groundbreaking_on", "未动工", notice="按尚未发生"),
    Mess("tick", "is_key", "√", True),
    Mess("cross", "is_key", "×", False),
    Mess("percentage by format", "local_share", 0.3, Decimal(30), format="0%"),
    Mess("fraction without a percent sign", "local_share", 0.3, refused="分不清是 0.3% 还是 30%"),
    Mess("wrong check digit", "credit_code", "91350100M000100Y44", refused="校验码应为“3”"),
    Mess("code as a number", "credit_code", 913501000001000443, refused="第 15 位以后已丢失"),
    Mess("telephone as a number", "phone", 13812345678, "13812345678"),
    Mess("traditional characters", "sector", "農業", "agriculture"),
    Mess("choice that is none", "sector", "工业企业", refused="是不是“工业”"),
    Mess("line breaks and odd blanks", "name", " 新能源\n电池　项目\u200b ", "新能源 电池 项目"),
    Mess("text that looks like a formula", "note", "'=1+1", "'=1+1"),
)  # fmt: skip


@dataclass(frozen=True)
class Ledger:
    """The workbook, and what reading it must find.

    cells: {(row, field): mess}; skipped: {row: part of what is said}; said: (address, part of what is said) of
    the sheet; merged: a text filled down and an amount refused, by (row, field).
    """

    data: bytes
    cells: dict
    skipped: dict
    said: tuple
    merged_text: tuple
    merged_amount: tuple
    rows: tuple


def build() -> Ledger:
    """Return the ledger."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "在谈签约项目"
    sheet["A1"] = "溪水区2026年招商项目台账"
    sheet.merge_cells("A1:Q1")
    sheet["A2"], sheet["H2"], sheet["P2"] = "填报单位：河东镇", "填报日期：2026年8月10日", "单位：万元"
    for column in range(1, 18):
        sheet.cell(3, column).value, sheet.cell(4, column).value = TOP[column - 1], SUB[column - 1]
        sheet.cell(5, column).value = column if column < 17 else None
    for span in MERGED_HEADINGS:
        sheet.merge_cells(span)
    sheet["A6"] = "一、工业项目"
    sheet.merge_cells("A6:P6")
    skipped = {1: "没有当作数据", 2: "没有当作数据", 5: "栏号", 6: "小标题"}
    cells, rows, number = {}, [], FIRST
    for count, mess in enumerate(MESSES):
        if count == 12:
            sheet.cell(number, 2).value, sheet.cell(number, 6).value = "小 计", 33
            skipped[number] = "合计"
            number += 1
        if count == 20:
            number += 1  # an empty row
            for column in range(1, 17):
                value = SUB[column - 1] or TOP[column - 1]
                sheet.cell(number, column).value = value
            skipped[number] = "与表头相同"
            number += 1
        _write(sheet, number, count)
        cell = sheet.cell(number, FIELDS.index(mess.field) + 1)
        cell.value = mess.cell
        if mess.format:
            cell.number_format = mess.format
        if mess.cell == "#REF!":
            cell.data_type = "e"
        cells[number, mess.field] = mess
        rows.append(number)
        number += 1
    for place in (number, number + 1):  # one investor with two projects, and one amount for both
        _write(sheet, place, place)
    sheet.cell(number + 1, 3).value = sheet.cell(number + 1, 6).value = None
    sheet.cell(number, 6).value = 6
    sheet.merge_cells(start_row=number, end_row=number + 1, start_column=3, end_column=3)
    sheet.merge_cells(start_row=number, end_row=number + 1, start_column=6, end_column=6)
    merged = f"C{number}:C{number + 1}"
    rows += [number, number + 1]
    sheet.row_dimensions[rows[3]].hidden = True
    sheet.column_dimensions["O"].hidden = True
    sheet.cell(rows[5], 17).value = "没有表头的话"
    last = number + 2
    sheet.cell(last, 1).value, sheet.cell(last, 6).value = "合计：50 个项目", 99
    sheet.cell(last + 1, 1).value, sheet.cell(last + 1, 9).value = "填表人：张三", "审核人：李四"
    sheet.cell(last + 2, 1).value = "注：以上为初步统计数"
    skipped |= {last: "合计", last + 1: "表尾", last + 2: "表尾"}
    book.create_sheet("底稿").sheet_state = "hidden"
    book["底稿"]["A1"] = "随手记"
    file = io.BytesIO()
    book.save(file)
    return Ledger(
        file.getvalue(),
        cells,
        skipped,
        (
            (merged, "是合并单元格"),
            (f"{rows[3]}:{rows[3]}", "是隐藏的"),
            ("O:O", "O 列是隐藏的"),
            (f"Q{rows[5]}", "Q 列没有表头，其中 1 格内容没有读取"),
        ),
        (number + 1, "company"),
        (number + 1, "investment"),
        tuple(rows),
    )


def _write(sheet, row, count):
    """Write a row without any mess: what only one mess touches is seen as that mess."""
    values = {
        1: count, 2: f"项目{count}", 3: f"投资{count}有限公司", 5: "工业", 6: "2", 9: "河东镇", 12: "否",
    }  # fmt: skip
    for column, value in values.items():
        sheet.cell(row, column).value = value
