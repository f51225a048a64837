"""Secret addresses: how a token is made, and what is kept of it."""

import hashlib
import secrets

TOKEN_BYTES = 32  # of chance in an address


def new_token():
    """Return a token that nobody can guess; only its hash is to be kept."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hashed(token):
    """Return what is kept of a token; it is long and by chance, so one round is enough."""
    return hashlib.sha256(token.encode()).hexdigest()
