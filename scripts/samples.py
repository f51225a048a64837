"""Writes the sample reports into docs/samples: a fresh demo in a scratch database, each report as it would go out."""

import os
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "samples"
TODAY = "2026-11-02"  # the demo's day: what is printed does not depend on when it is made
MOST = 300_000  # bytes of a file
SAMPLES = {  # file → the demo's folder with the draft, the day it is dated
    "campaign-month": ("places/lizhou/month", date(2026, 9, 30)),
    "major-projects": ("annual", date(2026, 9, 4)),
    "bureau-annual": ("places/jichuan/year", date(2025, 12, 5)),
    "hundred-day-drive": ("drive", date(2026, 10, 12)),
    "capital-annual": ("places/yanhu/year", date(2025, 12, 5)),
    "hundred-day-contest": ("places/fengling/contest", date(2026, 9, 30)),
}


def main():
    """Load the demo, write every sample; names on the command line choose some of them."""
    with tempfile.TemporaryDirectory() as scratch:
        os.environ |= {"DATABASE_URL": f"sqlite:///{scratch}/samples.sqlite3", "DEBUG": "true"}
        os.environ |= {"DJANGO_SETTINGS_MODULE": "config.settings", "FILES_DIR": f"{scratch}/files"}
        os.environ.setdefault("SECRET_KEY", "samples")
        manage = [sys.executable, str(ROOT / "manage.py")]
        subprocess.run([*manage, "migrate", "--no-input", "--verbosity", "0"], check=True)
        subprocess.run([*manage, "demo", "--today", TODAY, "--verbosity", "0"], check=True)
        sys.path.insert(0, str(ROOT))
        import django

        django.setup()
        FOLDER.mkdir(exist_ok=True)
        chosen = [name for name in SAMPLES if not sys.argv[1:] or name in sys.argv[1:]]
        large = [told for name in chosen for told in write(name)]
    if large:
        sys.exit("larger than a sample may be: " + ", ".join(large))


def write(name):
    """Write one report in every format; yield what is larger than a sample may be."""
    from reports.documents import DOCUMENTS

    document = sample(name)
    for kind, (render, _type) in DOCUMENTS.items():
        content = render(document)
        (FOLDER / f"{name}.{kind}").write_bytes(content)
        print(f"{len(content):7} docs/samples/{name}.{kind}")
        if len(content) >= MOST:
            yield f"{name}.{kind} ({len(content)})"


def sample(name):
    """Return the document of a sample, final and read back from its frozen text as an issue is."""
    from reports.composing import document_of
    from reports.demo import bulletin
    from reports.documents.content import from_json, to_json
    from reports.models import Report

    folder, dated = SAMPLES[name]
    report = Report.objects.get(title=bulletin.title(folder))
    return from_json(to_json(document_of(report, dated=dated, draft=False)))


if __name__ == "__main__":
    main()
