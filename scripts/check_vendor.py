"""Check that static/vendor holds exactly the files listed in vendor.lock; exit 1 on any difference."""

import hashlib
import sys
from pathlib import Path

VENDOR_DIR = Path(__file__).resolve().parent.parent / "static" / "vendor"


def read_lock(text: str) -> dict[str, str]:
    """Return the expected hash of each listed path; lines are "sha256  path  package@version"."""
    rows = (line.split() for line in text.splitlines() if line.strip() and not line.startswith("#"))
    return {path: digest for digest, path, _package in rows}


def differences(folder: Path) -> list[str]:
    """Name every file that is changed, missing or not listed."""
    expected = read_lock((folder / "vendor.lock").read_text(encoding="utf-8"))
    found = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "vendor.lock"
    }
    changed = [f"changed: {path}" for path in expected if path in found and found[path] != expected[path]]
    missing = [f"missing: {path}" for path in expected if path not in found]
    unlisted = [f"not in vendor.lock: {path}" for path in found if path not in expected]
    return sorted(changed + missing + unlisted)


if __name__ == "__main__":
    problems = differences(VENDOR_DIR)
    sys.stderr.writelines(f"{problem}\n" for problem in problems)
    sys.exit(1 if problems else 0)
