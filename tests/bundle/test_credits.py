"""Credits never exceed what was billed, note after note, with discounts and tax."""

from pathlib import Path

import polars as pl

from ratable.bundle import credits, reading
from tests.bundle import samples

Notes = list[tuple[str, str, dict[str, str]]]


def with_notes(folder: Path, notes: Notes, *, lines: str | None = None, discount: str = "") -> Path:
    """A folder with one invoice and credit notes of (id, day, amount by line)."""
    header, values = "id,customer,currency,issued_on", "I-1,acme,USD,2026-01-15"
    invoices = f"{header},discount.amount,discount.percent\n{values},{discount or ','}\n"
    credited = "".join(f"{note},{line},{amount}\n" for note, _, amounts in notes for line, amount in amounts.items())
    files = {
        "invoices.csv": invoices,
        "credit_notes.csv": "id,invoice,issued_on\n" + "".join(f"{note},I-1,{day}\n" for note, day, _ in notes),
        "credit_note_lines.csv": "credit_note,invoice_line,amount\n" + credited,
    }
    return samples.write_flat(folder, files | ({"invoice_lines.csv": lines} if lines else {}))


def refused(folder: Path) -> list[str]:
    found = reading.read(folder)
    assert set(samples.codes(found)) <= {"over_credit"}
    return found.findings["id"].to_list()


def test_a_refused_note_does_not_count(tmp_path: Path) -> None:
    notes = [("A", "2026-01-20", "20.00"), ("B", "2026-01-21", "15.00"), ("C", "2026-01-22", "11.00")]

    assert refused(with_notes(tmp_path, [(note, day, {"I-1-1": amount}) for note, day, amount in notes])) == ["B/I-1-1"]


def test_notes_count_in_the_order_of_issue_then_id(tmp_path: Path) -> None:
    notes: Notes = [("B", "2026-01-20", {"I-1-1": "31.00"}), ("A", "2026-01-20", {"I-1-1": "1.00"})]

    assert refused(with_notes(tmp_path, notes)) == ["B/I-1-1"]


LINES = "id,invoice,amount,ssp\nI-1-1,I-1,100.00,\nI-1-2,I-1,100.00,200.00\n"


def test_a_note_is_refused_whole(tmp_path: Path) -> None:
    notes: Notes = [
        ("A", "2026-01-20", {"I-1-1": "100.01", "I-1-2": "50.00"}),
        ("B", "2026-01-21", {"I-1-2": "100.00"}),
    ]
    home = with_notes(tmp_path, notes, lines=LINES)

    assert refused(home) == ["A/I-1-1"]
    assert reading.read(home)["credit_notes"]["id"].to_list() == ["B"]


def test_what_was_billed_is_net_of_the_invoice_discount(tmp_path: Path) -> None:
    # 30.00 off, shared 100 to 200: 10.00 and 20.00, so 90.00 and 80.00 were billed.
    whole: Notes = [("A", "2026-01-20", {"I-1-1": "90.00", "I-1-2": "80.00"})]
    over: Notes = [("A", "2026-01-20", {"I-1-1": "90.01", "I-1-2": "80.00"})]

    for discount in ("30.00,", ",15"):
        assert refused(with_notes(tmp_path, whole, lines=LINES, discount=discount)) == []
        assert refused(with_notes(tmp_path, over, lines=LINES, discount=discount)) == ["A/I-1-1"]


def test_net_amounts_add_up_to_the_invoice(tmp_path: Path) -> None:
    lines = "id,invoice,amount\n" + "".join(f"L{place},I-1,{10 + place}.00\n" for place in range(7))
    found = reading.read(with_notes(tmp_path, [], lines=lines, discount="0.10,"))

    net = credits.billed(found.tables, invoices=pl.Series(["I-1"]))

    assert net["billed"].sum() == found["invoice_lines"]["amount"].sum() - 10


def test_tax_above_the_tax_billed_is_refused(tmp_path: Path) -> None:
    home = with_notes(tmp_path, [("A", "2026-01-20", {"I-1-1": "31.00"})])
    (home / "credit_note_lines.csv").write_text("credit_note,invoice_line,amount,tax\nA,I-1-1,31.00,0.01\n")

    found = reading.read(home)

    assert found.findings.select("code", "column").rows() == [("over_credit", "tax")]
    assert found["credit_note_lines"].is_empty()
