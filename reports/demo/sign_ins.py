"""The demo's sign-ins, as a table for the terminal."""

import unicodedata

from django.utils.translation import gettext as _

from reports.demo import loading, people, tables
from units.models import Role


def as_text():
    """Return the sign-ins a visitor starts with, one a line, and the names of all other clerks below."""
    listed = [row for row in tables.rows("accounts") if row["listed"]]
    for home in map(loading.home_of, loading.PLACES):
        listed += [row for row in tables.rows(f"{home}accounts") if row["listed"]]
    others = [row for row in tables.rows("accounts") if not row["listed"]]
    table = [(_("用户名"), _("密码"), _("角色"), _("单位"), _("说明"))]
    table += [
        (row["username"], people.PASSWORD, str(Role(row["role"]).label), row["unit"], row["note"]) for row in listed
    ]
    widths = [max(width(row[place]) for row in table) for place in range(len(table[0]) - 1)]
    lines = [
        "  ".join([*(pad(cell, wide) for cell, wide in zip(row[:-1], widths, strict=True)), row[-1]]) for row in table
    ]
    rest = "、".join(f"{row['unit']} {row['username']}" for row in others)
    lines.append(_("其他单位的填报员（密码相同）：%(rest)s") % {"rest": rest})
    if people.top_name() not in loading.loaded():
        lines.append(_("（演示数据尚未载入，载入后方可登录：manage.py demo）"))
    return "\n".join(line.rstrip() for line in lines)


def width(text):
    """Return how many columns a text takes; a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def pad(text, wide):
    """Fill a text up to a number of columns."""
    return text + " " * (wide - width(text))
