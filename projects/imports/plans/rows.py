"""What one row of a sheet does: the records it makes or changes, and what a page tells of it."""

import json
from dataclasses import dataclass, field
from functools import cache

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from campaigns.numbers import ExactField
from projects.credit_code import read_credit_code
from projects.models import Company, Contact, ImportRow
from units import audit

Outcome = ImportRow.Outcome


@dataclass(slots=True)
class Part:
    """One record that a row makes or changes: before holds {field: value} of what changes, None for a new one."""

    record: models.Model
    before: dict | None = None

    @property
    def is_new(self):
        """Whether the record is made by the row."""
        return self.before is None


@dataclass(slots=True)
class Plan:
    """What one row does: its parts in the order of writing, and what a page tells of it."""

    number: int
    values: dict
    title: str = ""
    parts: list = field(default_factory=list)
    changes: list = field(default_factory=list)  # [label, old, new]
    reasons: list = field(default_factory=list)  # [cell address, why it is refused]
    notes: list = field(default_factory=list)  # [cell address, what was not taken]
    record: models.Model | None = None
    tags: tuple | None = None  # (ids before, ids after)
    company: Company | None = None  # whom it names
    contact: Contact | None = None  # who speaks for a company it makes
    key: tuple | None = None  # what no second row may name
    also: tuple = ()  # more of the kind
    row: ImportRow | None = None  # where it is kept
    matched: int | None = None  # the standing record that no second row may take

    @property
    def outcome(self):
        """What becomes of the row."""
        if self.reasons:
            return Outcome.REFUSED
        if self.record is not None and self.record.pk is None:
            return Outcome.NEW
        return Outcome.CHANGED if self.parts or self.tags else Outcome.UNCHANGED

    @property
    def told(self):
        """Return the JSON that a page shows, by which a changed record shows before it is written."""
        return json.dumps(
            {"title": self.title, "changes": self.changes, "reasons": self.reasons, "notes": self.notes},
            ensure_ascii=False,
        )


@cache
def label_of(model, name):
    """Return what a field of a model is called."""
    return str(model._meta.get_field(name).verbose_name)


@cache
def labels_of(model, name):
    """Return {value: label} of the choices of a field."""
    return {value: str(label) for value, label in model._meta.get_field(name).flatchoices}


def text_of(row_field, value):
    """Return a field's value as the trail and the pages tell it."""
    if row_field.name == "phone":  # what pages mask, the trail masks too
        return Contact(phone=value or "").masked_phone
    if row_field.choices:
        return labels_of(row_field.model, row_field.name).get(value, value or "")
    return audit.text_of(value)


def faults_of(record, names):
    """Yield (field name, why) of values that the model's own rules refuse; no query."""
    for name in names:
        row_field, value = record._meta.get_field(name), getattr(record, name)
        if isinstance(value, str) and row_field.max_length and len(value) > row_field.max_length:
            yield name, _("“%(label)s”最多 %(most)d 字，这里有 %(n)d 字") % {
                "label": row_field.verbose_name, "most": row_field.max_length, "n": len(value)
            }  # fmt: skip
        elif isinstance(row_field, ExactField) and value is not None and value < 0:
            yield name, _("“%s”不能为负") % row_field.verbose_name
        elif name == "local_share" and value is not None and value > 100:
            yield name, _("本地投资占比须在 0 到 100 之间")
        elif name == "credit_code":
            yield from ((name, "；".join(error.messages)) for error in refusals(read_credit_code, value))


@cache
def words_of(model, constraint):
    """Return in which words a constraint of a model refuses a record."""
    return next(str(row.violation_error_message) for row in model._meta.constraints if row.name == constraint)


def refusals(rule, *values, **named):
    """Yield the error by which a rule refuses some values, if it does."""
    try:
        rule(*values, **named)
    except ValidationError as error:
        yield error


def same(held, said):
    """Say whether a cell says what is held; a text is read in one line."""
    return held == said or (isinstance(held, str) and isinstance(said, str) and " ".join(held.split()) == said)


def moved(old, new, names):
    """Return {field: old value} of what follows from a change."""
    attributes = [(name, old._meta.get_field(name).attname) for name in names]
    return {name: getattr(old, name) for name, attr in attributes if getattr(old, attr) != getattr(new, attr)}
