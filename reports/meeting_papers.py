"""The agenda and the record of a meeting as documents in official layout: a page each, more where they say more."""

import re

from projects.models import Meeting
from reports.documents.content import Block, Document, Heading, Paragraph, Span, Table

NUMERALS = "一二三四五六七八九十"
OWN_NUMBER = re.compile(r"^[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．]\s*")  # as people number lines


def said(text: str) -> Paragraph:
    """Return a paragraph of plain text."""
    return Paragraph((Span(text),))


def day_text(day) -> str:
    """Write a day as documents do: 2026年11月16日."""
    return f"{day.year}年{day.month}月{day.day}日"


def numbered(parts: list[tuple[str, list[Block]]]) -> tuple[Block, ...]:
    """Put 一、二、三 before the headings of the parts that hold something."""
    blocks: list[Block] = []
    for number, (title, content) in zip(NUMERALS, [part for part in parts if part[1]], strict=False):
        blocks += [Heading(1, f"{number}、{title}"), *content]
    return tuple(blocks)


def basics(meeting: Meeting) -> Block:
    """Say when, where, who: one paragraph, so that the paper stays on a page."""
    units = "、".join(unit.name for unit in meeting.units.order_by("path"))
    parts = [f"时间：{day_text(meeting.on)}", f"主持：{meeting.chair}"]
    parts += [f"地点：{meeting.place}"] if meeting.place else []
    parts += [f"参会：{units}"] if units else []
    return said(f"{'；'.join(parts)}。")


def lines_of(text: str) -> list[Block]:
    """Return a paragraph for each line that says something."""
    return [said(line.strip()) for line in text.splitlines() if line.strip()]


def items_of(text: str) -> list[Block]:
    """Number the lines of an agenda as the third level of a document; numbers that were typed go."""
    lines = [OWN_NUMBER.sub("", line.strip(), count=1) for line in text.splitlines() if line.strip()]
    return [said(f"{number}. {line}") for number, line in enumerate(lines, 1)]


def problems_table(problems) -> list[Block]:
    """Return the problems taken up as a table; nothing where there are none."""
    rows = tuple((row.title, row.project.name, row.unit.name, row.due_on.isoformat()) for row in problems)
    heads = ("问题", "项目", "责任单位", "承诺期限")
    return [Table("", heads, rows, (False,) * 4)] if rows else []


def projects_line(projects) -> list[Block]:
    """Name the projects taken up."""
    names = "、".join(project.name for project in projects)
    return [said(f"{names}。")] if names else []


def promises_table(promises) -> list[Block]:
    """Return what was decided and promised as a table; nothing where nothing was."""
    rows = tuple((str(row), row.unit.name, row.person, row.due_on.isoformat()) for row in promises)
    return [Table("", ("事项", "责任单位", "责任人", "期限"), rows, (False,) * 4)] if rows else []


def agenda(meeting: Meeting, projects, problems) -> Document:
    """Return the agenda: who, what is taken up, in which order."""
    parts = [
        ("议程", items_of(meeting.agenda)),
        ("议题项目", projects_line(projects)),
        ("议题问题", problems_table(problems)),
    ]
    return document(meeting, f"{meeting.title}议程", numbered(parts))


def record(meeting: Meeting, problems) -> Document:
    """Return the record: who, what was said, what was decided, which problems were promised to be cleared."""
    decisions = meeting.decisions.select_related("unit").order_by("pk")
    parts = [
        ("会议内容", lines_of(meeting.record)),
        ("议定和承诺事项", promises_table([*decisions, *problems])),
    ]
    return document(meeting, f"{meeting.title}纪要", numbered(parts))


def document(meeting: Meeting, title: str, blocks) -> Document:
    """Return a plain report without red head, signed by the unit that called the meeting."""
    return Document(
        title=title, issuer=meeting.unit.name, mark="", number="", addressee="",
        blocks=(basics(meeting), *blocks), annexes=(),
        date_text=day_text(meeting.on), draft=False,
    )  # fmt: skip
