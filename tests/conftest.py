"""What all tests share: the marks for PostgreSQL and the browser, and how hard properties are tried."""

import os

import pytest
from django.db import connection
from hypothesis import HealthCheck, settings

settings.register_profile(
    "zhanbao",
    deadline=None,  # a busy machine is not a failure
    max_examples=int(os.environ.get("HYPOTHESIS_EXAMPLES", "60")),
    derandomize="CI" in os.environ,  # the same tries on every run of the same code
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("zhanbao")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark what asks for the fixture `postgres`, before -m chooses."""
    for item in items:
        if "postgres" in getattr(item, "fixturenames", ()):
            item.add_marker("postgres")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Fail what is marked postgres and runs elsewhere; it is left out with -m, never skipped."""
    if item.get_closest_marker("postgres") and connection.vendor != "postgresql":
        pytest.fail(f"needs PostgreSQL, not {connection.vendor}: scripts/with_postgres.sh …", pytrace=False)


@pytest.fixture
def postgres(transactional_db):
    """Give a PostgreSQL database on which other connections see what was committed."""
    return connection
