"""Settings that only a fresh process can show."""

import os
import subprocess
import sys

from django.conf import settings


def manage(*arguments, **environment):
    """Run manage.py with the site's own settings and an environment that overrules .env."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_refuses_to_start_without_a_secret_key():
    refused = manage("check", DEBUG="false", SECRET_KEY="")
    assert refused.returncode != 0
    assert "SECRET_KEY 未设置" in refused.stderr


def test_production_starts_with_a_secret_key():
    started = manage("check", DEBUG="false", SECRET_KEY="x" * 64)
    assert started.returncode == 0, started.stderr
