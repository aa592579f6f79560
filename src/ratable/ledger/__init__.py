"""The store: facts, entries, approvals, locks and the event log, append-only, in SQLite or PostgreSQL."""
