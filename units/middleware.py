"""What holds on every request: session limits, the permission table, no caching of data."""

import time

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect

from units import access, audit

TOUCH_EVERY = 60  # seconds between two writes of "last seen", so that reading pages costs no query


class SessionLimits:
    """End a session after 30 idle minutes or 12 hours; requests in the background do not prolong it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        now = int(time.time())
        if request.session.get("signed_in_at") and request.user.is_authenticated:
            seen = request.session.get("seen_at", now)
            if (
                now - seen > settings.SESSION_IDLE_SECONDS
                or now - request.session["signed_in_at"] > settings.SESSION_ABSOLUTE_SECONDS
            ):
                logout(request)
                request.session["ended"] = "idle"
            elif now - seen >= TOUCH_EVERY and "X-Background" not in request.headers:
                request.session["seen_at"] = now
        return self.get_response(request)


class PageAccess:
    """Ask the permission table before a view runs; a refusal stores nothing and leaves one audit row."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view_func, view_args, view_kwargs):
        name = request.resolver_match.view_name
        if access.may(request.user, name, request.method):
            if (
                request.user.is_authenticated
                and request.user.must_change_password
                and name not in {"units:password", "units:sign_out"}
            ):
                return redirect("units:password")
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        audit.record(request.user, "page.refused", reason=f"{request.method} {name}")
        raise PermissionDenied


class NoStore:
    """Keep pages with data out of shared and disk caches."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"
        return response
