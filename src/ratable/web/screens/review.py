"""Review: everything that waits for a person: runs, flags of the agent, and findings.

Worked example: run 4 of Ben, 412 entries through 31 March over 1,234,567.00 USD, 212 of them reviewed; flag 91d0 of an
invoice that came twice; and finding 7, which keeps contract C-9 outside the books until a file brings it again or
somebody accepts that it stays out.
"""

from typing import Any

import polars as pl
from django.http import HttpRequest, HttpResponse

from ratable.access import requests
from ratable.ledger import entries, models, noted, pending
from ratable.operations import decide, drafting
from ratable.reports import rendering
from ratable.web import downloads, frame, queues, raised, state, tables

_STATES = {entries.DRAFT: ("open", "not reviewed"), "review": ("warn", "in review"), "approve": ("good", "approved")}
_FINDINGS = (
    tables.Column("finding", "Finding", "id", lambda row: f"/review/findings/{row['no']}", panel=True),
    tables.Column("sign", "Effect", "status"),
    tables.Column("code", "What", "words"),
    tables.Column("table", "Table", "words"),
    tables.Column("id", "Row", "id"),
    tables.Column("message", "Says", "text", wide=True),
)


@frame.screen
def view(request: HttpRequest, asked: state.State) -> HttpResponse:
    """The runs that wait, and the findings that wait."""
    found = findings()
    if format_ := downloads.wanted(request):
        heading = rendering.Heading("findings", {"through": asked.through.isoformat()}, downloads.NO_FINDINGS)
        return downloads.file(format_, [found.select("code", "severity", "table", "id", "message")], heading)
    waits = raised.waiting(requests.person(request))
    runs = pl.DataFrame([row for run in queues.waiting() for row in _told(run)])
    return frame.page(request, "web/review.html", {
        "runs": _runs(runs, asked) if runs.height else None, "findings": findings_table(found),
        "flags": raised.table(waits, lambda row: raised.address(asked, row["id"])) if waits.height else None,
        "agent_on": raised.on(), "begun": models.Import.objects.exists(),
    })  # fmt: skip


def findings() -> pl.DataFrame:
    """The findings that wait, those first that keep rows outside the books."""
    sign = pl.when("left_out").then(pl.lit("bad")).otherwise(pl.lit("warn"))
    word = pl.when("left_out").then(pl.lit("outside the books")).otherwise(pl.lit("assumed"))
    told = pending.findings().with_columns(finding=pl.format("finding {}", "no"), sign=pl.concat_list(sign, word))
    return told.sort("left_out", "no", descending=[True, False])


def findings_table(found: pl.DataFrame) -> tables.Table | None:
    """Findings as a table; None where there are none."""
    return tables.Table("findings", "Findings that wait", _FINDINGS, found, short=True) if found.height else None


def _told(run: models.Run) -> list[dict[str, Any]]:
    """A row for each currency of a run; what is said of the run itself stands in the first."""
    looked = noted.marks(run.no).height
    said = {
        "kind": run.kind, "through": run.through.isoformat(),
        "prepared_by": run.prepared_by, "rows": run.rows, "state": list(_STATES[entries.state(run.no)]),
        "looked": f"{looked:,} of {run.rows:,}", "may": ", ".join(decide.approvers(run.no)) or "nobody here",
    }  # fmt: skip
    sums = drafting.totals_of(run)
    return [
        {"no": run.no, "run": f"run {run.no}", "currency": currency, "amount": amount}
        | (dict.fromkeys(said) if at else said)
        for at, (currency, amount) in enumerate(sums.items())
    ]


def _runs(runs: pl.DataFrame, asked: state.State) -> tables.Table:
    def to_run(row: tables.Row) -> str:
        return asked.link(f"/review/{row['no']}")

    columns = (
        tables.Column("run", "Run", "id", to_run), tables.Column("state", "State", "status"),
        tables.Column("kind", "Kind", "words"), tables.Column("through", "Through", "day"),
        tables.Column("prepared_by", "Prepared by"), tables.Column("looked", "Reviewed"),
        tables.Column("may", "May approve"), tables.Column("currency", "Currency"),
        tables.Column("rows", "Entries", "count"), tables.Column("amount", "Amount", "money", to_run),
    )  # fmt: skip
    return tables.Table("runs", "Runs that wait", columns, runs, short=True)
