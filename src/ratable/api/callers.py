"""Who calls, and what they may: a service key or a person signed in, its scopes, and the role of the person.

Worked example: the key `rtb_...` of the service "billing" has the scopes read and import, and "billing" is a preparer.
`POST /api/v1/imports` takes the scope import and the role of a preparer: it may. `POST /api/v1/runs` takes the scope
propose: it may not, though a preparer may.

Refuses whoever cannot be told from the request, and everything that the scope or the role does not allow. A refusal of
an act by role is written into the event log, as it is on the command line.
"""

from dataclasses import dataclass

from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest
from ninja import utils

from ratable.access import keys, requests, sessions
from ratable.api import problems
from ratable.operations import acts, choices, clock, people, service_keys

ASK = people.AGENT_MAY[-1]
"""What the agent does for whoever asks it: an act that is written down, and that takes no more than to read."""
OF_VERB = {verb: scope for scope, verbs in service_keys.SCOPES.items() for verb in verbs} | {
    "change a webhook": "webhooks", ASK: "read",
}  # fmt: skip
"""Act: the scope that opens it."""

EVERYONE = frozenset(people.ROLES)
LOG_READERS = EVERYONE - {"viewer", "preparer"}
_SAFE = ("GET", "HEAD", "OPTIONS")
_BEARER = "bearer "


@dataclass(frozen=True)
class Caller:
    """Whoever calls: a person of the books, the scopes that count, and the name of the key; none for a session."""

    person: str
    scopes: frozenset[str]
    key: str = ""

    def actor(self, reason: str = "") -> acts.Actor:
        """The caller as who acts on the books."""
        return acts.Actor(self.person, clock.now, reason)

    def entity(self, asked: str | None) -> str | None:
        """The entity that an answer is about: the one asked for; None: all.

        Raises:
            problems.Problem: the caller sees some entities only, and the one asked for is none of them.
        """
        try:
            return people.seen(self.person, asked)
        except people.NotTheirs as why:
            raise problems.Problem("forbidden", str(why)) from why


@dataclass(frozen=True)
class Right:
    """What a call takes: a scope, one of some roles, and for an act its name in `people.MAY`."""

    scope: str
    roles: frozenset[str]
    verb: str = ""

    def __call__(self, request: HttpRequest) -> Caller:
        """The caller, where it may.

        Raises:
            problems.Problem: nobody is known by the request, or they may not.
            acts.Denied: the act is not for their role, which is in the event log now.
        """
        caller = known(request)
        if self.scope not in caller.scopes:
            raise problems.Problem(
                "forbidden", f"the key {caller.key!r} has no scope {self.scope}; make a key that has it."
            )
        if self.verb in people.MAY and people.denial(caller.person, self.verb):
            _log_refusal(caller, self.verb, request)
        if people.role(caller.person) not in self.roles:
            held = people.role(caller.person)
            raise problems.Problem(
                "forbidden", f"{caller.person} has the role {held}; this takes one of {', '.join(sorted(self.roles))}."
            )
        return caller


def known(request: HttpRequest) -> Caller:
    """Who calls, by the key in the header Authorization, else by the session.

    Raises:
        problems.Problem: nobody is known by it, or a page of another site sent it.
    """
    said = request.headers.get("Authorization", "")
    if said:
        found = keys.known(said[len(_BEARER) :].strip(), clock.now()) if said.lower().startswith(_BEARER) else None
        if found is None:
            raise problems.Problem("unauthenticated", "this key is not known, or its time is over; make another one.")
        return Caller(found.person, found.scopes, found.name)
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or sessions.over(request):
        raise problems.Problem(
            "unauthenticated", "say who you are: send the header `Authorization: Bearer rtb_...` with a service key."
        )
    if request.method not in _SAFE and utils.check_csrf(request) is not None:
        raise problems.Problem("forbidden", "a session has to send its token in the header X-CSRFToken.")
    person = requests.person(request)
    if choices.chosen("second_factor") == "on" and people.role(person) != "viewer" and not is_mfa_enabled(user):
        raise problems.Problem("forbidden", f"{person} has to set up a second factor first, by the company's choice.")
    return Caller(person, frozenset(service_keys.SCOPES))


def to_read(roles: frozenset[str] = EVERYONE) -> Right:
    """What it takes to see something."""
    return Right("read", roles)


def to_act(verb: str) -> Right:
    """What an act takes."""
    return Right(OF_VERB[verb], people.MAY.get(verb, EVERYONE), verb)


def _log_refusal(caller: Caller, verb: str, request: HttpRequest) -> None:
    """Write into the event log that the role of the caller does not allow an act.

    Raises:
        acts.Denied: always, unless the role was changed a moment ago.
    """
    with acts.begin(caller.actor(), verb, f"{request.method} {request.path}"):
        raise problems.Problem("forbidden", "your role was changed a moment ago; ask again.")
