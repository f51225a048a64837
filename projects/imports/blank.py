"""Workbooks that go out to come back in: the template with drop-downs, and the rows that were refused."""

import io
import json

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from projects.imports import columns, outlines
from projects.imports.table_rows import COLUMNS, EXAMPLE
from projects.models import ImportBatch, ImportRow
from units.lists import safe_cell

HEAD = PatternFill("solid", fgColor="1F5299")
NEEDED = PatternFill("solid", fgColor="B4232A")
GREY = PatternFill("solid", fgColor="EEF1F5")
LAST_ROW = 5000  # how far the drop-downs reach
WIDE = {
    "summary": 40, "business_scope": 30, "plan": 30, "note": 30, "name": 24, "company": 28, "purpose": 28,
    "title": 28, "detail": 30, "results": 30, "outcome": 30,
}  # fmt: skip
EXAMPLES = {
    ImportBatch.Kind.PROJECT: {
        "name": "年产10万台电机项目",
        "company": "某某科技有限公司",
        "origin": "省外",
        "sector": "工业",
        "nature": "新建",
        "investment": "1.2亿元",
        "unit": "（填本单位名称）",
        "lead_on": "2026-03-05",
        "contract_on": "2026-05-18",
        "contract_amount": "12000",
        "is_key": "否",
        "place": "某某园区",
        "jobs": "120",
    },
    ImportBatch.Kind.VISIT: {
        "unit": "（填本单位名称）",
        "company": "某某科技有限公司",
        "direction": "走出去",
        "on": "2026-05-18",
        "place": "深圳",
        "heads": "3",
        "led_by_top": "否",
        "note": "考察生产线，约定六月回访",
    },
    ImportBatch.Kind.TRIP: {
        "unit": "（填本单位名称）",
        "purpose": "赴江南拜访三家装备企业",
        "leader": "张某",
        "people": "李某、王某",
        "led_by_top": "否",
        "starts_on": "2026-05-18",
        "ends_on": "2026-05-20",
        "heads": "3",
        "cost": "0.8",
        "results": "见到两家，一家约定六月来访",
    },
    ImportBatch.Kind.PROBLEM: {
        "project": "年产10万台电机项目",
        "company": "某某科技有限公司",
        "title": "厂区外供电线路未接通",
        "detail": "需 10 千伏专线，线路走向待定",
        "unit": "（填责任单位名称）",
        "person": "李某",
        "found_on": "2026-05-18",
        "due_on": "2026-06-30",
        "meeting": "五月项目推进会",
    },
    ImportBatch.Kind.INSTALMENT: {
        "project": "年产10万台电机项目",
        "company": "某某科技有限公司",
        "on": "2026-06-30",
        "amount": "3000",
        "currency": "人民币",
        "in_cash": "否",
        "form": "货币",
        "nature": "分期出资",
    },
    ImportBatch.Kind.COMPANY: {
        "company": "某某科技有限公司",
        "origin": "省外",
        "place": "深圳",
        "contact": "张某",
        "contact_title": "总经理",
        "unit": "（填本单位名称）",
    },
}


def template(kind, units) -> bytes:
    """Return the template of a kind of import: headings, drop-downs, notes, an example row that is never read."""
    book = Workbook()
    sheet, notes, lists = book.active, book.create_sheet(_("填写说明")), book.create_sheet(_("选项"))
    sheet.title = str(ImportBatch.Kind(kind).label)
    lists.sheet_state = "hidden"
    notes.append([_("列"), _("要不要填"), _("怎么填"), _("可选")])
    for place, column in enumerate(COLUMNS[kind], 1):
        options = _options(column, units)
        _heading(sheet, place, column, options)
        if options:
            _drop_down(sheet, lists, place, options)
        needed = _("必填") if column.needed else _("不写入，只核对") if column.read_only else _("选填")
        choices = "" if column.kind == columns.UNIT else "、".join(options)
        notes.append([column.heading, needed, column.note, choices])
    _example(sheet, kind)
    sheet.freeze_panes = "A2"
    _dress(notes)
    return _bytes(book)


def _options(column, units):
    if column.kind == columns.CHOICE:
        return [labels[0] for labels in column.choices.values()]
    if column.kind == columns.YES_NO:
        return [_("是"), _("否")]
    return list(units) if column.kind == columns.UNIT else []


def _heading(sheet, place, column, options):
    cell = sheet.cell(row=1, column=place, value=column.heading)
    cell.font, cell.fill = Font(bold=True, color="FFFFFF"), NEEDED if column.needed else HEAD
    cell.alignment = Alignment(wrap_text=True, vertical="center")
    letter = get_column_letter(place)
    sheet.column_dimensions[letter].width = WIDE.get(column.name, 16)
    if column.kind in (columns.CODE, columns.PHONE, columns.DATE):
        sheet.column_dimensions[letter].number_format = "@" if column.kind != columns.DATE else "yyyy-mm-dd"
    if text := "\n".join(filter(None, (_("必填") if column.needed else "", column.note))):
        cell.comment = Comment(text, _("填写说明"), width=240, height=90)


def _drop_down(sheet, lists, place, options):
    """Offer the options below a heading; they stand in a hidden sheet, since a list in a formula is short."""
    letter = get_column_letter(place)
    for number, option in enumerate(options, 1):
        lists.cell(row=number, column=place, value=safe_cell(option))
    rule = DataValidation(
        type="list",
        formula1=f"'{lists.title}'!${letter}$1:${letter}${len(options)}",
        allow_blank=True,
        showErrorMessage=True,
        errorTitle=_("不在选项里"),
        error=_("请从下拉列表中选择"),
    )
    rule.add(f"{letter}2:{letter}{LAST_ROW}")
    sheet.add_data_validation(rule)


def _example(sheet, kind):
    values = EXAMPLES[kind]
    marked = False
    for place, column in enumerate(COLUMNS[kind], 1):
        text = values.get(column.name, "")
        if not marked and text:
            text, marked = f"{EXAMPLE}{text}", True
        cell = sheet.cell(row=2, column=place, value=text)
        cell.font, cell.fill = Font(italic=True, color="626E7B"), GREY


def _dress(sheet):
    for letter, width in zip("ABCD", (22, 16, 50, 60), strict=True):
        sheet.column_dimensions[letter].width = width
    for cell in sheet[1]:
        cell.font = Font(bold=True)


def _bytes(book):
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def refused(batch) -> list[list]:
    """Return the refused rows as a table: the headings that are recognised again, the texts, the reasons."""
    places = batch.columns
    measures = {column["place"]: column["measure"] for column in outlines.sheet_of(batch)["columns"]}
    common = outlines.sheet_of(batch).get("measure", "")
    known = {column.name: column for column in COLUMNS[batch.kind]}
    keys = [(key, _heading_of(known[key], measures.get(place) or common)) for place, key in sorted(places.items())]
    rows = [[heading for _key, heading in keys] + [_("原表行号"), _("不能导入的原因")]]
    for row in batch.rows.filter(outcome=ImportRow.Outcome.REFUSED).order_by("number"):
        cells, told = json.loads(row.cells), json.loads(row.told)
        why = "；".join(f"{address}：{reason}" for address, reason in told["reasons"])
        rows.append([cells.get(key, "") for key, _heading in keys] + [row.number, why])
    return rows


def _heading_of(column, measure):
    """Return a column's own heading, an amount's with the measure it had."""
    if column.kind == columns.MONEY and measure:
        return f"{column.heading.partition('(')[0]}({measure})"
    return column.heading
