"""Days and months as people type them."""

import calendar
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
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", typed) or typed.startswith("0000"):
        raise refusals.Refusal(f"{option}: saw {typed!r}; expected a month as YYYY-MM, such as 2026-12.")
    year, month = (int(part) for part in typed.split("-"))
    return date(year, month, calendar.monthrange(year, month)[1])
