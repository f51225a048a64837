"""Measure on throw-away databases and write docs/benchmarks.md."""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parents[2]
HEAD = """# Benchmarks

Written by `make bench`. Only ratios count: both sides of a ratio run by turns on the same data in one process, so
that a busy machine slows both. Milliseconds are medians of the rounds named and differ from machine to machine.
Nothing here is a test; `make test` asserts no time.

"""
NOTES = """
## What is compared

- *standings*: the whole frozen value a page reads: units, targets, sums on both bases as of two days, completion,
  light, places within groups on every indicator, scores and earlier places. *Best raw SQL*: one query written by
  hand that adds up the same entries, its rows fetched as integers and nothing lined up. What Python adds grows with
  units × indicators, not with entries, so this ratio falls as data grows.
- *on the fly*: the same standings with the ledger's sums replaced by sums over milestones × shares × companies,
  visits and tallies through the counting rules, written in SQL and checked to give the same figures. *Sums on the
  fly* against *sums of the ledger* leaves out what both have in common.
- *tree pass*: units, owners and the roll-up of all leaves under 20 roster units, against reading the leaves.
- *the same action without ledger*: locks, checks, save and trail as always, deriving and posting switched off.
- *everything saved in bulk, then rebuild()*: investors, projects, shares, milestones, visits and tallies with
  bulk_create, then the whole ledger; the second figure is bulk_create alone. One run.
- PostgreSQL runs with fsync off (a throw-away cluster), which makes a bare save cheaper and the ratio of a save
  harder to hold; SQLite runs as the site does (WAL, synchronous=FULL).
- *WeasyPrint alone*: stock line layout, the same HTML, style sheet and prepared fonts.
- *import preview*: a ledger of 18 columns, half of its rows known, a quarter of these changed; reading the workbook
  in a child process, looking everything up, comparing, keeping the outcome of every row. Against a ModelResource as
  the library's manual advises (foreign keys by name, skip_unchanged, diff), which reads the same file with openpyxl
  and rolls back; it has no milestones, so it does less. The ratio is its time ÷ ours.
- *a page after a write* against *kept*: the whole answer through the test client, as the organiser's leader. The
  ranking keeps its tables as text, other pages keep the standings; both under the stamp that every write moves.
- *drive with a scheme*: the drive, scored by rules in force: a row for each indicator and one for late reports.
"""


def run(database, part, out, asked):
    """Measure one part in a process of its own."""
    command = [sys.executable, "-m", "scripts.bench.part", part, "--out", str(out)]
    command += [f"--{name}={getattr(asked, name)}" for name in ("projects", "units", "rounds")]
    command += ["--no-imports"] if asked.no_imports else []
    environment = dict(os.environ)
    if database == "postgresql":
        command = [str(ROOT / "scripts/with_postgres.sh"), *command]
    else:
        environment["DATABASE_URL"] = f"sqlite:///{out.with_suffix('.sqlite3')}"
    print(f"== {part if part == 'documents' else database} ==", file=sys.stderr, flush=True)
    started = perf_counter()
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
    return json.loads(out.read_text(encoding="utf-8")), perf_counter() - started


def number(value, unit):
    """Print a median or a count."""
    if value is None:
        return ""
    if unit != "ms":
        return f"{value:.0f}"
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def table(rows):
    """Return the rows as a table in Markdown."""
    lines = [
        "| measure | median (ms) | compared with | median (ms) | ratio | limit | held | rounds | note |",
        "|---|--:|---|--:|--:|---|---|--:|---|",
    ]
    for row in rows:
        held = {True: "held", False: "**not held**", None: ""}[row["is_held"]]
        ratio = f"{row['ratio']:.2f}" if row["unit"] == "ms" else f"{row['ratio']:.0f}"
        cells = (
            row["measure"], number(row["first"], row["unit"]), row["against"], number(row["second"], row["unit"]),
            ratio, row["limit"], held, row["rounds"], row["note"],
        )  # fmt: skip
        lines.append(f"| {' | '.join(str(cell) for cell in cells)} |")
    return "\n".join(lines)


def main():
    """Measure on every database asked for, then write the file."""
    parser = argparse.ArgumentParser(prog="python -m scripts.bench", description=__doc__)
    parser.add_argument("--projects", type=int, default=50_000, help="how many projects (50000; try 200000)")
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--units", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=15, help="rounds of each measure; slow ones take a third")
    parser.add_argument("--no-documents", action="store_true", help="leave the PDF out")
    parser.add_argument(
        "--no-imports", action="store_true", help="leave the preview of imports out, the slowest part"
    )
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "benchmarks.md")
    asked = parser.parse_args()
    databases = ("sqlite", "postgresql") if asked.database == "both" else (asked.database,)
    started, parts = perf_counter(), []
    with tempfile.TemporaryDirectory(prefix="zhanbao-bench-") as folder:
        os.chmod(folder, 0o755)  # noqa: S103 the cluster's owner passes through
        for database in databases:
            found, seconds = run(database, "ledger", Path(folder) / f"{database}.json", asked)
            about = (
                f"{found['projects']:,} projects, {found['units']} units in three levels, 12 indicators, "
                f"{found['facts']:,} milestones, visits and tallies, {found['entries']:,} entries; "
                f"{seconds:.0f} s in all, at most {found['memory']} MB in the measuring process."
            )
            parts.append(f"## {found['database']}\n\n{about}\n\n{table(found['rows'])}\n")
        if not asked.no_documents:
            found, _seconds = run("sqlite", "documents", Path(folder) / "documents.json", asked)
            parts.append(f"## Documents\n\n{table(found)}\n")
    options = " ".join(sys.argv[1:])
    told = "python -m scripts.bench" + (f" {options}" if options else "")
    about = (
        f"- command: `{told}`, {perf_counter() - started:.0f} s\n- date: {date.today().isoformat()}\n"
        f"- machine: {os.cpu_count()} cores ({platform.machine()}, {platform.system()}), shared with other work\n"
        f"- Python {platform.python_version()}\n\n"
    )
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_text(HEAD + about + "\n".join(parts) + NOTES, encoding="utf-8")
    print(f"✓ {asked.out}", file=sys.stderr)


if __name__ == "__main__":
    main()
