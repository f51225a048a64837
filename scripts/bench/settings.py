"""The site's settings for a measurement: a production site that speaks plain HTTP and collected no files."""

import os

os.environ["SECRET_KEY"] = "bench-only-" + "0" * 50
os.environ["DEBUG"] = "false"  # with DEBUG every query would be kept
os.environ["HTTPS"] = "false"
os.environ["ALLOWED_HOSTS"] = "testserver"

from config import settings

globals().update({name: getattr(settings, name) for name in dir(settings) if name.isupper()})
MIDDLEWARE = [name for name in settings.MIDDLEWARE if not name.startswith("whitenoise")]
STORAGES = {
    **settings.STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
