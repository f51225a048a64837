"""What holds on every request: session limits, the permission table, no caching of data."""

import time

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, resolve_url
from django_htmx.http import HttpResponseClientRedirect

from units import access, audit, checks

TOUCH_EVERY = 60  # seconds between two writes of "last seen", so that reading pages costs no query


class SessionLimits:
    """End a session after 30 idle minutes or 12 hours; requests in the background do not prolong it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.session.get(SESSION_KEY):
            now = int(time.time())
            began = request.session.get("signed_in_at", 0)
            seen = request.session.get("seen_at", 0)
            if now - began > settings.SESSION_ABSOLUTE_SECONDS:
                end(request, "absolute")
            elif now - seen > settings.SESSION_IDLE_SECONDS:
                end(request, "idle")
            elif now - seen >= TOUCH_EVERY and "X-Background" not in request.headers:
                request.session["seen_at"] = now
        return self.get_response(request)


def end(request, why):
    """Sign the user out on the server; the sign-in page says why."""
    logout(request)
    request.session["ended"] = why


class PageAccess:
    """Ask the permission table before a view runs; a refusal stores nothing and leaves one audit row."""

    def __init__(self, get_response):
        self.get_response = get_response
        if undeclared := checks.undeclared_pages():
            raise ImproperlyConfigured(f"pages not in units.access.ACCESS: {', '.join(undeclared)}")

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view_func, view_args, view_kwargs):
        """Let the request through, send it to sign in, or refuse it."""
        name = request.resolver_match.view_name
        if access.may(request.user, name, request.method):
            if (
                request.user.is_authenticated
                and request.user.must_change_password
                and name not in {"units:password", "units:sign_out"}
            ):
                return go(request, redirect("units:password"))
            if not access.is_on(name):
                raise Http404(f"{name} is switched off")
            return None
        if not request.user.is_authenticated:
            return go(request, to_sign_in(request, name))
        refuse(request)
        raise PermissionDenied

    def process_exception(self, request, exception):
        """Leave the same row when an action refuses what the table allowed to try."""
        if isinstance(exception, PermissionDenied):
            refuse(request)


def refuse(request):
    """Write the row of a refused page."""
    reason = f"{request.method} {request.resolver_match.view_name} {request.path}"
    audit.entry(request.user, "page.refused", changes={}, reason=reason).save()  # nothing moves: nothing was written


def to_sign_in(request, name):
    """Return the redirect to the sign-in page; after it one comes back to a page that can be shown."""
    if request.htmx:
        return redirect_to_login(request.htmx.current_url_abs_path or "/")
    if request.method in {"GET", "HEAD"} and access.ACCESS[name].read:
        return redirect_to_login(request.get_full_path())
    return redirect(resolve_url(settings.LOGIN_URL))


def go(request, response):
    """Lead the whole page there, also when only a part of it was asked for."""
    return HttpResponseClientRedirect(response.url) if request.htmx else response


class NoStore:
    """Keep pages with data out of shared and disk caches."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"
        return response
