"""Pages of the units room."""

from django.shortcuts import render


def csrf_failure(request, reason=""):
    """Say what to do when a form is older than its session."""
    return render(request, "403_csrf.html", status=403)
