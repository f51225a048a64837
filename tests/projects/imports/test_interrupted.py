"""A process that dies in the middle of an import leaves nothing behind; two confirmations write once."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.conf import settings as site
from django.core.exceptions import ValidationError
from django.db import connection, connections

from projects.imports import batches, progress
from projects.models import Company, ImportBatch, Milestone, Project
from projects.reconciling import differences
from tests.projects import factories
from tests.projects.imports import sheets_in
from tests.projects.imports.test_batches import LEDGER
from units.models import AuditEntry, User

ROOT = Path(__file__).resolve().parents[3]
DIES = """
import os, signal, sys
import django
django.setup()
from datetime import date
from projects.imports import batches, writing
from projects.models import ImportBatch
from units.models import User
writing.Writer._post = lambda *args: os.kill(os.getpid(), signal.SIGKILL)
batches.run(ImportBatch.objects.get(pk=int(sys.argv[1])), User.objects.get(pk=int(sys.argv[2])), date.today())
"""


@pytest.fixture
def desk(transactional_db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return factories.make_desk()


def in_another_process(desk, batch, media):
    """Run the work of an import in a process that kills itself in the middle; return how it ended."""
    database = connection.settings_dict
    url = (
        f"sqlite:///{database['NAME']}"
        if connection.vendor == "sqlite"
        else "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(
            **{key: str(database[key]).replace("/", "%2F") for key in ("USER", "PASSWORD", "HOST", "PORT", "NAME")}
        )
    )
    environment = os.environ | {
        "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings", "FILES_DIR": str(media),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", DIES, str(batch.pk), str(desk.clerk.pk)], env=environment, cwd=ROOT, check=False
    )
    return done.returncode


def test_killed_worker_leaves_nothing_and_the_import_is_tried_again(desk, settings, monkeypatch, client):
    batch = sheets_in.preview(desk, LEDGER)
    ImportBatch.objects.filter(pk=batch.pk).update(state="running", work="confirm")
    trail = AuditEntry.objects.count()
    assert in_another_process(desk, batch, site.MEDIA_ROOT) == -signal.SIGKILL
    assert (Project.objects.count(), Company.objects.count(), Milestone.objects.count()) == (0, 0, 0)
    assert AuditEntry.objects.count() == trail
    batch.refresh_from_db()
    assert batch.state == ImportBatch.State.RUNNING
    assert batches.is_cut_off(batch)
    client.force_login(desk.clerk)
    page = client.get(batch.get_absolute_url()).content.decode()
    assert "中断" in page
    assert "重试" in page
    batch = batches.retry(batch=batch, by=desk.clerk, today=desk.today)
    assert batch.state == ImportBatch.State.DONE
    assert Project.objects.count() == 2
    assert progress.look(batch) is None
    assert list(differences()) == []


def test_work_under_way_is_not_cut_off_and_not_begun_twice(desk):
    batch = sheets_in.preview(desk, LEDGER)
    with progress.reporting(batch) as tell:
        tell(3, 4)
        assert progress.look(batch) == progress.Progress(3, 4, True)
        assert not batches.is_cut_off(batch)
        with pytest.raises(ValidationError, match="没有中断"):
            batches.retry(batch=batch, by=desk.clerk, today=desk.today)
    assert progress.look(batch) is None


def test_two_confirmations_write_once(desk, postgres):
    batch = sheets_in.preview(desk, LEDGER)
    ready, outcomes = threading.Barrier(2), []

    def confirm():
        ready.wait()
        try:
            sheets_in.confirm(desk, ImportBatch.objects.get(pk=batch.pk), by=User.objects.get(pk=desk.clerk.pk))
            outcomes.append("done")
        except ValidationError as error:
            outcomes.append("；".join(error.messages))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=confirm) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "该批次已导入，不能确认"]
    assert Project.objects.count() == 2
    assert list(differences()) == []
