"""Words of a flag that many checks share: amounts as people read them, and what a flag takes over from its entry.

Worked example: `money(-123456, "USD")` is "-1,234.56", `money(5, "JPY")` is "5".
"""

from typing import Any

from ratable.core import currencies
from ratable.review import flags


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
