"""A row that belongs to exactly one of several kinds of record, each a foreign key of its own."""

from django.db.models import Q


def one_of(names):
    """Return the condition that exactly one of some fields is filled in."""
    condition = Q()
    for name in names:
        condition |= Q(**{f"{other}__isnull": other != name for other in names})
    return condition
