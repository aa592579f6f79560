"""Where webhooks may go: by https to public addresses, and nowhere inside the network that this application runs in.

Worked example: https://hooks.example.com/ratable is allowed while that name stands for public addresses only.
https://169.254.169.254/ and a name that stands for 10.0.0.7 are refused: otherwise whoever may set up a webhook could
have this application knock on doors that only it can reach. `RATABLE_WEBHOOK_PRIVATE=1` allows them, for receivers in
one's own network, and http to this machine itself.
"""

import ipaddress
import os
import re
import socket
from dataclasses import dataclass

import httpx

PRIVATE = "RATABLE_WEBHOOK_PRIVATE"

_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")  # Stands for an IPv4 address of whatever kind.
_PORTS = {"https": 443, "http": 80}
_HOST = re.compile(r"[A-Za-z0-9.-]+|[0-9a-f:.]+")
_MOST = 2_000

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Forbidden(Exception):
    """An address that webhooks may not go to, with one sentence that says why."""


@dataclass(frozen=True)
class Target:
    """Where to connect, and by which name: `address` is what was looked at, so that nothing else is asked later."""

    url: httpx.URL
    host: str
    address: str


def target(text: str) -> Target:
    """The place that a URL stands for now.

    Raises:
        Forbidden: it is no https URL, its name stands for nothing, or for an address that is not public.
    """
    url = parsed(text)
    host = url.raw_host.decode("ascii")
    found = _looked_up(host, url.port or _PORTS[url.scheme])
    for address in found:
        _refuse(address, url, host)
    return Target(url, host, str(found[0]))


def parsed(text: str) -> httpx.URL:
    """A URL that has the shape of one that webhooks may go to; who stands behind its name is not asked.

    Raises:
        Forbidden: it has not.
    """
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL as fault:
        raise Forbidden(f"url: saw what is no URL ({fault}); expected https://NAME/PATH.") from fault
    if url.scheme not in _PORTS or not _HOST.fullmatch(url.raw_host.decode("ascii")) or len(text) > _MOST:
        raise Forbidden(f"url: saw {text[:80]!r}; expected https://NAME/PATH.")
    if url.userinfo or url.fragment:
        raise Forbidden("url: saw a name with a password, or a fragment; expected https://NAME/PATH without them.")
    return url


def _looked_up(host: str, port: int) -> list[Address]:
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as fault:
        raise Forbidden(f"url: the name {host} stands for no address now ({fault}).") from fault
    return [ipaddress.ip_address(str(place[0]).partition("%")[0]) for *_, place in found]


def _refuse(address: Address, url: httpx.URL, host: str) -> None:
    private = os.environ.get(PRIVATE) == "1"
    if url.scheme == "http" and not (private and address.is_loopback):
        raise Forbidden(f"url: saw http to {host}; expected https, since what happens in the books is nobody else's.")
    if not private and not _public(address):
        raise Forbidden(
            f"url: {host} stands for {address}, which is not public; expected an address outside. "
            f"Whoever runs the application may allow it by {PRIVATE}=1."
        )


def _public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        inside = address.ipv4_mapped or address.sixtofour
        if inside is not None:
            return _public(inside)
        if address in _TRANSLATED or address.teredo is not None:
            return False
    return address.is_global and not address.is_multicast
