"""Every page is in the permission table, or the site does not start; every row of the table is a page."""

from dataclasses import dataclass
from functools import cache

from django.core import checks
from django.urls import URLResolver, get_resolver

from units.access import ACCESS

STATIC_VIEWS = ("django.views.static", "django.contrib.staticfiles", "django.views.i18n")


@dataclass(frozen=True)
class Address:
    """One page of the site: its name with namespaces, its route, the converters of its arguments."""

    name: str
    route: str
    converters: tuple


@cache
def all_pages():
    """Return every page of the URLconf once by name; files served by debug views are no pages."""
    pages = {}
    for page in _walk(get_resolver(), "", "", ()):
        pages.setdefault(page.name, page)
    return tuple(pages.values())


def _walk(resolver, namespace, route, converters):
    for pattern in resolver.url_patterns:
        here = route + str(pattern.pattern)
        known = (*converters, *pattern.pattern.converters.items())
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern, inner, here, known)
        elif not pattern.callback.__module__.startswith(STATIC_VIEWS):
            yield Address(f"{namespace}{pattern.name}" if pattern.name else f"({here})", here, known)


def undeclared_pages():
    """Return the names of pages that the permission table does not know."""
    return [page.name for page in all_pages() if page.name not in ACCESS]


@checks.register(checks.Tags.urls)
def check_pages(app_configs, **kwargs):
    """Compare the URLconf with the permission table."""
    missing = [
        checks.Error(f"page {name} is not in units.access.ACCESS", id="units.E001") for name in undeclared_pages()
    ]
    stale = [
        checks.Warning(f"units.access.ACCESS names {name}, which is no page", id="units.W002")
        for name in stale_rows()
    ]
    return missing + stale


def stale_rows():
    """Return the rows of the permission table that are no page; a room without any page is left out."""
    names = {page.name for page in all_pages()}
    rooms = {name.partition(":")[0] for name in names}
    return [name for name in ACCESS if name not in names and name.partition(":")[0] in rooms]
