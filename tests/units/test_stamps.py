"""The stamp on PostgreSQL: writers at once neither wait for each other nor hide each other's write."""

from threading import Event, Thread

from django.db import connection, transaction

from units import stamps
from units.models import Stamp

PATIENCE = 10  # seconds


def test_writers_at_once_do_not_wait_and_each_moves_the_stamp(postgres):
    with transaction.atomic():
        stamps.move()
    assert Stamp.objects.count() == 1
    moved, go, told = Event(), Event(), []

    def slow_writer():
        try:
            with transaction.atomic():
                stamps.move()
                moved.set()
                go.wait(PATIENCE)
        finally:
            connection.close()

    thread = Thread(target=slow_writer)
    told.append(stamps.stamp())
    thread.start()
    assert moved.wait(PATIENCE)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '500ms'")  # fails where the other were waited for
        stamps.move()
    told.append(stamps.stamp())
    go.set()
    thread.join(PATIENCE)
    told.append(stamps.stamp())
    assert len(set(told)) == 3  # before, after the quick one, after the slow one
    with transaction.atomic():
        stamps.move()
    assert Stamp.objects.count() == 2  # one that is free is taken again


def test_the_figure_of_who_commits_last_is_seen(postgres):
    # a number counted up by each writer would stand still when the one that began first commits last
    began, go, known = Event(), Event(), []

    def first():
        try:
            with transaction.atomic():
                stamps.move()
                began.set()
                go.wait(PATIENCE)
        finally:
            connection.close()

    thread = Thread(target=first)
    thread.start()
    assert began.wait(PATIENCE)
    with transaction.atomic():
        stamps.move()
    figures = iter(["early", "late"])
    known.append(stamps.kept("page", (), figures.__next__))
    known.append(stamps.kept("page", (), figures.__next__))
    go.set()
    thread.join(PATIENCE)
    known.append(stamps.kept("page", (), figures.__next__))
    assert known == ["early", "early", "late"]
