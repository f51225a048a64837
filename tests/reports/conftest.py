"""Settings for the renderers' tests where the project's own are not loaded."""

from pathlib import Path

from django.conf import settings

if not settings.configured:
    settings.configure(
        FONTS_DIR=Path(__file__).resolve().parents[2] / ".fonts", SITE_FONTS_DIR="", USE_I18N=False
    )
