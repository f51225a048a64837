"""Measures one part, a database or the documents, in a process of its own: python -m scripts.bench.part --help."""

import argparse
import json
import os
import sys
from pathlib import Path


def main():
    """Measure what was asked for and write it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=("ledger", "documents"))
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--projects", type=int, default=50_000)
    parser.add_argument("--units", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--no-imports", action="store_true")
    asked = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "scripts.bench.settings"
    import django  # the settings are named first

    django.setup()

    def say(text):
        print(f"  {text}", file=sys.stderr, flush=True)

    if asked.part == "documents":
        from scripts.bench import printing  # slow: weasyprint

        found = printing.measure(asked.rounds, say)
    else:
        from scripts.bench import measures  # needs the apps

        found = measures.measure(asked.projects, asked.units, asked.rounds, say, imports=not asked.no_imports)
    asked.out.write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main()
