"""Addresses of pages in higher rooms that figures of a campaign lead to: by name, never by import."""

from datetime import date
from urllib.parse import urlencode

from django.urls import reverse


def rows_url(
    campaign_id: int,
    line_id: int,
    unit_id: int | str,
    basis: str | None,
    as_of: date,
    *,
    last_year: bool = False,
    since: date | None = None,
) -> str:
    """Return where a figure opens to the entries behind it, or behind that of the same days a year earlier.

    since asks for what was added from that day on.
    """
    query = {"line": line_id, "unit": unit_id} | _asked(basis, as_of) | ({"year": "before"} if last_year else {})
    query |= {"since": since.isoformat()} if since else {}
    return f"{reverse('projects:rows', args=[campaign_id])}?{urlencode(query)}"


def unit_url(campaign_id: int, unit_id: int, basis: str | None, as_of: date) -> str:
    """Return the page of one unit in a campaign, as of the same day and on the same basis."""
    return f"{reverse('reports:unit', args=[campaign_id, unit_id])}?{urlencode(_asked(basis, as_of))}"


def leader_url(name: str) -> str:
    """Return the page of a leader by the name as it was typed; "" where nobody is named."""
    return f"{reverse('reports:leader')}?{urlencode({'name': name})}" if name else ""


def _asked(basis, as_of):
    return ({"basis": basis} if basis else {}) | {"as_of": as_of.isoformat()}
