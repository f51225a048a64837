"""Photographs the pages that docs/screenshots/README.md lists: a fresh demo in a scratch database, real Chromium."""

import io
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "screenshots"
SIZES = {1920: (1920, 1080), 1440: (1440, 900), 390: (390, 844)}
COLOURS = 128  # a page has few; a palette takes a third of the bytes
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


def main():
    """Load the demo, serve it, photograph every page; names on the command line choose some of them."""
    with tempfile.TemporaryDirectory() as scratch:
        os.environ |= {"DATABASE_URL": f"sqlite:///{scratch}/pictures.sqlite3", "DEBUG": "true"}
        os.environ |= {"API_ENABLED": "true", "WEBHOOK_HOSTS": "zs.example.cn"}  # pages that are off by default
        os.environ |= {"DJANGO_SETTINGS_MODULE": "config.settings", "FILES_DIR": f"{scratch}/files"}
        manage = [sys.executable, str(ROOT / "manage.py")]
        subprocess.run([*manage, "migrate", "--no-input", "--verbosity", "0"], check=True)
        subprocess.run([*manage, "demo", "--district"], check=True)
        sys.path.insert(0, str(ROOT))
        import django

        django.setup()
        import scene

        scene.set_up()
        pages = [row for row in rows() if not sys.argv[1:] or row[0] in sys.argv[1:]]
        port = free_port()
        server = subprocess.Popen(
            [*manage, "runserver", "--noreload", f"127.0.0.1:{port}"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_for(f"http://127.0.0.1:{port}/sign-in/", server)
            photograph(f"http://127.0.0.1:{port}", pages)
        finally:
            server.terminate()
            server.wait()


def rows():
    """Read the table; return (name, account, path) with its placeholders filled in."""
    import scene

    from campaigns.models import Campaign, Tally
    from projects.models import Company, Milestone, Project, Visit
    from reports.models import Report
    from units.models import Unit, User

    campaigns = {
        key: Campaign.objects.get(name=name)
        for key, name in (
            ("drive", "百日会战（示范）"),
            ("year", "年度目标（示范）"),
            ("contest", "百日竞赛（示范）"),
        )
    }
    fixed = {key: campaign.pk for key, campaign in campaigns.items()} | scene.keys()
    fixed["line"] = campaigns["drive"].lines.order_by("order", "pk")[0].pk
    fixed["unit"] = Unit.objects.get(name="河东街道").pk
    fixed["unit_contest"] = Unit.objects.get(name="区委组织部").pk
    models = {"project": Project, "visit": Visit, "tally": Tally, "milestone": Milestone, "company": Company}
    models["report"] = Report
    table = re.findall(r"^\| ([a-z-]+) \| *(\S*) *\| (/\S*) \|$", (FOLDER / "README.md").read_text("utf-8"), re.M)
    signed = Milestone.objects.filter(kind="contract", recognition="full")
    newest = {"milestone": signed, "project": Project.objects.filter(milestones__in=signed)}
    made = []
    for name, account, path in table:
        known = dict(fixed)
        for key in set(re.findall(r"\{(\w+)\}", path)) - set(fixed):
            user = User.objects.get(username=account)
            known[key] = newest.get(key, models[key].objects).visible_to(user).order_by("-pk")[0].pk
        made.append((name, account, path.format(**known)))
    return made


def free_port():
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(url, server):
    """Wait until the server answers."""
    for _try in range(120):
        if server.poll() is not None:
            sys.exit("the server stopped")
        try:
            urlopen(url, timeout=5).close()  # noqa: S310 our own address
            return
        except (URLError, OSError):
            time.sleep(0.25)
    sys.exit("the server does not answer")


def photograph(site, pages):
    """Write the pictures; one window per account and size."""
    import scene
    from playwright.sync_api import sync_playwright

    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        sys.exit("Chromium is missing: scripts/setup.sh test")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        for width, (wide, high) in SIZES.items():
            windows = {}
            for name, account, path in pages:
                if account not in windows:
                    windows[account] = window(browser, site, account, wide, high)
                page = windows[account]
                answer = page.goto(site + path)
                if answer.status != 200:
                    sys.exit(f"{name}: {answer.status} for {path} as {account or 'nobody'}")
                if name in scene.STEPS:
                    scene.STEPS[name](page)
                page.wait_for_load_state("networkidle")  # small pictures come last
                size = save(page.screenshot(), FOLDER / f"{name}-{width}.png")
                print(f"{name}-{width}.png {size // 1024} KB")
        browser.close()


def window(browser, site, account, wide, high):
    """Open a window of a size, signed in."""
    from reports.demo.people import PASSWORD

    context = browser.new_context(locale="zh-CN", viewport={"width": wide, "height": high}, reduced_motion="reduce")
    page = context.new_page()
    if account:
        page.goto(f"{site}/sign-in/")
        page.get_by_label("用户名").fill(account)
        page.get_by_label("密码", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.wait_for_load_state()
    return page


def save(png, path):
    """Write a picture with a palette; return its size."""
    from PIL import Image  # WeasyPrint brings it

    picture = Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    picture.save(path, optimize=True)
    return path.stat().st_size


if __name__ == "__main__":
    main()
