"""Facts come into the store once, whole or not at all, and say otherwise only as a correction with a reason."""

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

import ratable
from ratable.core import bundles, tables
from ratable.ledger import canonical, events, knowledge, models, pending, rows, verification
from ratable.operations import acts, import_bundle
from tests.bundle import samples
from tests.frames import column
from tests.stores import Store

COMPANY = Path(__file__).parents[2] / "examples" / "company"

BILLED = (
    samples.CONTRACT
    + """\
invoices:
  - id: I-1
    customer: acme
    contract: C-1
    currency: USD
    issued_on: 2026-01-15
    lines: [{id: I-1-1, contract_line: C-1-1, amount: "31.00"}]
"""
)


def test_one_name_is_one_text_however_it_was_typed(store: Store, tmp_path: Path) -> None:
    composed, apart = (f"customers: [{{id: {name}, name: {name}}}]" for name in ("Caf\u00e9", "Cafe\u0301"))
    file = tmp_path / "customers.yaml"
    file.write_text(apart, encoding="utf-8")
    first = import_bundle.import_bundle(store.actor("ben", "it was typed on a Cafe\u0301 machine"), file)
    file.write_text(composed, encoding="utf-8")
    second = import_bundle.import_bundle(store.actor("ben"), file)

    assert (first.added, second.known) == (1, 1)
    assert knowledge.bundle()["customers"]["id"].to_list() == ["Caf\u00e9"]
    assert verification.verify() == []


def test_a_text_that_cannot_be_kept_is_refused(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "customers.yaml"
    file.write_text("customers: [{id: acme, name: \u2400}]", encoding="utf-8")

    with pytest.raises(acts.Refused, match=r"customers: saw a text that is .* alone; expected words"):
        import_bundle.import_bundle(store.actor("ben"), file)


def bring(
    store: Store, tmp_path: Path, text: str, *, correction: bool = False, opening: bool | None = None
) -> import_bundle.Imported:
    """Import a YAML text as Ben."""
    path = tmp_path / "bundle.yaml"
    path.write_text(text, encoding="utf-8")
    actor = store.actor("ben", "the order form says so" if correction else "")
    return import_bundle.import_bundle(actor, path, correction=correction, opening=opening)


def done(imported: import_bundle.Imported) -> tuple[int, int, int, int]:
    return imported.added, imported.known, imported.corrected, imported.left_out


def stored() -> dict[str, int]:
    """The number of rows of every numbered table that an import adds to."""
    counted = ("events", "imports", "findings", *(f"fact_{table}" for table in tables.TABLES))
    return {table: rows.count(table) for table in counted}


def facts(bundle: bundles.Bundle) -> dict[str, list[str]]:
    """The rows of each table, whatever their order and their place in a file."""
    return {name: sorted(str(row) for row in frame.drop("row").rows()) for name, frame in bundle.tables.items()}


def codes() -> list[str]:
    return column(knowledge.bundle().findings, "code")


def test_a_file_comes_in_once(store: Store) -> None:
    first = import_bundle.import_bundle(store.actor("ben"), COMPANY)
    before = stored()
    again = import_bundle.import_bundle(store.actor("ben"), COMPANY)

    assert (first.kind, first.known, first.corrected) == ("opening", 0, 0)
    assert done(again) == (0, first.added, 0, first.left_out)
    assert {t for t, n in stored().items() if n != before[t]} == {"events", "imports"}
    assert again.findings.equals(first.findings)
    assert again.totals.equals(first.totals)


def test_the_same_id_with_other_content_is_refused_with_the_difference(store: Store, tmp_path: Path) -> None:
    bring(store, tmp_path, BILLED)
    before = stored()

    with pytest.raises(acts.Refused, match=r"invoice_lines I-1-1, amount: before 31\.00, now 35\.00"):
        bring(store, tmp_path, BILLED.replace("31.00", "35.00"))

    assert stored() == before


def test_a_correction_is_a_version_with_a_reason(store: Store, tmp_path: Path) -> None:
    bring(store, tmp_path, BILLED)
    imported_on = store.clock.now.date()
    store.clock.pass_days(3)

    corrected = bring(store, tmp_path, BILLED.replace("31.00", "35.00"), correction=True)

    assert done(corrected) == (0, 6, 1, 0)
    assert column(knowledge.bundle()["invoice_lines"], "amount") == [3500]
    assert column(knowledge.bundle(imported_on)["invoice_lines"], "amount") == [3100]
    versions = "SELECT version, known_on FROM fact_invoice_lines ORDER BY no"
    found = rows.select(versions, [], {"version": pl.Int64(), "known_on": pl.Date()})
    assert found.rows() == [(1, date(1, 1, 1)), (2, date(2026, 4, 4))]
    assert models.Import.objects.get(no=corrected.no).reason == "the order form says so"


def test_a_correction_without_a_reason_is_refused(store: Store, tmp_path: Path) -> None:
    path = samples.write_flat(tmp_path / "flat")

    with pytest.raises(acts.Refused, match="a correction says why"):
        import_bundle.import_bundle(store.actor("ben"), path, correction=True)


def test_a_corrected_contract_takes_its_lines_along(store: Store, tmp_path: Path) -> None:
    bring(store, tmp_path, samples.CONTRACT)
    header = "contracts: [{id: C-1, customer: acme, currency: USD, signed_on: 2026-01-05, start: 2026-01-01, end: %s}]"

    corrected = bring(store, tmp_path, header % "2027-03-31", correction=True)

    assert done(corrected) == (0, 0, 1, 0)
    assert column(knowledge.bundle()["contract_lines"], "end") == [date(2027, 3, 31)]


def test_a_new_line_changes_the_contract_that_it_joins(store: Store, tmp_path: Path) -> None:
    bring(store, tmp_path, samples.CONTRACT)
    line = 'contract_lines: [{id: C-1-2, contract: C-1, product: plan, price: "60.00"}]'

    with pytest.raises(acts.Refused, match="contract_lines C-1-2 is new to contracts C-1, which are in the books"):
        bring(store, tmp_path, line)
    corrected = bring(store, tmp_path, line, correction=True)

    assert done(corrected) == (1, 0, 0, 0)
    assert column(knowledge.bundle()["contract_lines"], "id") == ["C-1-1", "C-1-2"]


def test_an_account_rule_is_corrected_in_its_place(store: Store, tmp_path: Path) -> None:
    chart = """\
accounts: [{code: "4000", name: Revenue, type: income}, {code: "4100", name: More, type: income}]
account_rules: [{role: revenue, account: "%s"}]
"""
    bring(store, tmp_path, chart % "4000")

    with pytest.raises(acts.Refused, match="account_rules revenue/4100, account: before 4000, now 4100"):
        bring(store, tmp_path, chart % "4100")
    bring(store, tmp_path, chart % "4100", correction=True)

    assert column(knowledge.bundle()["account_rules"], "account") == ["4100"]


def test_a_later_file_may_name_what_is_stored_and_nothing_else(store: Store, tmp_path: Path) -> None:
    bring(store, tmp_path, samples.CONTRACT.replace("USD", "JPY").replace("1200.00", "1200"))

    found = bring(store, tmp_path, """\
invoices:
  - {id: I-1, customer: acme, contract: C-1, currency: JPY, issued_on: 2026-02-01, lines: [{id: I-1-1, amount: "310"}]}
  - {id: I-2, customer: acme, contract: C-9, currency: JPY, issued_on: 2026-02-01, lines: [{id: I-2-1, amount: "310"}]}
""")  # fmt: skip

    assert done(found) == (2, 0, 0, 2)
    assert found.findings.select("code", "id", "value").rows() == [("unknown_id", "I-2", "C-9")]
    assert knowledge.bundle()["invoice_lines"].select("id", "amount").rows() == [("I-1-1", 310)]
    assert found.totals.filter(pl.col("table") == "invoice_lines").rows() == [
        ("invoice_lines", "JPY", 1, "amount", 310)
    ]


def test_credits_that_are_stored_count_first(store: Store, tmp_path: Path) -> None:
    note = 'credit_notes: [{id: %s, invoice: I-1, issued_on: %s, lines: [{invoice_line: I-1-1, amount: "%s"}]}]'
    bring(store, tmp_path, BILLED)
    bring(store, tmp_path, note % ("CN-1", "2026-03-10", "20.00"))

    # Issued before the stored one, and still the one that is too much.
    refused = bring(store, tmp_path, note % ("CN-2", "2026-03-01", "15.00"))
    accepted = bring(store, tmp_path, note % ("CN-3", "2026-03-01", "11.00"))

    assert column(refused.findings, "code") == ["over_credit"]
    assert (done(refused), done(accepted)) == ((0, 0, 0, 2), (2, 0, 0, 0))
    assert column(knowledge.bundle()["credit_notes"], "id") == ["CN-1", "CN-3"]


def test_a_row_that_a_stored_one_does_not_allow_is_left_out(store: Store, tmp_path: Path) -> None:
    def ours(text: str) -> str:
        return text.replace("    start:", "    invoicing: generate\n    start:")

    bring(store, tmp_path, ours(samples.CONTRACT))

    found = bring(store, tmp_path, ours(BILLED))

    assert done(found) == (0, 5, 0, 2)
    assert column(found.findings, "code") == ["double_billing"]
    assert knowledge.bundle()["invoices"].is_empty()
    assert column(knowledge.bundle()["contracts"], "id") == ["C-1"]


def test_a_correction_that_breaks_what_is_stored_is_refused(store: Store, tmp_path: Path) -> None:
    bring(store, tmp_path, samples.CONTRACT)
    text = "products: [{id: plan, name: Plan, method: milestone}]"

    with pytest.raises(acts.Refused, match=r"does not go with what is in the books: .*milestone"):
        bring(store, tmp_path, text, correction=True)

    assert column(knowledge.bundle()["products"], "method") == ["straight_line", "usage"]


def test_findings_stand_until_the_row_comes_in(store: Store, tmp_path: Path) -> None:
    wrong = bring(store, tmp_path, BILLED.replace('"31.00"', '"31,00"'))
    again = bring(store, tmp_path, BILLED.replace('"31.00"', '"31,00"'))

    assert (done(wrong), done(again)) == ((3, 0, 0, 4), (0, 3, 0, 4))
    assert codes() == ["decimal_comma"]
    assert models.Finding.objects.count() == 1
    assert knowledge.bundle().left_out.rows() == [("invoice_lines", "I-1-1", "decimal_comma")]

    bring(store, tmp_path, BILLED)

    assert codes() == []
    assert knowledge.bundle().left_out.is_empty()
    assert column(knowledge.bundle()["invoice_lines"], "amount") == [3100]


def test_only_history_says_when_it_was_known(store: Store, tmp_path: Path) -> None:
    invoice = """\
invoices:
  - id: %s
    customer: acme
    currency: USD
    issued_on: 2026-01-15
    known_on: 2026-02-20
    lines: [{id: %s-1, amount: "1"}]
"""
    bring(store, tmp_path, samples.CONTRACT)
    bring(store, tmp_path, invoice % ("I-1", "I-1"), opening=True)
    late = bring(store, tmp_path, invoice % ("I-2", "I-2"))

    assert late.kind == "facts"
    assert column(knowledge.bundle()["invoices"], "known_on") == [date(2026, 2, 20), store.clock.now.date()]
    assert column(knowledge.bundle(date(2026, 2, 20))["invoices"], "id") == ["I-1"]
    assert column(knowledge.bundle(date(2026, 1, 4))["contracts"], "id") == []
    assert knowledge.bundle(date(2026, 1, 4))["contract_lines"].is_empty()


def test_locks_come_with_the_opening_alone(store: Store, tmp_path: Path) -> None:
    lock = "locks: [{through: 2026-01-31, locked_on: 2026-02-04}]\n"
    bring(store, tmp_path, samples.CONTRACT + lock)

    assert bring(store, tmp_path, lock).known == 1
    with pytest.raises(acts.Refused, match="months are locked here"):
        bring(store, tmp_path, "locks: [{through: 2026-02-28, locked_on: 2026-03-04}]")


def test_nothing_stays_of_an_import_that_breaks(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bring(store, tmp_path, samples.CONTRACT)
    before = stored(), models.File.objects.count()

    def broken(_: events.Act) -> None:
        raise RuntimeError("the power went")

    with monkeypatch.context() as patched:
        patched.setattr(events, "append", broken)
        with pytest.raises(RuntimeError):
            bring(store, tmp_path, BILLED)

    assert (stored(), models.File.objects.count()) == before
    assert done(bring(store, tmp_path, BILLED)) == (2, 5, 0, 0)


def test_the_files_are_kept_as_they_came(store: Store, tmp_path: Path) -> None:
    folder = samples.write_flat(tmp_path / "flat")

    found = import_bundle.import_bundle(store.actor("ben"), folder)

    kept = json.loads(models.Import.objects.get(no=found.no).files)
    assert sorted(kept) == sorted(samples.FLAT)
    for name, sha256 in kept.items():
        content = bytes(models.File.objects.get(sha256=sha256).content)
        assert content == (folder / name).read_bytes()
        assert canonical.sha256(content) == sha256


def test_the_event_says_what_came_in(store: Store, tmp_path: Path) -> None:
    bring(store, tmp_path, BILLED)

    event = models.Event.objects.order_by("-no")[0]
    body = json.loads(event.body)
    assert (event.action, event.actor, event.subject) == ("import", "ben", "import 1: bundle.yaml")
    assert body["what"]["counts"]["invoices"] == {"added": "1", "known": "0", "corrected": "0", "left_out": "0"}
    assert {"imports", "fact_contracts", "fact_contract_lines", "fact_invoice_lines"} <= set(body["what"]["rows"])
    assert body["what"]["rows"]["fact_products"]["to"] == "2"


def test_what_no_database_holds_is_refused(store: Store, tmp_path: Path) -> None:
    with pytest.raises(acts.Refused, match=r"customers: saw the character U\+0000"):
        bring(store, tmp_path, 'customers: [{id: acme, name: "Ac\\0me"}]')


def test_a_viewer_imports_nothing(store: Store, tmp_path: Path) -> None:
    with pytest.raises(acts.Refused, match="vic is a viewer here and may not import"):
        import_bundle.import_bundle(store.actor("vic"), samples.write_flat(tmp_path / "flat"))

    assert models.Import.objects.count() == 0


MASTERS = ("entities", "accounts", "customers", "products", "account_rules", "ssps", "fx_rates", "policies", "locks")
FAMILIES = (
    *((name,) for name in MASTERS),
    ("contracts", "contract_lines", "milestones", "price_tiers"),
    ("amendments", "amendment_changes", "milestones", "price_tiers"),
    ("usage",), ("milestones_reached",), ("minimums", "minimum_lines"), ("invoices", "invoice_lines"),
    ("credit_notes", "credit_note_lines"), ("payments",),
)  # fmt: skip


def company() -> dict[str, pl.DataFrame]:
    """The tables of the example company as texts."""
    return {file.stem: pl.read_csv(file, infer_schema=False) for file in COMPANY.glob("*.csv")}


def write(folder: Path, parts: dict[str, pl.DataFrame]) -> Path:
    folder.mkdir()
    for name, frame in parts.items():
        frame.write_csv(folder / f"{name}.csv")
    return folder


def of_lines(name: str, frame: pl.DataFrame, lines: pl.Series) -> pl.DataFrame:
    return (
        frame.filter(pl.col("contract_line").is_in(lines.implode())) if name in ("milestones", "price_tiers") else frame
    )


def test_a_bundle_may_come_table_by_table(store: Store, tmp_path: Path) -> None:
    given = company()
    lines = {"contracts": given["contract_lines"]["id"], "amendments": given["amendment_changes"]["line"]}

    for place, family in enumerate(FAMILIES):
        parts = {name: of_lines(name, given[name], lines.get(family[0], pl.Series([""]))) for name in family}
        folder = write(tmp_path / str(place), parts)
        import_bundle.import_bundle(store.actor("ben"), folder, opening=True)

    assert facts(knowledge.bundle()) == facts(ratable.read_bundle(COMPANY))


def test_a_bundle_may_come_contract_by_contract(store: Store, tmp_path: Path) -> None:
    given = company()
    import_bundle.import_bundle(store.actor("ben"), write(tmp_path / "m", {name: given[name] for name in MASTERS}))
    first = given["contracts"]["id"].sort().head(4).to_list()
    rest = [name for name in given if name not in MASTERS]

    for contracts in ([one] for one in first):
        named = pl.col("contract").is_in(contracts)
        some = {
            "contracts": given["contracts"].filter(pl.col("id").is_in(contracts)),
            "contract_lines": given["contract_lines"].filter(named),
        }
        for child in ("milestones", "price_tiers"):
            some[child] = of_lines(child, given[child], some["contract_lines"]["id"])
        import_bundle.import_bundle(store.actor("ben"), write(tmp_path / contracts[0], some), opening=True)
    last = write(tmp_path / "rest", {name: given[name] for name in rest})
    import_bundle.import_bundle(store.actor("ben"), last, opening=True)

    assert facts(knowledge.bundle()) == facts(ratable.read_bundle(COMPANY))


def customers(store: Store, folder: Path, *rows: str) -> None:
    """Import a file of customers with these rows."""
    path = folder / "customers.csv"
    path.write_text("\n".join(["id,name", *rows, ""]))
    import_bundle.import_bundle(store.actor("ben"), folder)


def test_a_fault_of_a_row_without_an_id_is_over_when_its_file_comes_put_right(store: Store, tmp_path: Path) -> None:
    customers(store, tmp_path, "a,Ada", ",Bo")
    noticed, day = pending.findings()["code"].to_list(), store.clock.now.date()
    store.clock.pass_days(1)
    for others in (["c,Cy"], ["a,Ada", ",Bo", "d,Di"]):  # Another file, and the same fault again.
        customers(store, tmp_path, *others)
        assert pending.findings()["code"].to_list() == noticed != []

    customers(store, tmp_path, "a,Ada", "b,Bo")

    assert pending.findings().is_empty()
    assert knowledge.bundle().findings.is_empty()
    assert knowledge.bundle(known_on=day).findings["code"].to_list() == noticed
    assert verification.verify() == []
    customers(store, tmp_path, "a,Ada", "b,Bo", ",Ed")
    assert pending.findings()["code"].to_list() == noticed
