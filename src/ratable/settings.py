"""Settings of the application around the pure library, for Django.

Worked example: without anything said, books are kept in `ratable.sqlite3` of the working folder; with
`RATABLE_DATABASE_URL=postgresql://ratable@db.example/books` they are kept there, and nothing else changes.
"""

import os

import dj_database_url

_URL = "RATABLE_DATABASE_URL"
DEFAULT_URL = "sqlite:///ratable.sqlite3"

# Writers wait for each other instead of failing, every commit reaches the disk, and foreign keys are kept. Days and
# truths come as they are held: whole columns of them are read faster than one value after the other.
_SQLITE = {
    "detect_types": 0,
    "timeout": 60,
    "transaction_mode": "IMMEDIATE",
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
}


def database(url: str) -> dict[str, object]:
    """The connection that a URL asks for, with what this application needs of it.

    Raises:
        ValueError: neither sqlite nor postgresql.
    """
    known: dict[str, object] = dict(dj_database_url.parse(url))
    engine = str(known["ENGINE"]).rpartition(".")[2]
    if engine == "sqlite3":
        return known | {"OPTIONS": _SQLITE}
    if engine == "postgresql":
        return known
    raise ValueError(f"{_URL}: saw {engine}; expected sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME.")


DATABASES = {"default": database(os.environ.get(_URL, DEFAULT_URL))}
INSTALLED_APPS = ["ratable.ledger"]
USE_TZ = True
TIME_ZONE = "UTC"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SECRET_KEY = os.environ.get("RATABLE_SECRET_KEY", "")  # Nothing is signed with it until the web application needs it.
