"""Finds events that nobody was told of, and tells whoever wants to know, again and again until it is heard.

Worked example: event 41 is posted at 9:00:00. A second later there is a delivery for each endpoint that wants it; a
receiver that is down is asked again after 10 seconds, 1, 5, 15 and 30 minutes, 1, 3, 6 and 13 hours, and after that
tenth attempt, about a day later, the delivery is dead and waits for a person.

An event is delivered at least once, mostly in order: a receiver keeps the numbers that it has seen. Several processes
may send at once: who takes up a delivery puts its next attempt a minute away before the first byte is sent, so that
nobody else does, and so that one which was cut off by the end of its process comes back.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
import structlog
from django.db import close_old_connections, connection, transaction

from ratable.ledger import canonical, events
from ratable.ledger import models as ledger
from ratable.operations import clock
from ratable.webhooks import addresses, endpoints, models, signing

WAITS = tuple(timedelta(seconds=seconds) for seconds in (10, 60, 300, 900, 1_800, 3_600, 10_800, 21_600, 46_800))
TIMEOUT = 10.0

_PAUSE = 1.0
_CLAIM = timedelta(minutes=1)
_AT_ONCE = 500
_LONGEST_ERROR = 200


@dataclass(frozen=True)
class _Answer:
    """What a receiver said; no status where none came."""

    status: int | None
    error: str

    @property
    def heard(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


@contextmanager
def in_background(now: Callable[[], datetime] = clock.now) -> Iterator[None]:
    """Queue and send from a thread of its own while the context lasts; an attempt under way is finished.

    Args:
        now: the clock.
    """
    ended = threading.Event()
    thread = threading.Thread(target=_repeat, args=(ended, now), name="webhooks", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(timeout=TIMEOUT)


def queue(now: datetime) -> int:
    """Make a delivery of every event that an active endpoint wants and was not yet looked at for it.

    Args:
        now: the moment; the deliveries are due at once.

    Returns:
        how many were made.
    """
    last = events.last()[0]
    behind = models.Endpoint.objects.filter(active=True, queued__lt=last)
    return sum(_queue(number, now) for number in behind.values_list("pk", flat=True))


def send(now: Callable[[], datetime], ended: threading.Event | None = None) -> int:
    """Attempt every delivery that is due.

    Args:
        now: the clock.
        ended: stops between two attempts once it is set.

    Returns:
        how many were attempted.
    """
    done = 0
    while not (ended is not None and ended.is_set()) and (delivery := _claimed(now())) is not None:
        _keep(delivery, _attempt(delivery, now()), now())
        done += 1
    return done


def _repeat(ended: threading.Event, now: Callable[[], datetime]) -> None:
    try:
        while not ended.wait(_PAUSE):
            close_old_connections()
            try:
                queue(now())
                send(now, ended)
            except Exception:  # noqa: BLE001  what is due stays due, and the next turn may find the database back
                structlog.get_logger().error("webhooks", exc_info=True)
    finally:
        connection.close()


def _queue(number: int, now: datetime) -> int:
    with transaction.atomic():
        endpoint = models.Endpoint.objects.select_for_update(skip_locked=True).filter(pk=number, active=True).first()
        if endpoint is None:
            return 0
        fresh = ledger.Event.objects.filter(no__gt=endpoint.queued).order_by("no").values_list("no", "action")
        looked_at = list(fresh[:_AT_ONCE])
        if not looked_at:
            return 0
        wanted = [no for no, action in looked_at if not endpoint.events or action in endpoint.events]
        due = [models.Delivery(endpoint=endpoint, event_no=no, next_try=now) for no in wanted]
        models.Delivery.objects.bulk_create(due, ignore_conflicts=True)
        endpoint.queued = looked_at[-1][0]
        endpoint.save(update_fields=["queued"])
    return len(due)


def _claimed(now: datetime) -> models.Delivery | None:
    """The delivery that is due first, put off for everybody else until its attempt is over."""
    due = models.Delivery.objects.filter(state=models.WAITING, next_try__lte=now, endpoint__active=True)
    if not due.exists():  # Most seconds; SQLite would lock its file to look.
        return None
    with transaction.atomic():
        free = due.select_for_update(skip_locked=True, of=("self",)).select_related("endpoint")
        delivery: models.Delivery | None = free.order_by("next_try", "pk").first()
        if delivery is not None:
            delivery.attempts += 1
            delivery.next_try = now + _CLAIM
            delivery.save(update_fields=["attempts", "next_try"])
    return delivery


def _attempt(delivery: models.Delivery, now: datetime) -> _Answer:
    body = _body(delivery.event_no)
    secrets = endpoints.live_secrets(delivery.endpoint)
    try:
        target = addresses.target(delivery.endpoint.url)
        headers = {
            "Host": target.url.netloc.decode("ascii"), "Content-Type": "application/json", "User-Agent": "ratable",
            signing.HEADER: signing.header(secrets, at=int(now.timestamp()), body=body),
        }  # fmt: skip
        # To the address that was looked at: a name could stand for another one by now.
        place = target.url.copy_with(host=target.address)
        with (
            httpx.Client(trust_env=False, follow_redirects=False, timeout=TIMEOUT) as client,
            client.stream(
                "POST", place, content=body, headers=headers, extensions={"sni_hostname": target.host}
            ) as answer,
        ):
            status = answer.status_code
    except addresses.Forbidden as forbidden:
        return _Answer(None, str(forbidden))
    except httpx.HTTPError as fault:
        return _Answer(None, f"{type(fault).__name__}: {fault}")
    said = _Answer(status, "")
    return said if said.heard else _Answer(status, f"saw status {status}; expected 200 to 299, without a redirect")


def _body(event_no: int) -> bytes:
    """What is told of an event: what the log says of it, but for its inner body."""
    event = ledger.Event.objects.get(no=event_no)
    return canonical.text({
        "event": str(event.no), "company": ledger.Company.objects.get().id, "action": event.action,
        "subject": event.subject, "actor": event.actor, "at": event.at, "hash": event.hash,
    }).encode()  # fmt: skip


def _keep(delivery: models.Delivery, answer: _Answer, now: datetime) -> None:
    """What became of an attempt, unless the delivery was ended meanwhile."""
    spent = delivery.attempts > len(WAITS)
    state = models.SENT if answer.heard else models.DEAD if spent else models.WAITING
    wait = timedelta() if state != models.WAITING else WAITS[delivery.attempts - 1]
    models.Delivery.objects.filter(pk=delivery.pk, state=models.WAITING).update(
        state=state, next_try=now + wait, last_status=answer.status, last_error=answer.error[:_LONGEST_ERROR]
    )
