"""The interface for programs: every table, act and report by HTTP, at /api/v1."""
