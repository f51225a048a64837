"""A calendar as other programs read it (RFC 5545): whole days, UTF-8, lines of at most 75 octets."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

WIDEST = 75  # octets of a line, its line break not counted
ZONE = "Asia/Shanghai"
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
PHONE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?(?:1[3-9]\d[- ]?\d{4}[- ]?\d{4}|0\d{2,3}[- ]?\d{7,8}|\d{7,})(?!\d)")


def escaped(text: str) -> str:
    """Escape text for a property; a number that could be called is left out."""
    text = PHONE.sub("****", CONTROL.sub("", text))
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return text.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")


def folded(line: str) -> str:
    """Break a line so that none is longer than 75 octets; no character is cut in two."""
    parts, part, size = [], "", 0
    for char in line:
        octets = len(char.encode())
        if size + octets > WIDEST:
            parts.append(part)
            part, size = " ", 1
        part, size = part + char, size + octets
    return "\r\n".join([*parts, part])


def day_text(day: date) -> str:
    """Write a day."""
    return f"{day:%Y%m%d}"


def calendar(name: str, items: Iterable, *, stamp: datetime, host: str, address) -> bytes:
    """Return a calendar of items (projects.agenda.Item); address(url) makes a whole address of a page's.

    stamp is when it was made, host tells its entries from those of other sites.
    """
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Zhanbao//Calendar//ZH", "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(name)}", f"X-WR-TIMEZONE:{ZONE}", "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
    ]  # fmt: skip
    for item in items:
        lines += entry(item, stamp, host, address)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded(line)}\r\n" for line in lines).encode()


def entry(item, stamp, host, address) -> list[str]:
    """Return the lines of one item; the day after its last ends it."""
    lines = [
        "BEGIN:VEVENT",
        f"UID:{re.sub(r'[^A-Za-z0-9-]+', '-', item.key).strip('-')}@{host}",
        f"DTSTAMP:{stamp.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{day_text(item.on)}",
        f"DTEND;VALUE=DATE:{day_text(item.until + timedelta(days=1))}",
        f"SUMMARY:{escaped(f'[{item.word}] {item.title}')}",
    ]
    if item.place:
        lines.append(f"LOCATION:{escaped(item.place)}")
    if item.unit:
        lines.append(f"DESCRIPTION:{escaped(item.unit)}")
    lines += [f"URL:{address(item.url)}", f"CATEGORIES:{escaped(item.word)}", "TRANSP:TRANSPARENT", "END:VEVENT"]
    return lines
