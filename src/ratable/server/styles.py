"""The version of our styles and scripts, which is part of their address.

Worked example: `/static/3f9a01c2/web/tokens.css`. Whoever has it need never ask for it again, and after a change of any
file the address is another one.
"""

import hashlib
from importlib import metadata
from pathlib import Path

_ROOMS = Path(__file__).parents[1]
_CARRIERS = ("django-allauth", "django-htmx", "django-ninja")


def version() -> str:
    """Eight digits that change with any file that is served from `static` folders, ours or of a library."""
    told = hashlib.sha256()
    for carrier in _CARRIERS:
        told.update(f"{carrier} {metadata.version(carrier)}\n".encode())
    for file in sorted(_ROOMS.glob("*/static/**/*")):
        if file.is_file():
            told.update(f"{file.relative_to(_ROOMS)}\n".encode() + hashlib.sha256(file.read_bytes()).digest())
    return told.hexdigest()[:8]
