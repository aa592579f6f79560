from datetime import date

from ratable.oracle import dates


def test_months_from_the_31st_are_clipped_and_come_back() -> None:
    found = dates.periods(date(2028, 1, 31), date(2028, 4, 29), 1)

    assert [period.start for period in found] == [date(2028, 1, 31), date(2028, 2, 29), date(2028, 3, 31)]
    assert [period.days for period in found] == [29, 31, 30]


def test_a_day_of_the_month_makes_a_first_stub() -> None:
    first, second = dates.periods(date(2026, 1, 16), date(2026, 2, 28), 1, day_of_month=1)

    assert (first.days, first.days_of_whole) == (16, 31)
    assert (second.start, second.days, second.days_of_whole) == (date(2026, 2, 1), 28, 28)


def test_a_last_stub_knows_its_whole_period() -> None:
    last = dates.periods(date(2026, 1, 15), date(2026, 3, 31), 1)[-1]

    assert (last.start, last.days, last.days_of_whole) == (date(2026, 3, 15), 17, 31)


def test_a_term_is_one_interval() -> None:
    assert dates.intervals(date(2026, 1, 1), date(2026, 1, 31), "term") == (
        dates.Period(date(2026, 1, 1), date(2026, 1, 31), 31),
    )
