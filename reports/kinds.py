"""The kinds of bulletin that are shipped, as files; loaded behind each migrate, until a bureau changes one."""

import json
import re
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from reports.models import KindSection, ReportKind, ReportSection

FOLDER = Path(settings.BASE_DIR) / "fixtures" / "kinds"
FORMS = {  # which names a form of words may hold
    "title_form": ("organiser", "campaign", "year", "month", "first", "last"),
    "number_form": ("year", "n"),
    "mark": ("issuer",),
}
BRACES = re.compile(r"\{[^{}]*\}")
FACTS = (*ReportKind.FACTS, "position")
MAIN = "campaign-summary"
LETTER = "supervision-letter"
ONE_CLICK = ("monthly", "ranking-circular")  # started from the pages that show their figures


@cache
def shipped() -> dict[str, dict]:
    """Return the shipped kinds by code, in their order, each with its sections."""
    kinds = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.json")}
    return dict(sorted(kinds.items(), key=lambda item: item[1]["position"]))


@transaction.atomic
def load_kinds() -> None:
    """Bring the shipped kinds up to the files, but for those that somebody changed here."""
    held = {kind.code: kind for kind in ReportKind.objects.all()}
    for code, told in shipped().items():
        kind = held.get(code) or ReportKind(code=code, objection_days=told.get("objection_days", 0))
        if kind.is_own:
            continue
        facts = {name: told.get(name, "") for name in FACTS}
        wanted = [
            KindSection(kind=kind, position=place, **row) for place, row in enumerate(told["sections"], start=1)
        ]
        if (
            kind.pk
            and facts == {name: getattr(kind, name) for name in FACTS}
            and _rows(wanted) == _rows(kind.sections.all())
        ):
            continue
        for name, value in facts.items():
            setattr(kind, name, value)
        kind.save()
        kind.sections.all().delete()
        KindSection.objects.bulk_create(wanted)


def _rows(sections):
    return [tuple(getattr(row, name) for name in KindSection.TOLD) for row in sections]


def worded(form: str, **names) -> str:
    """Fill a form of words: {year} and the like; what is no name of it stays as it stands."""
    for name, value in names.items():
        form = form.replace("{" + name + "}", str(value))
    return form


def unknown_names(field: str, form: str) -> list[str]:
    """Return what stands in braces in a form of words and is no name of it; a brace alone is none either."""
    rest = worded(form, **dict.fromkeys(FORMS[field], ""))
    return BRACES.findall(rest) or (["{" if "{" in rest else "}"] if "{" in rest or "}" in rest else [])


def load_after_migrate(using, **kwargs):
    """Receive post_migrate."""
    if using == "default" and ReportSection._meta.db_table in connection.introspection.table_names():
        load_kinds()
