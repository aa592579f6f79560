"""The PostgreSQL role that runs the application: it may add and read, and remove drafts; nothing else.

Worked example: the owner of the database runs what `ratable database-role clerk` prints, and the application connects
as `clerk`. Then no mistake of ours, and nobody who holds its password, can change an entry, switch off a trigger or
drop a table: the server refuses before any guard is asked.
"""

import re

from django.apps import apps

_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_REMOVED = ("drafts",)  # The next run replaces them.


def statements(role: str) -> list[str]:
    """SQL for the owner of the tables to run once, and again after an upgrade that adds tables.

    Raises:
        ValueError: that is no plain name of a role.
    """
    if not _NAME.fullmatch(role):
        raise ValueError(f"role: saw {role!r}; expected a name of small letters, digits and underscores.")
    tables = sorted(model._meta.db_table for model in apps.get_app_config("ledger").get_models())
    known = f"SELECT FROM pg_roles WHERE rolname = '{role}'"
    return [
        f"DO $$ BEGIN IF NOT EXISTS ({known}) THEN CREATE ROLE {role} LOGIN NOINHERIT; END IF; END $$",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}",
        f"GRANT SELECT, INSERT ON {', '.join(tables)} TO {role}",
        f"GRANT DELETE ON {', '.join(_REMOVED)} TO {role}",
        f"GRANT SELECT ON django_migrations TO {role}",
    ]
