"""Two people on one record: whoever comes second sees both values instead of overwriting."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class Conflict(ValidationError):
    """The record changed since the form was opened; current is the record as it stands now."""

    def __init__(self, current):
        super().__init__(_("保存前，这条记录已被他人修改。请核对下方两边的数值后再次提交。"), code="conflict")
        self.current = current


def check(record, version):
    """Refuse a write made on an older version of a locked record; None skips the check (commands)."""
    if version is not None and int(version) != record.version:
        raise Conflict(record)


def bump(record):
    """Count up the version of a record about to be saved."""
    record.version += 1
