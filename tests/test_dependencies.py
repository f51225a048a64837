"""A site has the libraries of requirements.lock and no other: what the product imports stands there."""

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
OWN = {"config", "units", "campaigns", "projects", "reports"}


def imported(path):
    """Return the top names of all modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module.partition(".")[0]


def same(name):
    """Return the one way in which the name of a library is written."""
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_library_that_the_product_imports_is_locked_for_a_site():
    locked = {same(name) for name in re.findall(r"^([\w.-]+)==", (ROOT / "requirements.lock").read_text(), re.M)}
    homes = {name: {same(home) for home in found} for name, found in packages_distributions().items()}
    missing = {
        (name, str(path.relative_to(ROOT)))
        for room in OWN
        for path in (ROOT / room).rglob("*.py")
        for name in {*imported(path)} - OWN - sys.stdlib_module_names
        if not homes.get(name, set()) & locked
    }
    assert missing == set()
