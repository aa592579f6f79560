"""Days and months as people type them."""

import re
from datetime import date

from ratable.cli import refusals


def day(typed: str, option: str) -> date:
    """The day YYYY-MM-DD.

    Raises:
        refusals.Refusal: it is none.
    """
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", typed):
        try:
            return date.fromisoformat(typed)
        except ValueError:
            pass  # A month or a day of it that there is not; said below.
    raise refusals.Refusal(f"{option}: saw {typed!r}; expected a day as YYYY-MM-DD, such as 2026-12-31.")


def last_day(typed: str, option: str) -> date:
    """The last day of a month YYYY-MM.

    Raises:
        refusals.Refusal: it is none.
    """
    from ratable.core import periods

    try:
        return periods.last_day(typed)
    except ValueError as fault:
        raise refusals.Refusal(f"{option}: saw {typed!r}; expected a month as YYYY-MM, such as 2026-12.") from fault
