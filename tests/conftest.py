"""What all tests share: the marks for PostgreSQL and the browser, and how hard properties are tried."""

import os
from datetime import date

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import override_settings
from hypothesis import HealthCheck, settings

from reports import seals

settings.register_profile(
    "zhanbao",
    deadline=None,  # a busy machine is not a failure
    max_examples=int(os.environ.get("HYPOTHESIS_EXAMPLES", "60")),
    derandomize="CI" in os.environ,  # the same tries on every run of the same code
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("zhanbao")


THOROUGH = ("nonsense", "hostile", "demo_speaks")  # in the name of a test that tries every field, or a whole demo
SLOW = {"test_source_reports", "test_periodic_demo", "test_identity", "test_bench"}  # load or fill a whole database
DATABASE = {"db", "transactional_db", "django_db_setup", "live_server"}  # fixtures that bring a database


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark what asks for the fixture `postgres`, what touches no database, and what tries long, before -m chooses."""
    for item in items:
        asked = set(getattr(item, "fixturenames", ()))
        if "postgres" in asked:
            item.add_marker("postgres")
        if not item.get_closest_marker("django_db") and not asked & DATABASE:
            item.add_marker("plain")
        is_property = getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
        if is_property or item.path.stem in SLOW or any(word in item.name for word in THOROUGH):
            item.add_marker("thorough")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Fail what is marked postgres and runs elsewhere; it is left out with -m, never skipped."""
    if item.get_closest_marker("postgres") and connection.vendor != "postgresql":
        pytest.fail(f"needs PostgreSQL, not {connection.vendor}: scripts/with_postgres.sh …", pytrace=False)


@pytest.fixture(autouse=True, scope="session")
def seals_yield_to_a_flush():
    """Let tests empty the tables of issued reports, which nobody else can; the seals are set again behind it."""
    execute = connection.ops.__class__.execute_sql_flush

    def flush(operations, statements):
        seals.lift_seals()
        try:
            return execute(operations, statements)
        finally:
            seals.set_seals()

    connection.ops.__class__.execute_sql_flush = flush
    yield
    connection.ops.__class__.execute_sql_flush = execute


@pytest.fixture
def postgres(transactional_db):
    """Give a PostgreSQL database on which other connections see what was committed."""
    return connection


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    """Load the demo once for a module, first loaded in the middle of its drive; return that day.

    What a test writes on top of it (fixture db) is rolled back.
    """
    today = date(2026, 8, 10)
    with django_db_blocker.unblock():
        with override_settings(DEBUG=True):
            call_command("demo", today=today, district=True, verbosity=0)
        yield today
        call_command("flush", interactive=False, verbosity=0)
