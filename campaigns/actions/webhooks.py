"""Telling other systems: keeping their addresses, putting events down for them, sending what is due."""

import secrets
from datetime import datetime, timedelta
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_tasks import task

from campaigns import sending
from campaigns.models import Campaign, Delivery, Endpoint
from units import audit, versions
from units.access import require
from units.models import Role, Unit, User

MINUTE = timedelta(minutes=1)
WAITS = tuple(n * MINUTE for n in (1, 5, 30, 120, 720, 1440))  # after each try that was not taken; then no more
AT_ONCE = 500  # deliveries of one round


# --- addresses ------------------------------------------------------------------------------------


@transaction.atomic
def create_endpoint(*, unit: Unit, url: str, by: User, **facts) -> tuple[Endpoint, str]:
    """Keep an address for the events of a unit's campaigns; return it with its secret, which is shown once."""
    require(by, Role.EDITOR, unit)
    check(url)
    endpoint = Endpoint(unit=unit, url=url, made_by=by, made_at=timezone.now(), **facts)
    endpoint.salt = secrets.token_urlsafe(32)
    endpoint.full_clean()
    endpoint.save()
    audit.record(by, "endpoint.created", endpoint, before={})
    return endpoint, sending.secret_of(endpoint.salt)


@transaction.atomic
def change_endpoint(*, endpoint: Endpoint, by: User, version: int | None = None, **facts) -> Endpoint:
    """Change what an endpoint is called, where it is, what it hears of, and whether it is in use."""
    endpoint = locked(endpoint, by)
    versions.check(endpoint, version)
    before = audit.snapshot(endpoint)
    for name, value in facts.items():
        setattr(endpoint, name, value)
    check(endpoint.url)
    versions.bump(endpoint)
    endpoint.full_clean()
    endpoint.save()
    audit.record(by, "endpoint.changed", endpoint, before=before)
    return endpoint


@transaction.atomic
def renew_secret(*, endpoint: Endpoint, by: User) -> str:
    """Give an endpoint another secret; the one it had signs nothing from now on."""
    endpoint = locked(endpoint, by)
    endpoint.salt = secrets.token_urlsafe(32)
    versions.bump(endpoint)
    endpoint.save()
    audit.record(by, "endpoint.secret_renewed", endpoint, changes={str(_("签名密钥")): ["", str(_("更换"))]})
    return sending.secret_of(endpoint.salt)


def locked(endpoint, by):
    """Return an endpoint's locked row; refuses who is no editor of its unit."""
    row = Endpoint.objects.select_for_update(of=("self",)).select_related("unit").get(pk=endpoint.pk)
    require(by, Role.EDITOR, row.unit)
    return row


def check(url):
    """Refuse an address that nothing may be sent to, beside its field."""
    try:
        sending.check_address(url)
    except ValidationError as error:
        raise ValidationError({"url": error.messages}) from None


# --- events ---------------------------------------------------------------------------------------


def announce(*, event: str, campaign: Campaign, facts: list[tuple[str, dict]], by: User) -> list[Delivery]:
    """Put events down for whoever hears of them, in the caller's transaction; they are sent once it is committed.

    facts are (what it is about in words, what is told of it); the campaign comes with its organiser.
    """
    if not facts or not sending.is_on():
        return []
    now, rows = timezone.now(), []
    for endpoint in Endpoint.objects.listening(event, campaign.organiser).for_list():
        for subject, fact in facts:
            key = uuid4()
            body = sending.body_of(key, event, now, fact)
            facts_kept = {"subject": subject[:200], "body": body, "made_at": now, "next_at": now}
            rows.append(Delivery(endpoint=endpoint, key=key, event=event, **facts_kept))
    if rows:
        rows = Delivery.objects.bulk_create(rows)
        changes = (audit.difference({}, audit.snapshot(row)) for row in rows)
        audit.record_many(
            audit.entry(by, "delivery.created", row, changes=each) for row, each in zip(rows, changes, strict=True)
        )
        transaction.on_commit(send_waiting.enqueue)
    return rows


@transaction.atomic
def send_again(*, delivery: Delivery, by: User) -> Delivery:
    """Send an event once more, as the same delivery: a receiver that has it already knows so by its key."""
    delivery = Delivery.objects.select_for_update(of=("self",)).select_related("endpoint__unit").get(pk=delivery.pk)
    require(by, Role.EDITOR, delivery.endpoint.unit)
    if not delivery.endpoint.is_active:
        raise ValidationError(_("这个推送地址已停用，请先启用"))
    before = audit.snapshot(delivery)
    delivery.state, delivery.tries, delivery.next_at = Delivery.State.WAITING, 0, timezone.now()
    delivery.save()
    audit.record(by, "delivery.asked_again", delivery, before=before)
    transaction.on_commit(send_waiting.enqueue)
    return delivery


# --- sending --------------------------------------------------------------------------------------


@task()
def send_waiting() -> None:
    """Send what is due, and come again when what was not taken is due; the worker does this."""
    _sent, failed = send_due(by=User.objects.system())
    again = [row.next_at for row in failed if row.state == Delivery.State.WAITING]
    if again and send_waiting.get_backend().supports_defer:
        send_waiting.using(run_after=min(again)).enqueue()


def send_due(*, by: User) -> tuple[list[Delivery], list[Delivery]]:
    """Send what is due; return what was taken and what was not.

    An endpoint that does not take one is left alone for the rest of the round.
    """
    sent, failed, silent = [], [], set()
    while sending.is_on() and len(sent) + len(failed) < AT_ONCE:
        row = claim(now=timezone.now(), silent=silent)
        if row is None:
            break
        status, answer = sent_to(row)
        row = settle(delivery=row, status=status, answer=answer, by=by)
        (sent if row.state == Delivery.State.SENT else failed).append(row)
        if row.state != Delivery.State.SENT:
            silent.add(row.endpoint_id)
    return sent, failed


def sent_to(row):
    """Send one delivery, outside of any transaction; return the status, if any, and the answer."""
    try:
        sending.check_address(row.endpoint.url)
    except ValidationError as error:
        return None, "；".join(error.messages)
    body = row.body.encode()
    secret = sending.secret_of(row.endpoint.salt)
    return sending.post(row.endpoint.url, body, sending.headers_of(secret, timezone.now(), row.key, row.event, body))


@transaction.atomic
def claim(*, now: datetime, silent: set[int]) -> Delivery | None:
    """Take the delivery that waits longest; nobody else takes it before its next turn, whatever becomes of it."""
    rows = Delivery.objects.due(now).exclude(endpoint_id__in=silent).select_related("endpoint")
    row = rows.select_for_update(of=("self",), skip_locked=True).first()
    if row:
        row.tries += 1
        row.next_at = now + WAITS[min(row.tries, len(WAITS)) - 1]
        row.save(update_fields=["tries", "next_at"])
    return row


@transaction.atomic
def settle(*, delivery: Delivery, status: int | None, answer: str, by: User) -> Delivery:
    """Keep what was answered: taken, to be tried again, or given up; one row of the trail for each try."""
    row = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
    before = audit.snapshot(row)
    row.status, row.answer, row.tried_at = status, answer, timezone.now()
    if status is not None and 200 <= status < 300:
        row.state = Delivery.State.SENT
    elif row.tries > len(WAITS):
        row.state = Delivery.State.FAILED
    row.save(update_fields=["status", "answer", "tried_at", "state"])
    action = "delivery.taken" if row.state == Delivery.State.SENT else "delivery.not_taken"
    audit.record(by, action, row, before=before)
    return row
