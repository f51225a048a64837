"""What tests of the reports room share."""

import pytest

from reports import issuing, masking
from reports.documents import DOCUMENTS
from tests.factories import make_user
from tests.reports.factories import make_editor, make_told_drive
from units.models import Role


@pytest.fixture
def plain_files(monkeypatch):
    """Stand in for the files of an issue where a test asks about something else."""
    files = {kind: (lambda document: document.title.encode(), type_) for kind, (_, type_) in DOCUMENTS.items()}
    monkeypatch.setattr(issuing, "DOCUMENTS", files)


@pytest.fixture
def page_only(monkeypatch):
    """Mask into the page alone, which is fast."""
    monkeypatch.setattr(masking, "DOCUMENTS", {"html": DOCUMENTS["html"]})


@pytest.fixture
def office(db):
    """Return (drive, editor, leader) of an organiser that has both."""
    drive = make_told_drive()
    return drive, make_editor(drive), make_user("leader", Role.LEADER, drive.organiser)
