"""Where a language model is and what it may cost, as the surroundings say; nothing, until they do.

Worked example: RATABLE_MODEL_URL=http://127.0.0.1:8080/v1 and RATABLE_MODEL_NAME=small name a model on this machine;
RATABLE_MODEL=off beside them switches it off.

Refuses half of it, and an address without TLS that leaves this machine.
"""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Settings:
    """Where the model is and what it may cost.

    `seconds` is the time for one call, `calls` and `tokens` are what one answer or run may use together.
    """

    url: str
    name: str
    key: str = field(default="", repr=False)
    seconds: int = 10
    calls: int = 4
    tokens: int = 4_000


def read(given: Mapping[str, str]) -> Settings | None:
    """What the surroundings say about a model; None: there is none, which is how it starts.

    Args:
        given: such as the variables of the process: RATABLE_MODEL_URL and RATABLE_MODEL_NAME switch it on,
            RATABLE_MODEL=off switches it off whatever else is said, RATABLE_MODEL_KEY is its key.

    Raises:
        ValueError: half of it is said, or its address would carry questions over a network in the open.
    """
    url, name = given.get("RATABLE_MODEL_URL", ""), given.get("RATABLE_MODEL_NAME", "")
    if given.get("RATABLE_MODEL", "").lower() == "off" or not (url or name):
        return None
    if not (url and name):
        raise ValueError("RATABLE_MODEL_URL and RATABLE_MODEL_NAME go together: say both, or neither.")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"RATABLE_MODEL_URL: saw {url!r}; expected an address such as http://127.0.0.1:8080/v1.")
    if parts.scheme == "http" and not _here(parts.hostname):
        raise ValueError(f"RATABLE_MODEL_URL: saw {url!r}; expected https, since the model is on another machine.")
    return Settings(url.rstrip("/"), name, given.get("RATABLE_MODEL_KEY", ""))


def _here(host: str) -> bool:
    """Whether an address is of this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
