"""Reading clauses: written days come back, each under the cue that governs it; hostile text says nothing."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratable.review import clauses
from tests import frames

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
DAYS = st.dates(date(1990, 1, 1), date(2098, 12, 31))


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th, 11th ..."""
    return f"{number}{'th' if 10 < number < 14 else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def forms(day: date) -> list[str]:
    """A day as people write it."""
    month = _MONTHS[day.month - 1]
    found = [
        day.isoformat(), f"{day.day} {month} {day.year}", f"{day.day}-{month[:3]}-{day.year}",
        f"{month} {ordinal(day.day)}, {day.year}", f"{month} {day.day}, {day.year}",
        f"{month[:3]}. {day.day}, {day.year}",
        f"the {ordinal(day.day)} day of {month}, {day.year}", f"{ordinal(day.day)} of {month} {day.year}",
    ]  # fmt: skip
    return [*found, f"{day.day:02}.{day.month:02}.{day.year}"] if day.day > 12 else found


@settings(deadline=None)
@given(st.text())
def test_any_text_is_read(text: str) -> None:
    """Whatever stands in a clause, reading it ends, and what is read lies inside it."""
    for thing in clauses.read(text, "USD").things:
        assert 0 <= thing.start < thing.stop <= len(text)


_MARKS = st.sampled_from((".", "/", "-", " ", ", ", ". ", " to ", " until "))
_PIECES = st.one_of(
    st.integers(0, 2100).map(str), st.sampled_from(_MONTHS).map(lambda month: month[:3]),
    st.sampled_from(("13th", "begins", "ends on", "free", "term of", "months", "C$", "USD", "calendar year", "%")),
)  # fmt: skip


@settings(deadline=None, max_examples=400)
@given(st.lists(st.tuples(_PIECES, _MARKS), max_size=14))
def test_what_looks_like_days_and_amounts_is_read(pieces: list[tuple[str, str]]) -> None:
    """The same of figures, marks, months and cues in any order: what is nearly a day is the hardest to read."""
    text = "".join(piece + mark for piece, mark in pieces)
    for thing in clauses.read(text, "USD").things:
        assert 0 <= thing.start < thing.stop <= len(text)


@settings(deadline=None)
@given(DAYS, st.data())
def test_a_written_day_comes_back(day: date, data: st.DataObject) -> None:
    """Every written form of a day is that day, at its own place."""
    form = data.draw(st.sampled_from(forms(day)))
    text = f"p. 3: service begins on {form}; prices exclude tax."
    (thing,) = clauses.read(text).of("begins")[1:]
    assert thing.day == day
    assert text[thing.start : thing.stop] == thing.words
    assert thing.words in form


@settings(deadline=None)
@given(DAYS, st.integers(1, 120))
def test_a_term_ends_before_it_begins_again(first: date, months: int) -> None:
    """12 months from 15 January end on 14 January; a day that the last month lacks is clipped."""
    reading = clauses.read(f"for {months} months from {first}")
    assert reading.days("ends") == {clauses.after(first, months)}


@pytest.mark.parametrize(
    ("text", "what", "days"),
    [
        ("from 1 January to 31 December 2026", "begins", ["2026-01-01"]),
        ("from 1 January to 31 December 2026", "ends", ["2026-12-31"]),
        ("from and including 1 March 2026 to and including the 28th day of February, 2027", "ends", ["2027-02-28"]),
        ("Service begins 2026-02-01 and ends 2027-01-31.", "ends", ["2027-01-31"]),
        ("unless renewed, access ceases after 21.09.2026", "ends", ["2026-09-21"]),
        ("The agreement terminates on 30 June 2026.", "terminated", ["2026-06-30"]),
        ("The customer may terminate on 30 June 2026.", "terminated", []),
        ("Invoiced on 3 January 2026", "begins", []),
        ("Signed 5 January 2026. Service starts on 1 February 2026.", "begins", ["2026-02-01"]),
        ("free of charge until 31 March 2026", "free_to", ["2026-03-31"]),
        ("delivered on acceptance, 16 February 2026", "delivered", ["2026-02-16"]),
        ("begins on 05.01.2026", "begins", ["2026-01-05", "2026-05-01"]),
        ("begins on 05.01.2026 and renews on 13.01.2027", "begins", ["2026-01-05"]),
        ("begins on 05/01/2026; signed on 04/28/2026", "begins", ["2026-05-01"]),
        ("begins on 05.01.2026; signed on 04/28/2026", "begins", ["2026-01-05", "2026-05-01"]),
        ("begins on 05/01/2026, not on 2026/01/31", "begins", ["2026-01-05", "2026-01-31", "2026-05-01"]),
        ("begins on 05.01.2026; signed the 13th. Jan. 2026", "begins", ["2026-01-05", "2026-05-01"]),
        ("begins on 05.01.2026; signed on 03.03.2026", "begins", ["2026-01-05", "2026-05-01"]),
        ("from 05.11.2025 until 04.11.2026", "begins", ["2025-11-05"]),
        ("from 05.11.2025 until 04.11.2026", "ends", ["2026-11-04"]),
        ("from 11/05/2025 until 11/04/2026", "begins", ["2025-11-05"]),
        ("from 01.08.2025 until 31 July 2026", "begins", ["2025-08-01"]),
        ("from 01.08.2025 until 15 July 2026", "begins", ["2025-01-08", "2025-08-01"]),
        ("for one year as of 05.01.2026", "ends", []),
        ("begins on 05.05.2026", "begins", ["2026-05-05"]),
        ("Order Form, page 5: The module runs from 1 March 2026 to 28 February 2027", "begins", ["2026-03-01"]),
        ("Order Form of 5 January 2026", "begins", []),
        ("begins on 15/01/2026", "begins", ["2026-01-15"]),
        ("begins on 2026-02-30", "begins", []),
        ("the calendar year 2026", "ends", ["2026-12-31"]),
    ],
)
def test_a_day_belongs_to_the_cue_that_governs_it(text: str, what: str, days: list[str]) -> None:
    """Days of service apart from those of bills, signatures and rights; of two ways the one that is shown."""
    assert clauses.read(text).days(what) == {frames.day(day) for day in days}


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [
        ("USD 12,000.00", "USD", 1_200_000), ("12,000 USD", "USD", 1_200_000), ("$1,200.5", "CAD", 120_050),
        ("EUR 12.000,50", "EUR", 1_200_050), ("C$1,200", "CAD", 120_000), ("C$1,200", "USD", None),
        ("AU$ 5", "AUD", 500), ("ABC$5", "USD", None), ("120 000.00 GBP", "GBP", 12_000_000),
        ("JPY 1,500", "JPY", 1_500), ("BHD 1.500", "BHD", None), ("USD 1.23456", "USD", None),
    ],
)  # fmt: skip
def test_amounts_are_read_in_their_currency(text: str, currency: str, amount: int | None) -> None:
    """Marks of thousands and decimals of many lands; one that reads in two ways is none."""
    assert clauses.read(text, currency).amounts(currency) == (frozenset() if amount is None else {amount})


def test_words_that_say_more_are_read() -> None:
    """Percents, terms, free months, and words without a day."""
    reading = clauses.read("Initial term of twelve (12) months, 10% off; co-terminous; the first 3 months are free.")
    assert reading.months() == {12}
    assert reading.of("percent")[0].amount == 1_000
    assert reading.says("coterminous")
    assert clauses.read("") is clauses.read(None)
