"""Says whether anything was written since: what is kept under a stamp holds until the next write, and no longer."""

from hashlib import sha256
from uuid import uuid4

from django.core.cache import caches
from django.db import connection, transaction
from django.db.models import Subquery

from units.models import Stamp


def _moved():
    """Mark a transaction in which the stamp has been moved."""


def move():
    """Change the stamp in the caller's transaction, or in one of its own; a transaction does so once.

    Each writer takes a row that nobody holds and makes another where all are held, so that writers neither wait for
    each other nor lock in a circle. The new token is random: one that was rolled back never comes again.
    """
    hooks = connection.run_on_commit  # what a savepoint took back is no longer among them
    if any(hook is _moved for _savepoints, hook, _robust in hooks):
        return
    with transaction.atomic(savepoint=False):
        free = Stamp.objects.select_for_update(skip_locked=True).order_by("pk").values("pk")[:1]
        if not Stamp.objects.filter(pk=Subquery(free)).update(token=uuid4()):
            Stamp.objects.create()
        transaction.on_commit(_moved)


def stamp() -> str:
    """Return what differs after every committed write: one query; "" before the first write."""
    tokens = [token.hex for token in Stamp.objects.order_by("pk").values_list("token", flat=True)]
    return sha256("".join(tokens).encode()).hexdigest() if tokens else ""


def kept(name: str, parts: tuple, make):
    """Return what make() gives, kept under everything it depends on until the next write.

    parts name all that it depends on beside the database: whose page, which day, which switches. The stamp is read
    before the figures, so that what is kept is never older than its stamp. In a transaction, which sees what nobody
    else sees yet, nothing is kept.
    """
    now = "" if connection.in_atomic_block else stamp()
    if not now:
        return make()
    key = sha256(repr((name, now, parts)).encode()).hexdigest()
    held = caches["pages"].get(key)
    if held is None:
        held = make()
        caches["pages"].set(key, held)
    return held
