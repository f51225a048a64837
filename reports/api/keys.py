"""Whose key it is, and how many answers it gets in a minute."""

import time

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from ninja.errors import HttpError
from ninja.security import HttpBearer
from ninja.throttling import BaseThrottle

from units import actions
from units.models import ApiKey, User

WINDOW = 60  # seconds


class KeyAuth(HttpBearer):
    """A key in the header Authorization; a session opens nothing here."""

    def authenticate(self, request, token):
        """Return the user whose key it is; None for a key that opens nothing."""
        today = timezone.localdate()
        key = ApiKey.objects.opened_by(token, today).first()
        if key is None:
            return None
        if key.user.must_change_password:
            raise HttpError(403, str(_("令牌所属的账号须先登录修改密码")))
        if key.last_used_on != today:
            actions.note_api_use(key=key, today=today, by=key.user)
        request.key_id = key.pk
        return key.user


def reader(request) -> User:
    """Return the user as whom a request reads."""
    return request.auth


class KeyThrottle(BaseThrottle):
    """So many answers to one key in a minute of the clock; each process of the site counts its own."""

    def allow_request(self, request):
        """Count the request; say whether it is still answered."""
        key = f"api:{request.key_id}:{int(time.time()) // WINDOW}"
        cache.add(key, 0, WINDOW)
        return cache.incr(key) <= settings.API_PER_MINUTE

    def wait(self):
        """Return the seconds until the next minute."""
        return WINDOW - int(time.time()) % WINDOW
