"""What the worker does: one import at a time, named by its key."""

from datetime import date

from django.conf import settings
from django_tasks import task


def at_once():
    """Return up to how many rows a page does itself."""
    return settings.IMPORT_AT_ONCE


@task()
def work(batch_id: int, user_id: int, today: str) -> None:
    """Do the work that an import waits for; the day is that of the person who asked."""
    from projects.imports import batches  # they enqueue this task
    from projects.models import ImportBatch
    from units.models import User

    batch = ImportBatch.objects.select_related("unit").get(pk=batch_id)
    batches.run(batch, User.objects.get(pk=user_id), date.fromisoformat(today))
