"""How far long work is, told outside the database: what one transaction writes nobody else sees until it is through.

A file beside the uploaded one holds "done/total". Whoever works on it holds its lock, which the system takes back
when the process dies, however it dies: a file without a lock is work that was cut off.
"""

import contextlib
import fcntl
import time
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

LOOKS = 10  # how often the lock is tried


class Busy(Exception):
    """Somebody works on it already."""


@dataclass(frozen=True)
class Progress:
    """What the file says: parts done of all parts, and whether somebody is at it."""

    done: int
    total: int
    alive: bool

    @property
    def percent(self):
        """How much is done, in whole percent."""
        return 100 * self.done // self.total if self.total else 0


def path_of(batch):
    """Return where the progress of an import is told."""
    return Path(settings.MEDIA_ROOT) / "imports" / f"{batch.pk}.progress"


@contextlib.contextmanager
def reporting(batch):
    """Hold the lock while working; gives tell(done, total). Work that is cut off leaves the file behind."""
    path = path_of(batch)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        _take(file)

        def tell(done, total):
            file.seek(0)
            file.truncate()
            file.write(f"{done}/{total}")
            file.flush()

        tell(0, 0)
        try:
            yield tell
        except Exception:
            forget(batch)
            raise
        forget(batch)


def _take(file):
    """Take the lock; who only looks holds it for a moment, who works for longer."""
    for _try in range(LOOKS):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.05)
        else:
            return
    raise Busy


def forget(batch):
    """Take away what was told."""
    path_of(batch).unlink(missing_ok=True)


def look(batch):
    """Return the Progress of an import; None where nobody has begun."""
    try:
        with path_of(batch).open() as file:
            text = file.read()
            alive = False
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                alive = True
    except FileNotFoundError:
        return None
    done, _slash, total = text.partition("/")
    return Progress(int(done or 0), int(total or 0), alive) if total.isdigit() else Progress(0, 0, alive)
