"""What the preview of a merge shows: two companies side by side, and what would change hands."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from projects.actions import preview_merge
from projects.models import Company

SIDES = ("name", "credit_code", "origin", "place", "entered_for")


@dataclass(frozen=True)
class Side:
    """One field of both companies, and what it will be."""

    label: str
    kept: str
    absorbed: str
    after: str
    is_filled: bool


@dataclass(frozen=True)
class Preview:
    """Everything the page shows."""

    sides: tuple[Side, ...]
    moving: tuple[tuple[str, tuple[str, ...]], ...]
    staying: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]
    released: tuple[str, ...]
    entries: tuple[tuple[str, str, int, int], ...]
    origin_differs: bool


def preview_of(kept: Company, absorbed: Company) -> Preview:
    """Work out what merging would do, in words; raises ValidationError for two that cannot be one."""
    plan, entries = preview_merge(kept=kept, absorbed=absorbed)
    moving = [
        (str(model._meta.verbose_name), tuple(str(row) for row in rows)) for model, rows in plan.moved.items() if rows
    ]
    return Preview(
        sides=tuple(side_of(name, kept, absorbed, plan.filled) for name in SIDES),
        moving=tuple(moving),
        staying=tuple(str(row) for row in plan.staying),
        renamed=tuple((str(project), name) for project, name in plan.renamed),
        released=tuple(f"{claim.unit}（{claim.on.isoformat()}）" for claim in plan.released),
        entries=tuple(entries),
        origin_differs=kept.origin != absorbed.origin,
    )


def side_of(name, kept, absorbed, filled):
    """Print one field of both companies."""
    field, texts = Company._meta.get_field(name), []
    for company in (kept, absorbed):
        value = getattr(company, f"get_{name}_display")() if field.choices else getattr(company, name)
        texts.append(str(value or "") or str(_("未填")))
    return Side(str(field.verbose_name), *texts, filled.get(name, texts[0]), name in filled)
