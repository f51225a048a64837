"""Writing down the places that a superior body published."""

from collections.abc import Mapping, Sequence

from django.db import transaction

from campaigns.models import DistrictPlace
from units import audit
from units.access import require
from units.models import Role, Unit, User

KEY = ("since", "until", "indicator")


@transaction.atomic
def record_places(*, unit: Unit, rows: Sequence[Mapping], by: User) -> list[DistrictPlace]:
    """Write down published places of a unit: since, until, indicator (None: composite), place, of_how_many, source.

    A place already written down for the same period and indicator is replaced.
    """
    require(by, Role.EDITOR, unit)
    Unit.objects.select_for_update().get(pk=unit.pk)  # two of the same key at once
    return [_record(unit, facts, by) for facts in rows]


def _record(unit, facts, by):
    key = {name: facts[name] for name in KEY}
    row = DistrictPlace.objects.filter(unit=unit, **key).first() or DistrictPlace(unit=unit, **key)
    before = audit.snapshot(row) if row.pk else {}
    row.place, row.of_how_many, row.source = facts["place"], facts["of_how_many"], facts["source"].strip()
    row.recorded_by = by
    row.full_clean()
    row.save()
    audit.record(by, "published.changed" if before else "published.created", row, before=before)
    return row


@transaction.atomic
def remove_place(*, row: DistrictPlace, by: User) -> None:
    """Take a published place out again."""
    row = DistrictPlace.objects.select_for_update(of=("self",)).select_related("unit").get(pk=row.pk)
    require(by, Role.EDITOR, row.unit)
    audit.record(by, "published.removed", row, changes={str(row): [f"{row.place}/{row.of_how_many}", ""]})
    row.delete()
