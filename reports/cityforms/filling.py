"""A form checked when it comes in, and filled; a mark not known is named by its cell, then nothing is written."""

import zipfile
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from io import BytesIO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import MergedCell
from openpyxl.cell.rich_text import CellRichText
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

from campaigns.lines import Standings
from campaigns.numbers import percent_text, round_half_up
from projects.imports.reading import read
from reports.cityforms.marks import MARK, Seat, UnknownMark, group_of, marks_of, tidy, value_of
from reports.cityforms.names import Names, Value
from reports.cityforms.spreading import spread
from units.sheets import safe_cell

LARGEST = 2 * 2**20  # bytes of a form
UNPACKED = 20 * 2**20  # bytes of all its parts together
CELLS = 20_000
TOLD = 20  # problems that are named
LOST = {  # parts of a workbook that would not survive being filled
    "xl/charts/": "图表", "xl/chartsheets/": "图表页", "xl/media/": "图片", "xl/drawings/drawing": "图形",
    "xl/tables/": "套用表格格式的表", "xl/pivot": "数据透视表", "xl/externallinks/": "外部链接",
    "xl/embeddings/": "嵌入对象", "xl/activex/": "控件", "xl/ctrlprops/": "控件",
}  # fmt: skip


# --- what may come in -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Checked:
    """A file that may be kept as a form."""

    filename: str
    content: bytes
    marks: tuple[str, ...]


def check_form(content: bytes, name: str) -> Checked:
    """Refuse a file that is no workbook with marks, or that would lose something; takes a while."""
    if not name.lower().endswith(".xlsx"):
        raise ValidationError(_("请上传 .xlsx 工作簿"))
    if len(content) > LARGEST:
        raise ValidationError(_("文件超过 2 MB，报表模板不应有这么大"))
    book = read(content, name)  # in a process of its own, which whatever is wrong with the file may kill
    if sum(len(row.values) for sheet in book.sheets for row in sheet.rows) > CELLS:
        raise ValidationError(_("单元格超过 %d 个，报表模板不应有这么大") % CELLS)
    with zipfile.ZipFile(BytesIO(content)) as parts:
        if sum(part.file_size for part in parts.infolist()) > UNPACKED:
            raise ValidationError(_("文件解压后过大，请只保留需要的内容"))
        names = [part.filename.lower() for part in parts.infolist()]
    lost = {word for start, word in LOST.items() if any(name.startswith(start) for name in names)}
    if lost:
        raise ValidationError(_("模板里有%s，填写时会丢失，请删去后再上传") % "、".join(sorted(lost)))
    try:
        marks = marks_in(opened(content))
    except (KeyError, ValueError, TypeError, AttributeError, IndexError, OSError) as error:
        raise ValidationError(_("工作簿无法打开，请用 Excel 或 WPS 另存为 .xlsx 再上传")) from error
    if not marks:
        raise ValidationError(_("没有找到标记；在要填数的单元格写上 {指标名称·完成} 这样的标记"))
    return Checked(name[-150:], content, tuple(marks))


def opened(content):
    """Open a checked workbook with all that it holds."""
    return load_workbook(BytesIO(content), rich_text=True)


def marks_in(book):
    """Return the marks of a workbook, each once; refuses what could not follow rows that are added."""
    found = {}
    for sheet in book.worksheets:
        for cell in sheet._cells.values():
            if isinstance(cell.value, ArrayFormula | DataTableFormula):
                raise ValidationError(
                    _("“%(sheet)s”%(cell)s 是数组公式，不能随单位增行，请改成普通公式")
                    % {"sheet": sheet.title, "cell": cell.coordinate}
                )
            if text := text_of(cell):
                found |= dict.fromkeys(marks_of(text))
        for row, _group in repeating(sheet):
            for area in sheet.merged_cells.ranges:
                if area.min_row <= row <= area.max_row and area.min_row < area.max_row:
                    raise ValidationError(
                        _("“%(sheet)s”第 %(row)d 行随单位重复，不能有跨行合并的单元格（%(area)s）")
                        % {"sheet": sheet.title, "row": row, "area": area}
                    )
    return list(found)


def text_of(cell) -> str:
    """Return the text of a cell that marks may stand in; "" for numbers, days, formulas and covered cells."""
    if isinstance(cell, MergedCell) or cell.data_type == "f":
        return ""
    return str(cell.value) if isinstance(cell.value, str | CellRichText) else ""


def repeating(sheet) -> list[tuple[int, str]]:
    """Return the rows of a sheet that repeat, each with its group ("" for all units), the last row first."""
    rows = {}
    for (row, _column), cell in sorted(sheet._cells.items()):
        if text := text_of(cell):
            rows.setdefault(row, []).append(text)
    found = [(row, group_of(texts)) for row, texts in rows.items()]
    return sorted(((row, group) for row, group in found if group is not None), reverse=True)


# --- filling --------------------------------------------------------------------------------------


def fill(content: bytes, state: Standings) -> bytes:
    """Fill a form with the figures of a campaign as of a day; refuses by sheet and cell what stands for nothing."""
    book, names = opened(content), Names(state)
    if problems := unknown(book, names):
        told = problems[:TOLD]
        if len(problems) > TOLD:
            told.append(_("……共 %d 处") % len(problems))
        raise ValidationError(told)
    for sheet in book.worksheets:
        for row, group in repeating(sheet):
            seats = [Seat(unit_id, number) for number, unit_id in enumerate(names.of_group(group), start=1)]
            spread(sheet, row, len(seats))
            for place, seat in enumerate(seats):
                fill_cells((cell for at, cell in sheet._cells.items() if at[0] == row + place), names, seat)
        fill_cells(sheet._cells.values(), names, None)
    book.calculation.fullCalcOnLoad = True  # what was reckoned before the rows were added is no longer so
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def unknown(book, names):
    """Name every mark that stands for nothing, by sheet and cell."""
    problems = []
    for sheet in book.worksheets:
        groups = dict(repeating(sheet))
        for (row, _column), cell in sorted(sheet._cells.items()):
            marks = marks_of(text_of(cell))
            seat = None
            if marks and row in groups:
                units = names.of_group(groups[row])
                if not units:
                    why = _("没有组别“%s”的参战单位") % groups[row] if groups[row] else _("还没有参战单位")
                    problems.append(_problem(sheet, cell, marks[0], why))
                    continue
                seat = Seat(units[0], 1)
            for mark in marks:
                try:
                    value_of(mark, names, seat)
                except UnknownMark as error:
                    problems.append(_problem(sheet, cell, mark, error))
    return problems


def _problem(sheet, cell, mark, why):
    told = {"sheet": sheet.title, "cell": cell.coordinate, "mark": "{" + mark + "}", "why": why}
    return _("“%(sheet)s”%(cell)s：%(mark)s %(why)s") % told


def fill_cells(cells, names, seat):
    """Put values in the place of marks; a mark alone in its cell becomes a number, a day or text."""
    for cell in cells:
        text = text_of(cell)
        if not text or not MARK.search(text):
            continue
        if alone := MARK.fullmatch(text.strip()):
            put(cell, value_of(tidy(alone[1]), names, seat))
        else:
            cell.value = safe_cell(MARK.sub(lambda found: value_of(tidy(found[1]), names, seat).text, text))


def put(cell, value: Value):
    """Put a value into a cell of its own: numbers as numbers, a share in percent, text never a formula."""
    held = value.held
    if isinstance(held, Fraction):
        if cell.number_format == "General":
            places = len(percent_text(held).rstrip("%").partition(".")[2])
            cell.number_format = f"0.{'0' * places}%" if places else "0%"
        percent = "%" in cell.number_format
        held = round_half_up(held if percent else held * 100, 12)
    cell.value = held if isinstance(held, Decimal) else safe_cell(held)


# --- an example -----------------------------------------------------------------------------------


def example(state: Standings) -> bytes:
    """Return a form to begin with: the campaign's own indicators, a row that repeats, a row of the whole."""
    book = Workbook()
    sheet = book.active
    sheet.title = _("完成情况")
    ends = (_("目标"), _("完成"), _("完成率"))
    width = 3 + len(ends) * len(state.columns)
    sheet["A1"], sheet["A2"] = (
        _("{战役}完成情况表"),
        _("{组织单位}　截至 {截至日期}　{计数依据}　时序进度 {时序进度}"),
    )
    for row, size in ((1, 16), (2, 10)):
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=width)
        sheet.cell(row, 1).font = Font(name="宋体", size=size, bold=row == 1)
        sheet.cell(row, 1).alignment = Alignment(horizontal="center")
    for column, (head, mark) in enumerate(((_("序号"), "序号"), (_("单位"), "单位名称"), (_("位次"), "位次")), 1):
        sheet.merge_cells(start_row=3, end_row=4, start_column=column, end_column=column)
        sheet.cell(3, column, head)
        sheet.cell(5, column, "{" + mark + "}")
    sheet.cell(6, 2, _("合计"))
    for number, line in enumerate(state.columns):
        first = 4 + number * len(ends)
        sheet.merge_cells(start_row=3, end_row=3, start_column=first, end_column=first + len(ends) - 1)
        sheet.cell(3, first, f"{line.name}（{line.measure}）")
        for column, end in enumerate(ends, first):
            if line.is_level and end == ends[2]:
                continue
            sheet.cell(4, column, end)
            sheet.cell(5, column, f"{{{line.name}·{end}}}")
            sheet.cell(6, column, f"{{合计:{line.name}·{end}}}")
    dress(sheet, width)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def dress(sheet, width):
    """Give the example its lines, widths and print set-up."""
    line = Side(style="thin")
    for row in range(3, 7):
        for column in range(1, width + 1):
            cell = sheet.cell(row, column)
            cell.border = Border(left=line, right=line, top=line, bottom=line)
            cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
            cell.font = Font(name="宋体", size=10, bold=row < 5)
    for column in range(1, width + 1):
        sheet.column_dimensions[get_column_letter(column)].width = 16 if column == 2 else 11
    sheet.freeze_panes = "C5"
    sheet.print_title_rows = "1:4"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
