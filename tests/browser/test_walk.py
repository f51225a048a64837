"""Every page that a role can reach by its links, on a phone: answers, fits the screen, says where one is."""

import os
from collections import Counter
from urllib.parse import urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve

from tests.browser.people import PHONE

PER_PAGE = int(os.environ.get("WALK_PER_PAGE", "1"))  # records of one kind look alike
FILES = {"projects:evidence", "projects:evidence_preview", "projects:import_template", "projects:import_file",
         "projects:import_refused", "reports:meeting_paper", "reports:report_file", "reports:cityform_file",
         "reports:rendering_file", "reports:objection_file", "reports:report_masked_file"}  # fmt: skip
OWN_PAGES = {  # what the three administrators may open beside their password; nothing of the business
    "xitong": {"home", "units:unit_list", "units:unit_create", "units:unit_rename", "units:unit_move",
               "units:unit_merge", "units:unit_split", "units:user_list", "units:user_create", "units:user_disable",
               "units:user_reset", "units:password"},
    "anquan": {"home", "units:member_list", "units:member_grant", "units:member_revoke", "units:password"},
    "shenji": {"home", "units:audit_list", "units:password"},
}  # fmt: skip
LOOK = """() => ({
    wide: Math.max(document.documentElement.scrollWidth, document.body.scrollWidth) - window.innerWidth,
    zoomed: window.innerWidth,
    heading: (document.querySelector('h1') || {}).innerText || '',
    links: [...document.querySelectorAll('a[href]')].map(link => link.getAttribute('href')),
})"""


def name_of(url):
    """Return the name of the page behind an address, with what changes its look; None for no page of ours."""
    parts = urlsplit(url)
    try:
        page = resolve(parts.path).view_name
    except Resolver404:
        return None
    return f"{page}?{'&'.join(sorted(pair.split('=')[0] for pair in parts.query.split('&')))}"


def is_file(url):
    """Say whether an address is answered with a file."""
    query = urlsplit(url).query
    return name_of(url).partition("?")[0] in FILES or any(
        asked in query for asked in ("export=", "format=", "form=example")
    )


def walk(visitor):
    """Open page after page, breadth first; return the names of the pages and what is wrong with them."""
    page, site = visitor.page, visitor.site
    waiting, known, seen, wrong = [site + "/"], {site + "/": ""}, Counter(), []
    while waiting:
        url = waiting.pop(0)
        name = name_of(url)
        if name is None or seen[name] >= PER_PAGE:
            continue
        seen[name] += 1
        if is_file(url):
            answer = visitor.context.request.get(url)
            wrong += [f"{url}: {answer.status}"] if answer.status != 200 else []
            continue
        answer = page.goto(url, wait_until="load")
        if answer.status != 200:
            wrong.append(f"{url}: {answer.status}, linked from {known[url]}")
            continue
        shown = page.evaluate(LOOK)
        if shown["wide"] > 0 or shown["zoomed"] > PHONE["viewport"]["width"]:
            wrong.append(f"{url}: {shown['wide']} px wider than the screen of {shown['zoomed']}")
        if not page.title().partition(" · ")[0].strip() or not shown["heading"].strip():
            wrong.append(f"{url}: says nowhere what it is")
        for found in shown["links"]:
            target = urljoin(url, found.split("#")[0])
            if target.startswith(site + "/") and target not in known:
                known[target] = url
                waiting.append(target)
    return {name.partition("?")[0] for name in seen}, wrong


@pytest.mark.parametrize("username", ["hedong", "lingdao", "rending", "bianbao", *OWN_PAGES])
def test_every_page_fits_a_phone(visit, username):
    visitor = visit(username, **PHONE)

    pages, wrong = walk(visitor)

    assert wrong == []
    if username in OWN_PAGES:
        assert pages == OWN_PAGES[username]
    else:
        assert len(pages) > 12
