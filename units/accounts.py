"""Sign-in: one folded name for an account, and what the session remembers of the sign-in."""

import time

from units.models import fold


def folded_username(request, credentials=None):
    """Return the account name that lock-out counts, folded as sign-in folds it."""
    if credentials and credentials.get("username"):
        return fold(credentials["username"])
    return fold(request.POST.get("username", "")) if request else ""


def remember_sign_in(request):
    """Note when the session began; the idle and absolute limits count from it."""
    request.session["signed_in_at"] = request.session["seen_at"] = int(time.time())
