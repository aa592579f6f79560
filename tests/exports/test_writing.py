import dataclasses
import hashlib
import json
from pathlib import Path

import pytest

from ratable.exports import layout, options, writing
from tests.exports import samples


def export(out: Path, *, name: str = "xero", period: str = "2026-01", **other: object) -> writing.Written:
    asked = options.Options(layout=name, period=period, out=out, **other)  # type: ignore[arg-type]  # options by name, as a user gives them
    return writing.write(samples.january(), samples.imported(), asked, accounts=samples.CHART)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_control_totals_stand_beside_each_file(tmp_path: Path) -> None:
    written = export(tmp_path)

    assert sorted(contents(tmp_path)) == [
        "xero-2026-01-JPY-001.control.json",
        "xero-2026-01-JPY-001.csv",
        "xero-2026-01-USD-002.control.json",
        "xero-2026-01-USD-002.csv",
    ]
    for file in written.files:
        assert json.loads(file.control.read_text()) == file.totals
        assert file.totals["sha256"] == hashlib.sha256(file.path.read_bytes()).hexdigest()


def test_control_totals_say_what_was_left_out_and_what_the_erp_must_hold(tmp_path: Path) -> None:
    totals = export(tmp_path).files[1].totals

    assert (totals["journals"], totals["rows"]) == (3, 8)
    assert totals["totals"] == {"USD": {"debit": "193.66", "credit": "193.66"}}
    assert totals["entries"] == {"posted_in_period": 9, "left_out": 3, "refused": 0, "exported": 6}
    because = {"reason": "the invoice was imported, so the ERP posted it", "currency": "USD"}
    assert totals["left_out"] == [
        {"kind": "billing", "entries": 2, "amount": "1440.00"} | because,
        {"kind": "credit_note", "entries": 1, "amount": "3.00"} | because,
    ]
    assert totals["already_in_the_ledger"] == [
        {"account": "1100", "currency": "USD", "debit": "1440.00", "credit": "5.00"},
        {"account": "2200", "currency": "USD", "debit": "0.00", "credit": "240.00"},
        {"account": "2400", "currency": "USD", "debit": "5.00", "credit": "1200.00"},
    ]


def test_notes_tell_the_user(tmp_path: Path) -> None:
    notes = export(tmp_path).notes

    assert (
        "Left out: billing 1440.00 USD (entries: 2), because the invoice was imported, so the ERP posted it." in notes
    )
    assert any(note.startswith("Xero posts manual journals in the organization's own currency") for note in notes)


def test_a_month_without_entries_still_has_its_control_totals(tmp_path: Path) -> None:
    (file,) = export(tmp_path, name="generic", period="2027-01").files

    assert file.path.read_text().count("\n") == 1
    assert (file.totals["journals"], file.totals["rows"], file.totals["totals"]) == (0, 0, {})


def test_a_second_export_is_the_same_to_the_byte(tmp_path: Path) -> None:
    export(tmp_path)
    first = contents(tmp_path)

    export(tmp_path)

    assert contents(tmp_path) == first


def test_a_different_file_is_replaced_only_when_asked_to(tmp_path: Path) -> None:
    export(tmp_path)
    first = contents(tmp_path)

    with pytest.raises(layout.ExportError, match=r"JPY-001.csv: exists with other content .* allow overwriting"):
        export(tmp_path, fixed={"*TaxRate": "No VAT"})
    assert contents(tmp_path) == first

    export(tmp_path, fixed={"*TaxRate": "No VAT"}, overwrite=True)
    assert b"No VAT" in contents(tmp_path)["xero-2026-01-USD-002.csv"]


def test_files_left_by_an_earlier_export_are_not_left_to_be_loaded_twice(tmp_path: Path) -> None:
    export(tmp_path, name="netsuite", rows_per_file=4)

    with pytest.raises(layout.ExportError, match=r"netsuite-2026-01-002.csv: left by an earlier export of the month"):
        export(tmp_path, name="netsuite", overwrite=True)


def test_nothing_is_written_when_a_write_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Path.write_bytes

    def fails_on_the_second(path: Path, data: bytes) -> int:
        if "USD" in path.name:
            raise OSError("disk full")
        return whole(path, data)

    monkeypatch.setattr(Path, "write_bytes", fails_on_the_second)

    with pytest.raises(OSError, match="disk full"):
        export(tmp_path)
    assert contents(tmp_path) == {}


def test_every_fault_is_reported_at_once(tmp_path: Path) -> None:
    asked = options.Options(layout="quickbooks", period="2026-01", out=tmp_path)
    rows = samples.journal(
        samples.pair("billing", "receivable", "deferred_revenue", 1, customer=None),
        samples.pair("recognition", "deferred_revenue", "revenue", 1, credit="4999"),
    )

    with pytest.raises(layout.ExportError, match=r"(?s)needs a customer name.*\n.*account 4999.*no name"):
        writing.write(rows, samples.bundle(), asked, accounts=samples.CHART)
    assert contents(tmp_path) == {}


def test_the_chart_of_the_bundle_names_accounts_unless_another_is_given(tmp_path: Path) -> None:
    chart = [{"code": code, "name": name, "type": "asset"} for code, name in samples.ACCOUNTS.values()]
    asked = options.Options(layout="quickbooks", period="2026-01", out=tmp_path)

    (file,) = writing.write(samples.january(), samples.bundle(accounts=chart), asked).files

    assert "Deferred revenue" in file.path.read_text()


def test_entities_of_quickbooks_have_their_own_files(tmp_path: Path) -> None:
    one = samples.pair("recognition", "deferred_revenue", "revenue", 1)
    rows = samples.journal(one | {"entity": "us"}, one | {"entity": "d e"}, one | {"entity": "us", "currency": "EUR"})
    asked = options.Options(layout="quickbooks", period="2026-01", out=tmp_path)

    files = writing.write(rows, samples.bundle(), asked, accounts=samples.CHART).files

    assert [file.path.name for file in files] == ["quickbooks-2026-01-d_e-001.csv", "quickbooks-2026-01-us-002.csv"]
    assert [file.totals["journals"] for file in files] == [1, 2]


def test_a_book_that_the_ledger_refuses_stays_out_whole_and_is_said_to(tmp_path: Path) -> None:
    one = samples.pair("recognition", "deferred_revenue", "revenue", 100, entity="uk")
    dinars = one | {"currency": "BHD", "amount": 1500}
    rows = samples.journal(one, dinars, dinars | {"amount": 2000}, one | {"currency": "JPY", "entity": None})
    asked = options.Options(layout="netsuite", period="2026-01", out=tmp_path)

    done = writing.write(rows, samples.bundle(), asked, accounts=samples.CHART)

    (file,) = done.files
    assert file.totals["entries"] == {"posted_in_period": 4, "left_out": 0, "refused": 2, "exported": 2}
    assert file.totals["totals"] == {
        "JPY": {"debit": "100", "credit": "100"},
        "USD": {"debit": "1.00", "credit": "1.00"},
    }
    assert "BHD" not in file.path.read_text()
    assert done.division.refused.select("entity", "currency", "entries", "amount").rows() == [("uk", "BHD", 2, 3500)]
    (note,) = (note for note in done.notes if note.startswith("Refused"))
    assert note.startswith("Refused: uk BHD, 2 entries over 3.500 BHD. It is in none of the files. journal R")
    assert "NetSuite keeps two decimals" in note


def test_one_entity_alone_has_files_of_its_own_name(tmp_path: Path) -> None:
    one = samples.pair("recognition", "deferred_revenue", "revenue", 100)
    rows = samples.journal(one | {"entity": "us"}, one | {"entity": "uk"}, one)
    asked = options.Options(layout="xero", period="2026-01", out=tmp_path, entity="uk")

    (file,) = writing.write(rows, samples.bundle(), asked, accounts=samples.CHART).files

    assert file.path.name == "xero-2026-01-uk-USD-001.csv"
    assert file.totals["entries"] == {"posted_in_period": 1, "left_out": 0, "refused": 0, "exported": 1}
    with pytest.raises(layout.ExportError, match="entity: saw fr; expected one of uk, us"):
        writing.write(rows, samples.bundle(), dataclasses.replace(asked, entity="fr"), accounts=samples.CHART)
