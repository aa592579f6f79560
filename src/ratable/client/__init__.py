"""A client of the interface for programs. It needs httpx and nothing of the rest of ratable.

Worked example: Ben's program brings March in and proposes it; Dana's, with a key of hers, approves just that and posts.

    from ratable import client

    with client.connect("https://books.example.com", key) as books:
        came = books.import_bundle(Path("march.yaml"))          # came.added is 2, came.known 38
        run = books.propose(date(2026, 3, 31))                  # run.totals is {"USD": Decimal("12345.67")}
    with client.connect("https://books.example.com", danas_key) as books:
        books.approve(run.run, run.hash)
        books.post(run.run)

Every act is sent with an Idempotency-Key of its own and, where the line breaks, once more with the same, so that it is
done once. What the books refuse is raised as `client.Problem`, with their sentence.
"""

from ratable.client.answers import Answer, Choice, Entry, Export, Flag, Import, Locked, Posted, Proposal
from ratable.client.books import Books, connect
from ratable.client.calling import Problem

__all__ = [
    "Answer", "Books", "Choice", "Entry", "Export", "Flag", "Import", "Locked", "Posted", "Problem", "Proposal",
    "connect",
]  # fmt: skip
