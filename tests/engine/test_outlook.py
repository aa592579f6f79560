"""What is left to recognize after the day of the books, by month; and the lines as last amended."""

from typing import Any

from tests.engine import examples


def ahead(found: Any) -> dict[str, int]:
    """Remaining by month."""
    return {str(month)[:7]: n for month, n in found.remaining().sort("month").select("month", "amount").iter_rows()}


def test_eighteen_months_remain_of_twenty_four() -> None:
    contract = examples.contract({"price": "9600"}, start="2027-07-01", end="2029-06-30")
    found = ahead(examples.books("2027-12-31", contracts=[contract]))

    assert list(found.values()) == [400_00] * 18
    assert (min(found), max(found)) == ("2028-01", "2029-06")


def test_the_month_of_the_day_itself_keeps_its_rest() -> None:
    found = ahead(examples.books("2026-01-15", contracts=[examples.contract({"price": "1200"})]))

    assert found["2026-01"] == 51_61  # 16 of 31 days of 100.00.
    assert sum(found.values()) == 1_200_00 - 48_39


def test_milestones_not_reached_stay_in_the_month_of_the_end() -> None:
    build = {
        "product": "build",
        "price": "1000",
        "milestones": [{"id": "m1", "percent": "40"}, {"id": "m2", "percent": "60"}],
    }
    reached = [{"contract_line": "C-1", "milestone": "m1", "on": "2026-03-10"}]
    contract = examples.contract(build)

    assert ahead(examples.books("2026-06-30", contracts=[contract], milestones_reached=reached)) == {"2026-12": 600_00}
    assert ahead(examples.books("2027-06-30", contracts=[contract], milestones_reached=reached)) == {"2027-07": 600_00}


def test_an_amendment_approved_but_not_yet_in_effect_is_ahead() -> None:
    removal = examples.amendment(
        "2026-07-01", {"op": "remove", "line": "C-1", "price": "7000"}, approved_on="2026-03-01"
    )
    found = ahead(examples.books("2026-05-31", contracts=[examples.contract({"price": "12000"})], amendments=[removal]))

    assert found == {"2026-06": 1_000_00, "2026-07": 1_000_00}


def test_a_line_not_signed_yet_is_not_there() -> None:
    later = examples.contract({"price": "1200"}, signed_on="2026-03-01", start="2026-03-01")

    assert examples.books("2026-02-28", contracts=[later]).lines.is_empty()
    assert examples.books("2026-03-01", contracts=[later]).lines.height == 1


def test_usage_has_nothing_fixed_ahead() -> None:
    contract = examples.contract({"product": "calls", "pricing": {"unit_price": "1"}})
    found = examples.books("2026-01-31", contracts=[contract])

    assert ahead(found) == {}
    assert found.lines["fixed"].to_list() == [False]


def terms(found: Any, line: str) -> dict[str, Any]:
    """What is said of a line: its end, price, SSP, and what it will recognize by the terms in force and as signed."""
    columns = ("end", "price", "ssp", "allocated", "contracted")
    return dict(zip(columns, found.lines.filter(line=line).select(columns).row(0), strict=True))


def test_terms_in_force_are_those_before_an_amendment_that_is_only_signed() -> None:
    change = {"op": "change", "line": "C-1", "price": "15000", "end": "2027-03-31", "ssp": "20000"}
    addition = {"op": "add", "line": "C-9", "product": "platform", "price": "900", "ssp": "1000"}
    extension = examples.amendment("2026-07-01", change, addition, approved_on="2026-03-01")
    contract = examples.contract({"price": "12000", "ssp": "12000"})
    before, after = (
        examples.books(day, contracts=[contract], amendments=[extension]) for day in ("2026-06-30", "2026-07-01")
    )

    assert {name: str(value) for name, value in terms(before, "C-1").items()} == {
        "end": "2026-12-31", "price": "1200000", "ssp": "1200000", "allocated": "1200000",
        "contracted": str(terms(after, "C-1")["allocated"]),
    }  # fmt: skip
    assert (str(terms(after, "C-1")["end"]), terms(after, "C-1")["price"]) == ("2027-03-31", 15_000_00)
    added = terms(before, "C-9")
    assert (str(added["end"]), added["price"], added["ssp"], added["allocated"]) == (
        "2026-12-31", 900_00, 1_000_00, None,
    )  # fmt: skip
    assert terms(after, "C-1")["allocated"] + terms(after, "C-9")["allocated"] == 15_900_00


def test_lines_keep_their_order_when_terms_differ() -> None:
    contracts = [examples.contract({"price": "100"}, name=name) for name in ("C", "D", "B")]
    change = examples.amendment("2026-07-01", {"op": "change", "line": "C-1", "price": "200"}, approved_on="2026-03-01")
    found = examples.books("2026-05-31", contracts=contracts, amendments=[change])

    assert found.lines["line_no"].is_sorted()


def test_a_delivered_line_made_cheaper_later_has_less_than_nothing_ahead() -> None:
    setup = examples.contract({"product": "setup", "price": "1000", "delivered_on": "2026-01-10"})
    cheaper = examples.amendment(
        "2026-07-01", {"op": "change", "line": "C-1", "price": "800"}, approved_on="2026-03-01", treatment="catch_up"
    )
    by_day = {
        day: ahead(examples.books(day, contracts=[setup], amendments=[cheaper])) for day in ("2026-06-30", "2026-07-01")
    }

    assert by_day == {"2026-06-30": {"2026-07": -200_00}, "2026-07-01": {}}


def test_an_amount_of_one_cent_is_ahead_too() -> None:
    build = {"product": "build", "price": "0.01", "milestones": [{"id": "m1", "percent": "100"}]}
    found = examples.books(
        "2026-01-31", contracts=[examples.contract(build), examples.contract({"price": "0.01"}, name="D")]
    )

    assert sum(n for _, _, n in found.remaining().iter_rows()) == 2


def test_late_revenue_waits_for_the_first_open_day() -> None:
    invoice = examples.invoice(
        {"amount": "310", "product": "access", "service_start": "2026-01-01", "service_end": "2026-01-31"},
        known_on="2026-02-10",
    )
    locks = [{"through": "2026-01-31", "locked_on": "2026-02-05"}]
    closed = examples.books("2026-01-31", invoices=[invoice], locks=locks)
    credited = examples.books(
        "2026-01-31",
        invoices=[invoice | {"known_on": "2026-01-01"}],
        credit_notes=[examples.credit("2026-01-31", ("I-1", "31"), cause="service_credit", known_on="2026-02-10")],
        locks=locks,
    )

    assert ahead(closed) == {"2026-02": 310_00}
    assert ahead(credited) == {"2026-02": -31_00}
