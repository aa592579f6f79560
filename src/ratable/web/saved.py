"""Saved views: addresses that a person keeps under a name, for themselves alone.

Worked example: Ben looks at `/roll-forward?period=2026-03&by=customer` and keeps it as "Customers". It stands in the
menu of the roll-forward and in the search of every screen, for Ben alone; what he keeps next as that replaces it.

Refuses what is no address of these screens, a name that is empty or long, and more views than a menu holds.
"""

from urllib.parse import urlsplit

from django.utils.http import url_has_allowed_host_and_scheme

from ratable.operations import acts
from ratable.web import models

MOST = 50
_LONGEST_NAME = 60
_LONGEST_ADDRESS = 2_000


def of(person: str) -> list[models.SavedView]:
    """The views of a person by name."""
    return list(models.SavedView.objects.filter(person=person).order_by("name"))


def of_screen(person: str, path: str) -> list[models.SavedView]:
    """The views that a person keeps of one screen."""
    return [view for view in of(person) if urlsplit(view.address).path == path]


def keep(person: str, name: str, address: str) -> models.SavedView:
    """Keep an address under a name; the one of that name before is let go.

    Raises:
        acts.Refused: it is no address of a screen, or no name, or the person keeps too many.
    """
    if not address.startswith("/") or not url_has_allowed_host_and_scheme(address, allowed_hosts=None):
        raise acts.Refused(f"view: saw the address {address[:_LONGEST_NAME]!r}; expected one of these screens.")
    if len(address) > _LONGEST_ADDRESS:
        raise acts.Refused(f"view: this address has more than {_LONGEST_ADDRESS:,} characters. Take a filter away.")
    if not name.isprintable() or not 0 < len(name) <= _LONGEST_NAME:
        raise acts.Refused(f"view: saw the name {name[:_LONGEST_NAME]!r}; expected 1 to {_LONGEST_NAME} characters.")
    if len({view.name for view in of(person)} | {name}) > MOST:
        raise acts.Refused(f"You keep {MOST} views already. Delete one that you no longer need.")
    kept: models.SavedView = models.SavedView.objects.update_or_create(
        person=person, name=name, defaults={"address": address}
    )[0]
    return kept


def drop(person: str, no: int) -> models.SavedView | None:
    """Let a view go; None: the person keeps none of that number."""
    found: models.SavedView | None = models.SavedView.objects.filter(person=person, pk=no).first()
    models.SavedView.objects.filter(person=person, pk=no).delete()
    return found
