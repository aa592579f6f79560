"""Opens the store that `RATABLE_DATABASE_URL` names, and makes it where there is none.

Worked example: `store.open_(create=True)` in an empty folder makes `ratable.sqlite3` with all its tables and guards;
`store.open_()` in another folder is refused with the name of the file that is not there.
"""

import os

import django
from django.core import management
from django.db import Error, connection
from django.db.migrations import executor

_APP = "ledger"


class NoStore(Exception):
    """There are no books where the database URL points, or they cannot be opened."""


def open_(*, create: bool = False, upgrade: bool = False) -> None:
    """Connect to the store.

    Args:
        create: make the tables where there are none; otherwise that is refused.
        upgrade: bring the tables of an older version up to date; otherwise they are refused.

    Raises:
        NoStore: no database, no books in it, or books of another version.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ratable.settings")
    try:
        django.setup()
        if connection.vendor == "sqlite" and not create and not os.path.exists(name := _name()):
            raise NoStore(f"no books at {name}; `ratable import BUNDLE` makes them, RATABLE_DATABASE_URL names others.")
        begun = _begun()
        if not begun and not create:
            raise NoStore(f"no books in {_name()}; `ratable import BUNDLE` begins them.")
        if _pending():
            if begun and not upgrade:
                raise NoStore(f"the books in {_name()} are of an older version; make a backup, then `ratable upgrade`.")
            management.call_command("migrate", _APP, verbosity=0, interactive=False)
    except (Error, ValueError) as fault:
        raise NoStore(f"the store cannot be opened: {str(fault).strip()}") from fault


def lock() -> None:
    """Let one act at a time write; held to the end of the transaction, which SQLite's own lock does by itself."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(606)")


def _name() -> str:
    return str(connection.settings_dict["NAME"])


def _pending() -> bool:
    planner = executor.MigrationExecutor(connection)
    return bool(planner.migration_plan(planner.loader.graph.leaf_nodes(_APP)))


def _begun() -> bool:
    return "company" in connection.introspection.table_names()
