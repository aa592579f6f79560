"""Words of a flag that many checks share: amounts as people read them, and what a flag takes over from its entry.

Worked example: `money(-123456, "USD")` is "-1,234.56", `money(5, "JPY")` is "5".
"""

from typing import Any

from ratable.core import currencies
from ratable.review import flags
from ratable.review.proposals import Fix


def money(amount: int, currency: str) -> str:
    """Minor units as decimal text with the decimals of the currency and commas between thousands."""
    decimals = currencies.EXPONENTS.get(currency, 0)
    whole, rest = divmod(abs(amount), 10**decimals)
    sign = "-" if amount < 0 else ""
    return f"{sign}{whole:,}.{rest:0{decimals}}" if decimals else f"{sign}{whole:,}"


def of_entry(row: dict[str, Any], *, rows: tuple[str, ...] = (), **said: Any) -> flags.Flag:
    """A flag about an entry (a row of ENTRIES by name), with what it takes over from it; `said` goes before."""
    own = {name: row[name] for name in ("period", "entity", "contract", "line", "customer", "currency", "amount")}
    used = (f"entries/{row['entry']}", *rows)
    return flags.Flag(**({"table": "entries", "subject": row["entry"], "rows": used} | own | said))


def of_line(row: dict[str, Any], *, fix: Fix | None, **said: Any) -> flags.Flag:
    """A flag about a line (a row of `said.LINES` by name), with what it takes over from it; `said` goes before."""
    own = {name: row[name] for name in ("contract", "line", "customer", "currency")}
    used = (f"{row['table']}/{row['id']}", f"contracts/{row['contract']}")
    head = {"table": "contract_lines", "subject": row["line"], "rows": used, "amount": row["price"]}
    whole = head | own | {"entity": row["entity"] or "", "fix": None if fix is None else fix.text()} | said
    return flags.Flag(**whole)
