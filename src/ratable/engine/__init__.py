"""The five steps of the standard, as pure functions from tables to tables; run.py first."""
