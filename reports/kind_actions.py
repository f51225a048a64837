"""Kinds of bulletin changed in the browser: facts, outline, copies, retired, put back as shipped."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _gettext
from django.utils.translation import gettext_lazy as _

from reports import kinds, outlines
from reports.drafting import outline_text, set_up
from reports.models import KindSection, ReportKind
from reports.sentences.parts import PARTS
from units import audit, versions
from units.access import require_role
from units.models import Role, User


@transaction.atomic
def create_kind(*, name: str, by: User, copy_of: ReportKind | None = None) -> ReportKind:
    """Add a kind, as a copy of another one or with a blank outline."""
    require_role(by, Role.EDITOR)
    facts = {field: getattr(copy_of, field) for field in ReportKind.FACTS if field != "name"} if copy_of else {}
    kind = ReportKind(
        name=name.strip(),
        code=f"own-{get_random_string(10, 'abcdefghijklmnopqrstuvwxyz0123456789')}",
        position=(ReportKind.objects.order_by("-position").values_list("position", flat=True).first() or 0) + 1,
        is_own=True,
        **{"title_form": _gettext("{organiser}“{campaign}”情况通报"), **facts},
    )
    kind.full_clean()
    kind.save()
    rows = (
        copy_of.sections.all()
        if copy_of
        else [KindSection(position=1, level=1, heading=_gettext("总体情况"), part="totals")]
    )
    KindSection.objects.bulk_create(KindSection(kind=kind, **row.told) for row in rows)
    audit.record(by, "kind.created", kind, before={})
    return kind


@transaction.atomic
def change_kind(
    *,
    kind: ReportKind,
    by: User,
    version: int | None = None,
    rows: Mapping[int, Mapping] | None = None,
    order: str = "",
    **facts,
) -> ReportKind:
    """Change a kind's facts, its rows by their number, then obey one order to its outline.

    Issues that were made of it stay as they are.
    """
    kind = lock_kind(kind, by=by, version=version)
    before = audit.snapshot(kind)
    for name, value in facts.items():
        setattr(kind, name, value)
    refuse_unknown_names(kind)
    changes = change_rows(kind, rows or {}, order)
    changes = save_own(kind, before) | changes
    audit.record(by, "kind.changed", kind, changes=changes)
    return kind


def change_rows(kind, told, order):
    """Write the rows of a kind and obey an order; return what changed, as the trail keeps it."""
    rows, changes = list(kind.sections.all()), {}
    before = outline_text(rows)
    for row in rows:
        changes |= set_up(row, told.get(row.pk, {}), PARTS)
    new = outlines.rearranged(rows, order, lambda **facts: KindSection(kind=kind, **facts)) if order else rows
    kind.sections.filter(pk__in={row.pk for row in rows} - {row.pk for row in new}).delete()
    for row in new:
        row.save()
    if order:
        changes[_gettext("提纲")] = [before, outline_text(new)]
    return changes


@transaction.atomic
def set_kind_active(*, kind: ReportKind, is_active: bool, by: User, version: int | None = None) -> ReportKind:
    """Retire a kind, so that no new issue is of it, or take it into use again."""
    kind = lock_kind(kind, by=by, version=version)
    before = audit.snapshot(kind)
    kind.is_active = is_active
    changes = save_own(kind, before)
    audit.record(by, "kind.enabled" if is_active else "kind.disabled", kind, changes=changes)
    return kind


@transaction.atomic
def put_back(*, kind: ReportKind, by: User, version: int | None = None) -> ReportKind:
    """Put a shipped kind back as it was shipped; from then on it follows the product's outline again."""
    kind = lock_kind(kind, by=by, version=version)
    if kind.code not in kinds.shipped():
        raise ValidationError(_("这是本单位自己的种类，没有可以还原的原样"))
    before = audit.snapshot(kind) | {"outline": (_gettext("提纲"), outline_text(kind.sections.all()))}
    kind.is_own, kind.is_active = False, True
    versions.bump(kind)
    kind.save()
    kinds.load_kinds()
    kind = ReportKind.objects.get(pk=kind.pk)
    after = audit.snapshot(kind) | {"outline": (_gettext("提纲"), outline_text(kind.sections.all()))}
    audit.record(by, "kind.shipped", kind, changes=audit.difference(before, after))
    return kind


def lock_kind(kind, *, by, version):
    """Lock a kind that an editor is about to change; refuse another's version."""
    require_role(by, Role.EDITOR)
    kind = ReportKind.objects.select_for_update().get(pk=kind.pk)
    versions.check(kind, version)
    return kind


def save_own(kind, before):
    """Save a changed kind as the bureau's own; return what changed of its facts."""
    kind.is_own = True
    versions.bump(kind)
    kind.full_clean()
    kind.save()
    return audit.difference(before, audit.snapshot(kind))


def refuse_unknown_names(kind):
    """Refuse forms of words that hold a name nobody fills in."""
    problems = {}
    for field, names in kinds.FORMS.items():
        if unknown := kinds.unknown_names(field, getattr(kind, field)):
            problems[field] = _("不认识 %(unknown)s，可以写 %(names)s") % {
                "unknown": "、".join(unknown),
                "names": "、".join(f"{{{name}}}" for name in names),
            }
    if problems:
        raise ValidationError(problems)
