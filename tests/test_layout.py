"""The rooms keep apart in the database as well, and the tests stand on what they say."""

import threading

import pytest
from django.apps import apps
from django.db import connection

from units.models import Unit

ROOMS = ["units", "campaigns", "projects", "reports"]  # from the lowest to the highest


def test_no_foreign_key_points_to_a_higher_room():
    wrong = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for room in ROOMS
        for model in apps.get_app_config(room).get_models()
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and field.related_model
        if field.related_model._meta.app_label in ROOMS
        if ROOMS.index(field.related_model._meta.app_label) > ROOMS.index(room)
    ]
    assert wrong == []


def test_database_is_a_file_or_a_server(db):
    if connection.vendor == "sqlite":
        assert not connection.is_in_memory_db()
        assert connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    else:
        assert connection.vendor == "postgresql"


def names_seen_by_another_connection():
    """Read the names of all units in a thread, which has a connection of its own."""
    names = []

    def read():
        names.extend(Unit.objects.values_list("name", flat=True))
        connection.close()

    thread = threading.Thread(target=read)
    thread.start()
    thread.join()
    return names


def test_postgres_fixture_commits(postgres):
    Unit.objects.create(name="甲镇", kind=Unit.Kind.TOWNSHIP, path="/1/")
    assert names_seen_by_another_connection() == ["甲镇"]


@pytest.mark.postgres
def test_db_fixture_does_not_commit(db):
    Unit.objects.create(name="甲镇", kind=Unit.Kind.TOWNSHIP, path="/1/")
    assert names_seen_by_another_connection() == []
