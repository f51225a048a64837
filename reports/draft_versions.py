"""Versions of a draft: kept at every save of a person, compared word by word, brought back."""

import json
import re
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import SequenceMatcher

from django.utils import timezone
from django.utils.translation import gettext as _

from reports.models import Report, ReportSection, ReportVersion
from units.models import User

ROW = ("id", *ReportSection.TOLD, "text", "is_stale")
MERGED = timedelta(minutes=10)  # saves of one person within this time are one version
WORD = re.compile(r"[A-Za-z]+|\d+(?:\.\d+)?%?|\{[^{}\n]+\}|.|\n", re.DOTALL)


def content_of(report: Report) -> str:
    """Return a draft as text: facts, and sections in their order."""
    facts = {name: getattr(report, name) for name in Report.FACTS}
    facts |= {name: value.isoformat() for name, value in facts.items() if isinstance(value, date)}
    sections = [{name: getattr(row, name) for name in ROW} for row in report.sections.all()]
    return json.dumps({"facts": facts, "sections": sections}, ensure_ascii=False, sort_keys=True)


def keep(report: Report, *, by: User, told: str = "") -> ReportVersion:
    """Keep a draft as it stands after a save, in the caller's transaction; within minutes it joins the last one."""
    now, content = timezone.now(), content_of(report)
    last = report.versions.order_by("-pk").first()
    if last and not told and not last.told and last.by_id == by.pk and now - last.began_at < MERGED:
        last.content, last.saved_at = content, now
        last.save(update_fields=["content", "saved_at"])
        return last
    return report.versions.create(by=by, began_at=now, saved_at=now, told=told, content=content)


def bring_back(report: Report, version: ReportVersion) -> None:
    """Put facts, outline and texts of a version into a locked draft; sections that still stand keep their rows."""
    plain = version.plain
    for name, value in plain["facts"].items():
        is_day = name in ("from_on", "as_of")
        setattr(report, name, date.fromisoformat(value) if is_day else value)
    standing = {row.pk: row for row in report.sections.all()}
    kept = []
    for told in plain["sections"]:
        row = standing.pop(told["id"], None) or ReportSection(report=report)
        for name in ROW[1:]:
            setattr(row, name, told[name])
        row.save()
        kept.append(row)
    report.sections.filter(pk__in=standing).delete()


@dataclass(frozen=True)
class Difference:
    """A part of a draft in two versions: pieces (kind, words), kind "", "del" or "ins"."""

    label: str
    pieces: tuple[tuple[str, str], ...]


def differences(old: dict, new: dict) -> list[Difference]:
    """Return what differs between the contents of two versions: facts, then sections in the newer one's order."""
    labels = {name: str(Report._meta.get_field(name).verbose_name) for name in Report.FACTS}
    found = [
        Difference(labels[name], word_pieces(_told(old["facts"].get(name)), _told(new["facts"].get(name))))
        for name in Report.FACTS
        if old["facts"].get(name) != new["facts"].get(name)
    ]
    before = {row["id"]: row for row in old["sections"]}
    for row in new["sections"]:
        was = before.pop(row["id"], None)
        if was and _outline(was) == _outline(row):
            pieces = word_pieces(was["text"], row["text"])
        else:
            pieces = word_pieces(_section(was) if was else "", _section(row))
        if any(kind for kind, _words in pieces):
            found.append(Difference(row["heading"] or _("（无标题）"), pieces))
    found += [
        Difference(row["heading"] or _("（无标题）"), word_pieces(_section(row), "")) for row in before.values()
    ]
    return [each for each in found if each.pieces]


def _told(value):
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return str(value or "")


def _outline(row):
    return row["level"], row["heading"], row["part"]


def _section(row):
    """Return a section whose outline changed as it is compared: level and heading, what is drafted, its text."""
    heading = f"{'#' * max(row['level'], 1)} {row['heading']}"
    drafted = f"〔{row['part']}〕" if row["part"] else ""
    return f"{heading}{drafted}\n{row['text']}"


def word_pieces(old: str, new: str) -> tuple[tuple[str, str], ...]:
    """Compare two texts by word and character; return pieces in reading order."""
    before, after = WORD.findall(old), WORD.findall(new)
    pieces: list[tuple[str, str]] = []
    for what, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            pieces.append(("", "".join(before[a:b])))
            continue
        if b > a:
            pieces.append(("del", "".join(before[a:b])))
        if d > c:
            pieces.append(("ins", "".join(after[c:d])))
    return tuple(pieces)
