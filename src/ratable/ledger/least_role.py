"""The PostgreSQL role that runs the application: it may add and read, and remove drafts; nothing else to the books.

Worked example: the owner of the database runs what `ratable database-role clerk` prints, and the application connects
as `clerk`. Then no mistake of ours, and nobody who holds its password, can change an entry, switch off a trigger or
drop a table: the server refuses before any guard is asked. Sessions, accounts and whatever else the application keeps
for itself it may change and remove; none of that is part of the books.
"""

import re

from django.apps import apps
from django.db import connection

_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_REMOVED = ("drafts",)  # The next run replaces them.
_READ = ("django_migrations", "django_content_type", "auth_permission", "auth_group")


def statements(role: str) -> list[str]:
    """SQL for the owner of the tables to run once, and again after an upgrade that adds tables.

    Raises:
        ValueError: that is no plain name of a role.
    """
    refuse_strange(role)
    tables = sorted(model._meta.db_table for model in apps.get_app_config("ledger").get_models())
    known = f"SELECT FROM pg_roles WHERE rolname = '{role}'"
    own, read = _beside(set(tables))
    return [
        f"DO $$ BEGIN IF NOT EXISTS ({known}) THEN CREATE ROLE {role} LOGIN NOINHERIT; END IF; END $$",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}",
        f"GRANT SELECT, INSERT ON {', '.join(tables)} TO {role}",
        f"GRANT DELETE ON {', '.join(_REMOVED)} TO {role}",
        f"GRANT SELECT ON {', '.join(read)} TO {role}",
        *([f"GRANT SELECT, INSERT, UPDATE, DELETE ON {', '.join(own)} TO {role}"] if own else []),
    ]


def refuse_strange(role: str) -> None:
    """Go on only with a plain name of a role.

    Raises:
        ValueError: it is none.
    """
    if not _NAME.fullmatch(role):
        raise ValueError(f"role: saw {role!r}; expected a name of small letters, digits and underscores.")


def _beside(books: set[str]) -> tuple[list[str], list[str]]:
    """The tables of this application that are not of the books: those that it keeps for itself, those it only reads."""
    every = {model._meta.db_table for model in apps.get_models(include_auto_created=True)} | set(_READ)
    there = (every & set(connection.introspection.table_names())) - books
    return sorted(there - set(_READ)), sorted(there & set(_READ))
