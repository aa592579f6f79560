"""Tells other systems, by signed HTTP requests, what happened in the books: each event of the log, with its hash."""
