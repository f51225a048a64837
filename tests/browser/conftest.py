"""A real browser before a real server: the demo site, loaded once, and people who sign in there.

The live server of pytest-django empties the database after every test; the demo takes too long for that, so one
server runs for all tests of this folder. Tests that write use units of their own.
"""

import shutil
from contextlib import ExitStack
from datetime import datetime, time

import pytest
import time_machine
from django.core.management import call_command
from django.test import override_settings
from django.utils import timezone
from playwright.sync_api import sync_playwright
from pytest_django.live_server_helper import LiveServer

from reports.demo import loading
from tests.browser.people import DESK, Visitor

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
YEAR = 366 * 24 * 3600  # seconds
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


def pytest_collection_modifyitems(items):
    """Mark every test of this folder: -m browser runs them, -m "not browser" leaves them out."""
    for item in items:
        if "tests/browser" in item.path.as_posix():
            item.add_marker("browser")
            item.add_marker("django_db")  # or pytest-django makes no test database


@pytest.fixture
def _django_db_helper():
    """Wrap no test in a transaction, which the server would wait for, and flush nothing after it."""


@pytest.fixture(scope="package")
def site(django_db_setup, django_db_blocker, tmp_path_factory):
    """Serve the demo, loaded today; return the address."""
    with ExitStack() as stack:
        stack.enter_context(django_db_blocker.unblock())
        files = tmp_path_factory.mktemp("files")
        stack.enter_context(override_settings(ALLOWED_HOSTS=["127.0.0.1"], MEDIA_ROOT=files))
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright keeps a loop running in this thread
        stack.callback(call_command, "flush", interactive=False, verbosity=0)
        for _part in loading.load(timezone.localdate()):
            pass
        server = LiveServer("127.0.0.1")
        stack.callback(server.stop)
        yield server.url


@pytest.fixture(scope="package")
def chromium(site):
    """Start the browser once."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    assert program, "Chromium is missing: scripts/setup.sh test"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(site, chromium):
    """Return a function that opens a window, signed in as somebody; no window may end with an error in it."""
    visitors = []

    def start(username=None, **options):
        context = chromium.new_context(base_url=site, locale="zh-CN", **{**DESK, **options})
        context.set_default_timeout(15_000)
        visitors.append(Visitor(context, site))
        if username:
            visitors[-1].sign_in(username)
        return visitors[-1]

    yield start
    for visitor in visitors:
        visitor.context.close()
    assert [problem for visitor in visitors for problem in visitor.problems] == []


@pytest.fixture
def on_day():
    """Return a function that sets the clock of the server, a thread of this process, to an hour of a day.

    It runs on from there until it is set again or the test is over. Who signed in since stays so over the days.
    """
    with ExitStack() as stack:
        stack.enter_context(
            override_settings(SESSION_IDLE_SECONDS=YEAR, SESSION_ABSOLUTE_SECONDS=YEAR, SESSION_COOKIE_AGE=YEAR)
        )
        clock = ExitStack()
        stack.enter_context(clock)

        def go(day, hour=time(10)):
            clock.close()
            moment = timezone.make_aware(datetime.combine(day, hour))
            clock.enter_context(time_machine.travel(moment, tick=True))

        yield go
