"""The parts that every screen is made of, on one page: type, colors, figures, tables, status, charts, forms, emptiness.

Whoever changes tokens.css or components.css looks here first, in light and in dark.
"""

from datetime import date

import polars as pl
from django.http import HttpRequest, HttpResponse

from ratable.web import charts, frame, state, tables

_TOKENS = (
    "ground", "raised", "sunken", "line", "line-strong", "ink", "ink-2", "ink-3", "accent", "deferred", "asset",
    "billed", "good", "warn", "bad",
)  # fmt: skip
_ROWS = pl.DataFrame({
    "customer": ["Acme", "Bolt GmbH", "Cobalt"],
    "on": [date(2026, 3, 1), date(2026, 3, 15), date(2026, 3, 31)],
    "currency": ["USD", "USD", "USD"],
    "opening": [5_245_198, 0, -12_500],
    "closing": [4_516_645, 1_480_000, None],
    "draft": [False, False, True],
    "state": [("good", "posted"), ("warn", "waits"), ("open", "draft")],
}, schema_overrides={"state": pl.Object})  # fmt: skip
_COLUMNS = (
    tables.Column("customer", "Customer"), tables.Column("on", "On", "day"), tables.Column("state", "State", "status"),
    tables.Column("currency", "Currency"), tables.Column("opening", "Opening", "money", lambda _: "/roll-forward"),
    tables.Column("closing", "Closing", "money", lambda _: "/roll-forward"),
)  # fmt: skip
_MONTHS = (("Jan", 90_000, ""), ("Feb", 110_000, ""), ("Mar", 98_000, "open"), ("Apr", 70_000, "future"))
_STEPS = (("Opening", 250_000, "deferred"), ("Billed", 90_000, "billed"), ("Recognized", -110_000, "recognized"),
          ("Closing", 230_000, "deferred"))  # fmt: skip


@frame.screen
def view(request: HttpRequest, asked: state.State) -> HttpResponse:
    """All components with sample figures of no company."""
    sums = pl.DataFrame({"currency": ["USD"], "opening": [5_232_698], "closing": [5_996_645]})
    table = tables.Table("sample", "Sample table", _COLUMNS, _ROWS, totals=sums, soft="draft", short=True)
    months = [charts.Point(name, amount, stage) for name, amount, stage in _MONTHS]
    steps = [charts.Point(name, amount, kind=kind) for name, amount, kind in _STEPS]
    return frame.page(request, "web/components.html", {
        "tokens": _TOKENS, "table": table, "path": asked.path, "charts": [
            charts.bars(months, currency="USD", kind="recognized", title="Bars"),
            charts.balance(months[:3], currency="USD", kind="deferred", title="Balance"),
            charts.bridge(steps, currency="USD", title="Bridge"),
        ],
    })  # fmt: skip
