"""Renders a document in a process of its own, which tells how far it is and is killed when asked to or too late."""

import json
import os
import selectors
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from reports.documents.child import REFUSED
from reports.documents.fonts import MissingGlyph

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 300  # by the clock; the child bounds its processor time itself
LOOK = 0.5  # seconds between two questions whether to go on
KEPT = ("PATH", "HOME", "LANG", "LD_LIBRARY_PATH", "TZ", "XDG_CACHE_HOME", "FONTCONFIG_FILE")


class Stopped(Exception):
    """Somebody cancelled it."""


class TooLong(Exception):
    """It took longer than it may."""


class Crashed(Exception):
    """The process ended without a file: no memory, or a fault of its own."""


def command(kind: str) -> list[str]:
    """Return the command of the child: Python without the user's settings."""
    folders = [str(Path(settings.FONTS_DIR).resolve()), str(settings.SITE_FONTS_DIR or "")]
    return [sys.executable, "-X", "utf8", "-Esm", "reports.documents.child", kind, *folders]


def render(text: str, kind: str, tell: Callable[[int], bool], seconds: int = SECONDS) -> bytes:
    """Render a document, given as its JSON, in a child.

    tell is called with the number of pages laid out, at least every half second, and says whether to go on. Raises
    MissingGlyph, Stopped, TooLong or Crashed; the child is gone in any case.
    """
    environment = {key: os.environ[key] for key in KEPT if key in os.environ}
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as made:
        given.write(text.encode())
        given.seek(0)
        process = subprocess.Popen(  # noqa: S603 - our own program, no shell reads its arguments
            command(kind), stdin=given, stdout=made, stderr=subprocess.PIPE, cwd=ROOT, env=environment
        )
        try:
            lines = _watch(process, tell, time.monotonic() + seconds)
            code = process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            raise Crashed from None
        finally:
            process.kill()
            process.wait()
        if code == REFUSED and lines and lines[-1].startswith("refused "):
            raise MissingGlyph(json.loads(lines[-1].removeprefix("refused ")))
        made.seek(0)
        content = made.read()
    if code or not content:
        raise Crashed
    return content


def _watch(process, tell, deadline):
    """Follow what the child tells until it ends; return its lines."""
    lines, rest, page = [], b"", 0
    with process.stderr as pipe, selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        asked = 0.0
        while True:
            ready = selector.select(LOOK)
            chunk = os.read(pipe.fileno(), 1 << 16) if ready else None
            if chunk:
                *whole, rest = (rest + chunk).split(b"\n")
                lines += [line.decode(errors="replace") for line in whole]
                page = next((int(line[5:]) for line in reversed(lines) if line.startswith("page ")), page)
            if time.monotonic() > deadline:
                raise TooLong
            if time.monotonic() - asked >= LOOK:
                asked = time.monotonic()
                if not tell(page):
                    raise Stopped
            if chunk == b"":
                return lines
