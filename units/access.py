"""The permission table: every page × method × role. A page that is not in it is not served."""

from dataclasses import dataclass

from units.models import BUSINESS_ROLES, Role

ANYONE = frozenset({"anyone"})  # also without signing in
SIGNED_IN = frozenset({"signed-in"})
BUSINESS = BUSINESS_ROLES
CLERK = frozenset({Role.CLERK})
VERIFIER = frozenset({Role.VERIFIER})
EDITOR = frozenset({Role.EDITOR})
SYSTEM_ADMIN = frozenset({Role.SYSTEM_ADMIN})
SECURITY_ADMIN = frozenset({Role.SECURITY_ADMIN})
AUDIT_ADMIN = frozenset({Role.AUDIT_ADMIN})
NOBODY = frozenset()


@dataclass(frozen=True)
class Page:
    """Which roles may read a page (GET, HEAD) and which may send it (POST).

    Whose records they are is decided by visible_to and by the actions; this table only says who may try.
    """

    read: frozenset
    write: frozenset = NOBODY


ACCESS = {
    "home": Page(SIGNED_IN),
    # --- units
    "units:sign_in": Page(ANYONE, ANYONE),
    "units:sign_out": Page(NOBODY, SIGNED_IN),
    "units:password": Page(SIGNED_IN, SIGNED_IN),
    "units:unit_list": Page(SYSTEM_ADMIN | EDITOR),
    "units:unit_create": Page(SYSTEM_ADMIN, SYSTEM_ADMIN),
    "units:user_list": Page(SYSTEM_ADMIN),
    "units:user_create": Page(SYSTEM_ADMIN, SYSTEM_ADMIN),
    "units:user_disable": Page(SYSTEM_ADMIN, SYSTEM_ADMIN),
    "units:user_enable": Page(SYSTEM_ADMIN, SYSTEM_ADMIN),
    "units:user_reset": Page(SYSTEM_ADMIN, SYSTEM_ADMIN),
    "units:member_list": Page(SECURITY_ADMIN),
    "units:member_grant": Page(SECURITY_ADMIN, SECURITY_ADMIN),
    "units:member_revoke": Page(SECURITY_ADMIN, SECURITY_ADMIN),
    "units:audit_list": Page(AUDIT_ADMIN),
}


def may(user, page_name, method):
    """Say whether the user's roles may call a page with a method; KeyError for an undeclared page."""
    page = ACCESS[page_name]
    allowed = page.read if method in {"GET", "HEAD", "OPTIONS"} else page.write
    if allowed == ANYONE:
        return True
    if not user.is_authenticated:
        return False
    return allowed == SIGNED_IN or not allowed.isdisjoint(user.roles)
