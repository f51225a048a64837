"""A form sent twice is done once: each form carries a nonce that its user can spend one time."""

import secrets

from django.db import IntegrityError, transaction

from units.models import Submission


class AlreadyTaken(Exception):
    """The nonce was spent before; url is where the first submission led."""

    def __init__(self, url):
        super().__init__(url)
        self.url = url


def new_nonce():
    """Return a fresh nonce for a form."""
    return secrets.token_urlsafe(18)


def claim(user, nonce):
    """Spend a nonce in the caller's transaction; raises AlreadyTaken if that was done before."""
    try:
        with transaction.atomic():
            return Submission.objects.create(user=user, nonce=nonce)
    except IntegrityError:
        raise AlreadyTaken(Submission.objects.get(user=user, nonce=nonce).result_url) from None
