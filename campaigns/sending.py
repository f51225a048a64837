"""How an event goes out: which addresses are allowed, what is sent, how it is signed, what is made of the answer."""

import hashlib
import hmac
import http.client
import json
import ssl
import threading
from datetime import datetime
from socket import SHUT_RDWR, gaierror
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

SCHEMA = 1
NO_ANSWER = (  # the narrower kind first
    (ssl.SSLCertVerificationError, _lazy("没有应答：对方的证书不被信任")),
    (gaierror, _lazy("没有应答：找不到这台主机")),
    (ConnectionRefusedError, _lazy("没有应答：对方拒绝连接")),
    (TimeoutError, _lazy("没有应答：超过时限")),
    (http.client.RemoteDisconnected, _lazy("没有应答：对方中断了连接")),
)
SECONDS = 10  # for connecting, and again for everything that follows
ANSWER = 200  # characters that are kept of an answer
PORTS = {"http": 80, "https": 443}


def is_on() -> bool:
    """Say whether the site may send anything anywhere."""
    return bool(settings.WEBHOOK_HOSTS)


def check_address(url: str) -> None:
    """Refuse an address that is not plainly one of a host on the site's list."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise ValidationError(_("地址有误，请写成 https://主机/路径")) from None
    strange = not url.isascii() or not url.isprintable() or " " in url
    if parts.scheme not in PORTS or not host or strange or parts.username is not None or parts.fragment:
        raise ValidationError(_("地址有误，请写成 https://主机/路径，不含用户名、空格和 #"))
    usual = port is None or port == PORTS[parts.scheme]
    allowed = {entry.strip().lower() for entry in settings.WEBHOOK_HOSTS}
    if not ((usual and host in allowed) or f"{host}:{port or PORTS[parts.scheme]}" in allowed):
        raise ValidationError(_("主机 %s 不在允许推送的名单中，请系统管理员在服务器上添加") % parts.netloc[:100])


def body_of(key: UUID, event: str, at: datetime, fact: dict) -> str:
    """Write what is sent as canonical JSON: sorted keys, no spaces, Chinese unescaped."""
    told = {"schema": SCHEMA, "id": str(key), "event": event, "at": at.isoformat(), event.partition(".")[0]: fact}
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def secret_of(salt: str) -> str:
    """Return the secret that belongs to a salt and to this site's own key."""
    return salted_hmac("zhanbao.webhook", salt, algorithm="sha256").hexdigest()


def signature(secret: str, timestamp: str, key: str, body: bytes) -> str:
    """Sign a body together with when it is sent and which delivery it is."""
    told = f"{timestamp}.{key}.".encode() + body
    return "sha256=" + hmac.new(secret.encode(), told, hashlib.sha256).hexdigest()


def headers_of(secret: str, now: datetime, key: UUID, event: str, body: bytes) -> dict[str, str]:
    """Return the headers of one sending."""
    timestamp = str(int(now.timestamp()))
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "zhanbao",
        "X-Zhanbao-Event": event,
        "X-Zhanbao-Delivery": str(key),
        "X-Zhanbao-Timestamp": timestamp,
        "X-Zhanbao-Signature": signature(secret, timestamp, str(key), body),
        "Connection": "close",
    }


def post(url: str, body: bytes, headers: dict[str, str]) -> tuple[int | None, str]:
    """Send a body; return the status and the beginning of the answer, or None and why there is none.

    A redirect is an answer like any other: nobody follows it. No proxy of the environment is asked.
    """
    parts = urlsplit(url)
    make = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection, watch = make(parts.hostname, parts.port, timeout=SECONDS), None
    try:
        connection.connect()
        watch = threading.Timer(SECONDS, cut, [connection.sock])  # an answer may come a byte at a time
        watch.start()
        connection.request("POST", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), body, headers)
        response = connection.getresponse()
        return response.status, readable(response.read(4 * ANSWER).decode("utf-8", "replace"))
    except (OSError, http.client.HTTPException) as error:
        return None, readable(reason(error))
    finally:
        if watch:
            watch.cancel()
        connection.close()


def reason(error: Exception) -> str:
    """Say why there was no answer, in words where they are known."""
    for kind, told in NO_ANSWER:
        if isinstance(error, kind):
            return str(told)
    return _("没有应答：%s") % (error or type(error).__name__)


def cut(sock):
    """End a connection that takes too long."""
    try:
        sock.shutdown(SHUT_RDWR)
    except OSError:
        return  # it ended by itself


def readable(text: str) -> str:
    """Return the beginning of a foreign text without what cannot be shown or kept."""
    return "".join(char if char.isprintable() else " " for char in text)[:ANSWER].strip()
