"""Sets up whom webhooks go to: make, rotate the secret, disable, send a dead delivery again.

Worked example: Cora makes an endpoint for https://hooks.example.com/ratable that wants "post" and "lock"; the log has
"change a webhook, endpoint 1 at hooks.example.com" by Cora. She is shown its secret, and gives it to the receiver.
After `rotate` there is another, and both sign until the next `rotate`: by then the receiver has to have the new one.

Refused: whoever is neither administrator nor controller, an address that `webhooks.addresses` forbids, an action that
no event has.
"""

import secrets
from collections.abc import Sequence

from django.conf import settings

from ratable.ledger import events
from ratable.operations import acts, clock, people
from ratable.webhooks import addresses, models, signing

VERB = "change a webhook"
ACTIONS = frozenset({"found", "appoint", "refused", *people.MAY})
"""What the events of the log may be called."""


def make(actor: acts.Actor, url: str, actions: Sequence[str] = ()) -> tuple[int, str]:
    """Make an endpoint that is told of events from now on.

    Args:
        actor: an administrator or controller.
        url: where to; see `webhooks.addresses`.
        actions: what to be told of, such as "post"; none: everything.

    Returns:
        its number, and its secret.

    Raises:
        acts.Refused: the person may not, or the address or an action is not allowed.
    """
    unknown = sorted(set(actions) - ACTIONS)
    if unknown:
        raise acts.Refused(f"events: saw {unknown[0]!r}; expected any of {', '.join(sorted(ACTIONS))}.")
    try:
        host = addresses.target(url).host
    except addresses.Forbidden as forbidden:
        raise acts.Refused(str(forbidden)) from forbidden
    with acts.begin(actor, VERB, f"new endpoint at {host}") as act:
        made = models.Endpoint.objects.create(
            url=url, events=sorted(set(actions)), salt=secrets.token_hex(16), made_by=actor.person, queued=act.no
        )
        act.subject = f"endpoint {made.pk} at {host}"
        act.body["endpoint"] = {"no": str(made.pk), "host": host, "events": sorted(set(actions)), "done": "made"}
    return int(made.pk), live_secrets(made)[0]


def rotate(actor: acts.Actor, number: int) -> str:
    """Give an endpoint a new secret; the present one goes on signing beside it, the one before ends.

    Returns:
        the new secret.

    Raises:
        acts.Refused: the person may not, or there is no such endpoint.
    """
    with acts.begin(actor, VERB, f"endpoint {number}") as act:
        endpoint = _endpoint(number)
        endpoint.previous_salt, endpoint.salt = endpoint.salt, secrets.token_hex(16)
        endpoint.save()
        _say(act, endpoint, "given a new secret")
    return live_secrets(endpoint)[0]


def disable(actor: acts.Actor, number: int) -> None:
    """Send nothing more to an endpoint; what still waits is dead.

    Raises:
        acts.Refused: the person may not, or there is no such endpoint.
    """
    with acts.begin(actor, VERB, f"endpoint {number}") as act:
        endpoint = _endpoint(number)
        endpoint.active = False
        endpoint.save()
        waiting = endpoint.deliveries.filter(state=models.WAITING)
        waiting.update(state=models.DEAD, last_error="the endpoint was disabled")
        _say(act, endpoint, "disabled")


def send_again(actor: acts.Actor, delivery_no: int) -> None:
    """Put a dead delivery back among those that wait, with all its attempts before it.

    Raises:
        acts.Refused: the person may not, or there is no such dead delivery at an endpoint that is active.
    """
    with acts.begin(actor, VERB, f"delivery {delivery_no}") as act:
        dead = models.Delivery.objects.filter(pk=delivery_no, state=models.DEAD, endpoint__active=True)
        if not dead.update(state=models.WAITING, attempts=0, next_try=clock.now()):
            raise acts.Refused(f"delivery {delivery_no}: saw no dead one of that number at an active endpoint.")
        act.body["delivery"] = {"no": str(delivery_no), "done": "sent again"}


def live_secrets(endpoint: models.Endpoint) -> list[str]:
    """The secrets that sign for an endpoint, the newest first."""
    salts = [endpoint.salt, *([endpoint.previous_salt] if endpoint.previous_salt else [])]
    return [signing.secret(settings.SECRET_KEY, salt) for salt in salts]


def _endpoint(number: int) -> models.Endpoint:
    found: models.Endpoint | None = models.Endpoint.objects.filter(pk=number, active=True).first()
    if found is None:
        raise acts.Refused(f"endpoint {number}: there is no active one of that number.")
    return found


def _say(act: events.Act, endpoint: models.Endpoint, done: str) -> None:
    host = addresses.parsed(endpoint.url).host
    act.subject = f"endpoint {endpoint.pk} at {host}"
    act.body["endpoint"] = {"no": str(endpoint.pk), "host": host, "done": done}
