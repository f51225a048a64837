"""The documents name pages, tests, commands and pictures that exist."""

import csv
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands
from django.urls import resolve

from units.access import ACCESS

ROOT = Path(settings.BASE_DIR)
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
ROOMS = {"units", "campaigns", "projects", "reports"}
PICTURES = dict(
    re.findall(r"^\| ([a-z-]+) \| (\w* \| /\S*|\| /\S*) \|$", (ROOT / "docs/screenshots/README.md").read_text(), re.M)
)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_to_files_and_pictures_are_taken(path):
    for target in re.findall(r"\]\(([^)#\s]+)", path.read_text()):
        if target.startswith("https://"):
            continue
        if picture := re.search(r"screenshots/([a-z-]+)-(1920|1440|390)\.png$", target):
            assert picture[1] in PICTURES, target
        else:
            assert (path.parent / target).exists(), target


def test_pictures_are_of_pages_seen_by_demo_accounts():
    with (ROOT / "fixtures/demo/accounts.csv").open() as file:
        accounts = {row["username"] for row in csv.DictReader(file)}
    for row in PICTURES.values():
        account, _bar, address = row.partition("|")
        assert account.strip() in accounts | {""}
        assert resolve(re.sub(r"\{\w+\}", "1", address.strip().partition("?")[0])).view_name in ACCESS


def test_requirements_are_all_there_with_pages_and_tests_that_exist():
    rows = re.findall(r"^\| R(\d+) \| .* \| (met|partly|not yet) \| (.*) \| (.*) \|$", requirements(), re.M)
    assert [int(number) for number, *_rest in rows] == list(range(1, 107))
    for _number, _status, page, test in rows:
        assert set(re.findall(r"`(\w+:\w+)`", page)) <= set(ACCESS)
        assert test == "–" or (ROOT / "tests" / test.strip("`")).is_file(), test


def test_ideas_name_pages_and_tests_that_exist():
    rows = re.findall(r"^\| I(\d+) \| .* \| (.*) \| `(.*)` \|$", requirements(), re.M)
    assert len(rows) == len(re.findall(r"^\| I\d+ ", requirements(), re.M))
    assert [int(number) for number, *_rest in rows] == sorted(int(number) for number, *_rest in rows)
    for _number, page, test in rows:
        assert set(re.findall(r"`(\w+:\w+)`", page)) <= set(ACCESS)
        assert (ROOT / "tests" / test).is_file(), test


def test_requirements_are_counted():
    told = re.search(r"\*\*(\d+) met, (\d+) partly, (\d+) not yet\.", requirements()).groups()
    assert [int(number) for number in told] == [
        len(re.findall(rf"^\| R\d+ \| .* \| {status} \| .* \|$", requirements(), re.M))
        for status in ("met", "partly", "not yet")
    ]


def requirements():
    """Return the table of what was asked for."""
    return (ROOT / "docs/requirements.md").read_text()


def test_every_command_is_described():
    commands = {name for name, app in get_commands().items() if app in ROOMS}
    described = set(re.findall(r"^## (\w+)：", (ROOT / "docs/commands.md").read_text(), re.M))
    assert described == commands
