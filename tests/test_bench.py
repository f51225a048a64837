"""The benchmark runs on a small world: its figures agree, its ledger has no difference. No time is asserted."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_the_benchmark_runs_and_leaves_a_ledger_without_difference(tmp_path):
    out = tmp_path / "benchmarks.md"
    command = [sys.executable, "-m", "scripts.bench", "--database=sqlite", "--projects=200", "--units=20"]
    command += ["--rounds=1", "--no-documents", f"--out={out}"]

    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert ran.returncode == 0, ran.stderr
    rows = [[cell.strip() for cell in line.split("|")] for line in out.read_text(encoding="utf-8").splitlines()]
    held = {row[1]: row[7] for row in rows if len(row) == 11}
    assert held["check_ledger after all writes"] == "held"
    assert held["queries, ranking page"] == "held"
    assert {"standings, year", "on the fly, year", "tree pass", "record_milestone"} <= set(held)
