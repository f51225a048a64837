"""Writing the secret addresses of calendars."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from projects.models import CalendarFeed
from units import audit
from units.models import User
from units.tokens import hashed, new_token


@transaction.atomic
def renew_feed(*, by: User) -> str:
    """Make a new address of the member's own calendar; return its token, which is kept nowhere else.

    The address there was opens nothing from now on.
    """
    token = new_token()
    feed, is_new = CalendarFeed.objects.select_for_update().update_or_create(
        user=by, defaults={"token_hash": hashed(token), "made_at": timezone.now()}
    )
    told = str(_("新生成")) if is_new else str(_("更换，旧地址失效"))
    audit.record(by, "calendar.address_made", feed, changes={str(_("日历地址")): ["", told]})
    return token


@transaction.atomic
def revoke_feed(*, by: User) -> None:
    """Let the address of the member's calendar open nothing any more."""
    feed = CalendarFeed.objects.select_for_update().filter(user=by).first()
    if feed:
        audit.record(by, "calendar.address_revoked", feed, changes={str(_("日历地址")): [str(_("在用")), ""]})
        feed.delete()
