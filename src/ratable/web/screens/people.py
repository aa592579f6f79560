"""People: who has which role, for what and how long, how they sign in, their keys, and what is kept apart.

Worked example: Adam, the administrator, gives Dana the role of an approver up to 50,000.00 USD in DE and hands her a
link, which the page shows once. Dana makes herself a key for the nightly export, which the page shows once too. Neither
can change their own role; the page says who can. The table as CSV is the list of an access review.
"""

from collections.abc import Callable
from datetime import date

import polars as pl
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from ratable.access import invitations, keys, requests, roster
from ratable.bundle import decimals
from ratable.core import currencies
from ratable.ledger import knowledge
from ratable.operations import acts, founding, people, service_keys
from ratable.reports import rendering
from ratable.web import downloads, figures, frame, state, tables

_NOT_FOR = ("viewer",)  # As over the interface.
_LISTED = ("person", "role", "entities", "until", "limits", "signs_in", "last_sign_in", "second_factor", "keys",
           "kept_apart")  # fmt: skip


@frame.screen
def view(request: HttpRequest, asked: state.State) -> HttpResponse:
    """Everybody, as a table or the file of an access review; and the form with which somebody is let in."""
    person = requests.person(request)
    if people.role(person) in _NOT_FOR:
        return frame.sentence(request, f"{person} has the role viewer, and may not see who else is here.", status=403)
    every = roster.everyone()
    listed = pl.DataFrame([_row(one) for one in every], schema=dict.fromkeys(_LISTED, pl.String()))
    if format_ := downloads.wanted(request):
        heading = rendering.Heading("access-review", {"through": asked.through.isoformat()}, downloads.NO_FINDINGS)
        return downloads.file(format_, [listed], heading)
    return frame.page(request, "web/people.html", {
        "table": _table(listed, every), "denied": people.denial(person, "grant a role"), "roles": people.ROLES,
        "owners": [name for name in knowledge.entities() if name],
    })  # fmt: skip


@frame.screen
def one(request: HttpRequest, asked: state.State, name: str) -> HttpResponse:
    """One person, with what the one who looks may change about them, as a page or a panel."""
    person = requests.person(request)
    found = next((known for known in roster.everyone() if known.name == name), None)
    if found is None or (people.role(person) in _NOT_FOR and person != name):
        raise state.Unclear(f"{name}: nobody here is called that.")
    own = "You cannot change your own role; " if person == name else ""
    denied = people.denial(person, "grant a role") or (own and f"{own}{_others(person)}")
    return frame.page(request, "web/person.html", {
        "one": found, "denied": denied, "roles": people.ROLES, "scopes": tuple(service_keys.SCOPES),
        "owners": [entity for entity in knowledge.entities() if entity], "limits": _limits_said(found),
        "keys": found.keys, "may_key": not denied or person == name,
        "last": found.last_sign_in and f"{found.last_sign_in:%Y-%m-%d %H:%M}",
    })  # fmt: skip


@frame.act(of="people")
def act(request: HttpRequest, asked: state.State) -> HttpResponse:
    """Give or end a role, let somebody in, make or end a key; after the person has shown again that it is they."""
    requests.confirm(request)
    verb = request.POST.get("verb", "")
    if verb not in _ACTS:
        raise acts.Refused(f"act: saw {verb!r}; expected one of {', '.join(_ACTS)}.")
    once = _ACTS[verb](request)
    if once:
        # Shown here and kept nowhere: a redirect would have to keep it somewhere on the way.
        return frame.page(request, "web/once.html", once)
    return HttpResponseRedirect("/people", status=303)


def _grant(request: HttpRequest) -> dict[str, str]:
    person, role = _said(request, "person"), _said(request, "role")
    founding.grant(_actor(request), person, role, *_given(request))
    _tell(request, f"{person} is {role} from now on." if role != people.NONE else f"{person} has no role any more.")
    return {}


def _end(request: HttpRequest) -> dict[str, str]:
    person = _said(request, "person")
    founding.grant(_actor(request), person, people.NONE)
    _tell(request, f"{person} has no role any more, and is signed out everywhere.")
    return {}


def _invite(request: HttpRequest) -> dict[str, str]:
    person = _said(request, "person")
    link = invitations.invite(_actor(request), person, _said(request, "role"), _url(request), _given(request))
    return {"title": f"The link for {person}", "shown": link, "says": _LINK}


def _link(request: HttpRequest) -> dict[str, str]:
    person = _said(request, "person")
    link = invitations.link(_actor(request), person, _url(request))
    says = f"{_LINK} What was a password before is none any more."
    return {"title": f"The new link for {person}", "shown": link, "says": says}


def _key(request: HttpRequest) -> dict[str, str]:
    person, name = _said(request, "person"), _said(request, "name")
    until = _day(request)
    if until is None:
        raise acts.Refused("expiry: saw none; expected the last day of the key, at most a year away.")
    scopes = request.POST.getlist("scope")
    token = keys.make(_actor(request), person, name, scopes, until)
    says = f"It opens {', '.join(scopes)} in the name of {person}, through {until}. Only its hash is kept."
    return {"title": f"The key {name}", "shown": token, "says": says}


def _revoke(request: HttpRequest) -> dict[str, str]:
    number = _said(request, "key")
    keys.revoke(_actor(request), int(number) if number.isdecimal() else 0)
    _tell(request, f"Key {number} opens nothing any more.")
    return {}


_LINK = "It is good once and for three days: whoever follows it chooses their password. Hand it over yourself."
_ACTS: dict[str, Callable[[HttpRequest], dict[str, str]]] = {
    "grant": _grant, "end": _end, "invite": _invite, "link": _link, "key": _key, "revoke": _revoke,
}  # fmt: skip


def _actor(request: HttpRequest) -> acts.Actor:
    return requests.actor(request, _said(request, "reason"))


def _said(request: HttpRequest, name: str) -> str:
    return str(request.POST.get(name, "")).strip()


def _tell(request: HttpRequest, says: str) -> None:
    messages.add_message(request, messages.SUCCESS, says, extra_tags="good")


def _url(request: HttpRequest) -> str:
    """Where people reach the application."""
    return str(getattr(settings, "URL", "") or request.build_absolute_uri("/"))


def _given(request: HttpRequest) -> tuple[dict[str, int], people.Scope]:
    """The limits and the scope of a role as they were typed."""
    limits = dict(_limit(part.strip()) for part in _said(request, "limits").split(";") if part.strip())
    owners = tuple(entity for entity in request.POST.getlist("entity") if entity)
    return limits, people.Scope(owners, _day(request))


def _limit(typed: str) -> tuple[str, int]:
    """A limit as typed: its currency, and the sum in minor units."""
    currency, _, amount = typed.replace("=", " ").partition(" ")
    places = currencies.EXPONENTS.get(currency)
    plain = pl.lit(amount.strip().replace(",", ""))
    most = None if places is None else pl.select(decimals.parse(plain, pl.String(), places)).item()
    if most is None or most < 0:
        raise acts.Refused(f"limit: saw {typed!r}; expected a currency and a sum, such as USD 50,000.00.")
    return currency, int(most)


def _day(request: HttpRequest) -> date | None:
    typed = _said(request, "until")
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        raise acts.Refused(f"until: saw {typed!r}; expected a day such as 2026-12-31.") from None


def _row(known: roster.Person) -> dict[str, str]:
    return {
        "person": known.name, "role": known.role, "entities": ", ".join(known.entities) or "all",
        "until": known.until.isoformat() if known.until else "", "limits": _limits_said(known),
        "signs_in": "yes" if known.account else "no", "second_factor": "yes" if known.second_factor else "no",
        "last_sign_in": f"{known.last_sign_in:%Y-%m-%d %H:%M}" if known.last_sign_in else "",
        "keys": ", ".join(f"{key.name} ({' '.join(key.scopes)}, until {key.expires_on})" for key in known.keys),
        "kept_apart": "; ".join(known.conflicts),
    }  # fmt: skip


def _limits_said(known: roster.Person) -> str:
    return "; ".join(f"{currency} {figures.plain(most, currency)}" for currency, most in sorted(known.limits.items()))


def _table(listed: pl.DataFrame, every: list[roster.Person]) -> tables.Table:
    active = [known.role != people.NONE for known in every]
    pairs = pl.Series([len(known.conflicts) or None for known in every], dtype=pl.UInt32)
    shown = listed.with_columns(over=~pl.Series(active, dtype=pl.Boolean), kept_apart=pairs)
    columns = (
        tables.Column("person", "Person", "text", lambda row: f"/people/{row['person']}", panel=True),
        tables.Column("role", "Role"), tables.Column("entities", "Entities"), tables.Column("until", "Until", "day"),
        tables.Column("limits", "Approves up to", tone="whole"), tables.Column("signs_in", "Signs in"),
        tables.Column("last_sign_in", "Last sign-in, UTC", "day"), tables.Column("second_factor", "Second factor"),
        tables.Column("keys", "Keys", wide=True), tables.Column("kept_apart", "Kept apart", "count"),
    )  # fmt: skip
    return tables.Table("people", "People and access", columns, shown, soft="over", short=True)


def _others(person: str) -> str:
    """Who could change the role of a person, in words."""
    able = [name for name in people.everyone() if name != person and not people.denial(name, "grant a role")]
    return f"{' or '.join(able)} can." if able else "there is nobody else here who gives roles."
