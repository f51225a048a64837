"""The site's settings for tests: what differs is put into the environment before they are read.

The environment is stronger than .env, so a test sees the same site on every machine.
"""

import os

os.environ["SECRET_KEY"] = "tests-only-" + "0" * 50
os.environ["DEBUG"] = "false"
os.environ["HTTPS"] = "false"  # the live server and the test client speak plain HTTP
os.environ["TASKS_BACKEND"] = "django_tasks.backends.immediate.ImmediateBackend"  # no worker runs beside the tests
os.environ.setdefault("DATABASE_URL", "sqlite:///var/zhanbao.sqlite3")

from config import settings

globals().update({name: getattr(settings, name) for name in dir(settings) if name.isupper()})
