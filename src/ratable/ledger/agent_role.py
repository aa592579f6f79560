"""The PostgreSQL role of the agent: it may read the books and add reviews, flags and answers with their events.

Worked example: the owner of the database runs what `statements("reviewer")` gives, and the review runs under that role.
Then no fault of the agent, of a model that it asks, or of whoever holds its password can post, approve, lock, change a
policy or answer a flag: the server refuses before any guard is asked. An event that it adds names the agent as actor.
"""

from django.apps import apps

from ratable.ledger import least_role

ADDED = ("reviews", "review_flags", "questions", "events")
"""All that the agent adds to."""


def statements(role: str) -> list[str]:
    """SQL for the owner of the tables to run once, and again after an upgrade that adds tables.

    Raises:
        ValueError: that is no plain name of a role.
    """
    least_role.refuse_strange(role)
    tables = sorted(model._meta.db_table for model in apps.get_app_config("ledger").get_models())
    known = f"SELECT FROM pg_roles WHERE rolname = '{role}'"
    refusal = "an event of the agent names the agent"
    return [
        f"DO $$ BEGIN IF NOT EXISTS ({known}) THEN CREATE ROLE {role} LOGIN NOINHERIT; END IF; END $$",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}",
        f"GRANT SELECT ON {', '.join(tables)} TO {role}",
        f"GRANT INSERT ON {', '.join(ADDED)} TO {role}",
        f"""CREATE OR REPLACE FUNCTION ratable_agent_{role}() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = '{refusal}'; END $$""",
        f"""CREATE OR REPLACE TRIGGER events_of_{role} BEFORE INSERT ON events FOR EACH ROW
            WHEN (current_user = '{role}' AND NEW.actor NOT LIKE 'agent:%') EXECUTE FUNCTION ratable_agent_{role}()""",
    ]
