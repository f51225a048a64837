"""What every page is made of keeps to the strict CSP, to old browsers and to the vendored files."""

import re
from pathlib import Path

import pytest

from scripts.check_vendor import differences

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
INLINE = re.compile(r"\sstyle=|<style|\son[a-z]+=|hx-on|javascript:|js:|<script(?![^>]*\ssrc=)(?![^>]*json)", re.I)
TOO_NEW = re.compile(
    r":has\(|:is\(|:where\(|color-mix|oklch|@container|@layer|aspect-ratio|\binset:|accent-color|dvh"
)


@pytest.mark.parametrize("text", ['<p style="x">', "<script>x</script>", '<a onclick="x">', "<b hx-on:click=''>"])
def test_inline_code_is_recognised(text):
    assert INLINE.search(text)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_template_has_nothing_inline(path):
    markup = re.sub(r"{%\s*comment.*?endcomment\s*%}", "", path.read_text(encoding="utf-8"), flags=re.S)
    assert INLINE.findall(markup) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_icons_used_are_drawn(path):
    drawn = set(re.findall(r'<symbol id="(\w+)"', (ROOT / "static/img/icons.svg").read_text(encoding="utf-8")))
    assert set(re.findall(r"icons\.svg' %}#(\w+)\"", path.read_text(encoding="utf-8"))) <= drawn


def test_stylesheet_runs_on_old_browsers():
    rules = re.sub(r"/\*.*?\*/", "", (ROOT / "static/css/zhanbao.css").read_text(encoding="utf-8"), flags=re.S)
    assert TOO_NEW.findall(rules) == []
    assert "http" not in rules.replace("http://www.w3.org/2000/svg", "")


def test_vendored_files_are_those_listed():
    assert differences(ROOT / "static" / "vendor") == []


def test_changed_missing_and_unlisted_vendor_files_are_named(tmp_path):
    (tmp_path / "vendor.lock").write_text("# sha256  path  package\n00  a/b.js  a@1\n00  a/c.js  a@1\n")
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b.js").write_text("changed")
    (tmp_path / "a" / "d.js").write_text("new")
    assert differences(tmp_path) == ["changed: a/b.js", "missing: a/c.js", "not in vendor.lock: a/d.js"]
