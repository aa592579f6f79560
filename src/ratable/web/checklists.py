"""The checklist of a month as it was worked out last: it reads the whole log, so that one thread at a time does it.

Worked example: after event 812 somebody opens March, and its checklist is worked out in twenty seconds. Who opens March
meanwhile sees it as it was after event 805, which the page says; who has acted since then waits for the new one.
"""

import threading
from dataclasses import dataclass

from ratable.ledger import checklist, events, kept, models
from ratable.operations import clock, periods
from ratable.web import log

_MOST = 32


@dataclass(frozen=True)
class WorkedOut:
    """The items of a checklist, the event after which and the moment at which they were worked out."""

    items: list[checklist.Item]
    after: int
    hash: str
    at: str


_last: dict[tuple[str, str | None], WorkedOut] = {}
_working = threading.Lock()


def of(period: str, entity: str | None, *, person: str) -> WorkedOut:
    """The checklist of a month after the last act; an earlier one while another thread works it out.

    Args:
        period: the month, YYYY-MM.
        entity: one entity; None: all of the company.
        person: who asks, and never sees the books as they were before an act of their own.
    """
    found = _last.get((period, entity))
    if found and found.hash == events.last()[1]:
        return found
    if found and (not kept.known(found.hash) or _acted(person, found.after)):
        found = None
    if not _working.acquire(blocking=found is None) and found:
        return found
    try:
        return _anew(period, entity)
    finally:
        _working.release()


def _acted(person: str, after: int) -> bool:
    return bool(models.Event.objects.filter(no__gt=after, actor=person).exists())


def _anew(period: str, entity: str | None) -> WorkedOut:
    after, hash_, _ = events.last()
    found = _last.get((period, entity))
    if found is None or found.hash != hash_:
        items = periods.checked(period, entity=entity)
        found = WorkedOut(items, after, hash_, log.moment(clock.now().isoformat()))
        _last[period, entity] = found
        for oldest in list(_last)[:-_MOST]:
            del _last[oldest]
    return found
