"""The secret that signs sessions: RATABLE_SECRET_KEY, else a file of its own that is made on first use.

Worked example: the first start writes `ratable-secret.key` into the working folder, readable by its owner alone; the
next start reads it, so that whoever is signed in stays so. RATABLE_SECRET_FILE names another place.
"""

import os
import secrets
from pathlib import Path

_NAMED_BY = "RATABLE_SECRET_FILE"
DEFAULT = "ratable-secret.key"


def key() -> str:
    """The secret of this machine, made on first use."""
    place = Path(os.environ.get(_NAMED_BY) or DEFAULT)
    try:
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return place.read_text(encoding="ascii").strip()
    made = secrets.token_urlsafe(64)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(made)
    return made
