import polars as pl
import pytest

from ratable.exports import cells, grouping, layout
from tests.exports import samples


def safe(text: str | None) -> str | None:
    found: str | None = (
        pl.DataFrame({"text": [text]}, schema={"text": pl.String}).select(cells.safe_text(pl.col("text"))).item()
    )
    return found


def fields(*rows: dict[str, object], chart: pl.DataFrame = samples.CHART, dates: str = "YYYY-MM-DD") -> pl.DataFrame:
    lines = grouping.journals(samples.journal(*rows), grouping.Grouping("main", entries=False, most_lines=None))
    return cells.fields(lines, samples.bundle(), chart=chart, dates=dates)


def test_nothing_is_an_empty_cell() -> None:
    assert safe("") is None
    assert safe(None) is None


def test_amounts_stay_numbers_while_every_text_is_guarded() -> None:
    hostile = dict.fromkeys(("entity", "customer", "product", "narrative", "debit", "credit"), "=1")
    row = samples.pair("recognition", "deferred_revenue", "revenue", 100) | hostile

    found = fields(row)

    assert found["amount"].to_list() == ["1.00", "-1.00"]
    assert found.select(
        "entity", "entity_name", "customer", "customer_name", "product", "account", "memo"
    ).unique().rows() == [("'=1",) * 7]


def test_one_of_debit_and_credit_is_empty_and_never_zero() -> None:
    found = fields(samples.pair("recognition", "deferred_revenue", "revenue", 100, currency="JPY"))

    assert found.select("debit", "credit", "amount").rows() == [("100", None, "100"), (None, "100", "-100")]


def test_names_and_wording() -> None:
    two = [samples.pair("recognition", "deferred_revenue", "revenue", 100, narrative=n) for n in ("one", "two")]

    found = fields(
        *two, samples.pair("recognition", "deferred_revenue", "revenue", 1, customer="birch", narrative="a\nb")
    )

    assert found.select("account_name", "customer_name", "memo").head(2).rows() == [
        ("Deferred revenue", "Acme, Inc.", "Acme, Inc., platform: 2 entries"),
        ("Deferred revenue", "Birch GmbH", "a b"),
    ]
    assert found["description"].item(0) == "Revenue 2026-01 USD"
    assert found["narration"].item(0) == f"Revenue 2026-01 USD {found['key'].item(0)}"
    assert found["posting_period"].item(0) == "Jan 2026"


def test_an_entity_s_own_account_name_comes_first() -> None:
    own = pl.DataFrame({"code": ["2400"], "name": ["Umsatzabgrenzung"], "entity": ["de"]})

    found = fields(
        samples.pair("recognition", "deferred_revenue", "revenue", 100, entity="de"),
        chart=pl.concat([samples.CHART, own]),
    )

    assert found["account_name"].to_list() == ["Umsatzabgrenzung", "Revenue"]


def test_the_longest_description_has_thirty_characters() -> None:
    longest = max(len(group) for group in grouping.GROUPS)

    assert len(" ".join(["x" * longest, "2026-01", "USD", str(grouping.MOST_PARTS)])) == 30


@pytest.mark.parametrize(("dates", "expected"), [("MM/DD/YYYY", "01/31/2026"), ("DD.MM.YYYY", "31.01.2026")])
def test_dates_as_the_ledger_reads_them(dates: str, expected: str) -> None:
    assert (
        fields(samples.pair("recognition", "deferred_revenue", "revenue", 1), dates=dates)["date"].item(0) == expected
    )


def test_a_date_format_without_year_is_refused() -> None:
    with pytest.raises(layout.ExportError, match="saw MM/DD; expected one of YYYY, MM and DD each"):
        fields(samples.pair("recognition", "deferred_revenue", "revenue", 1), dates="MM/DD")


def test_an_unknown_currency_is_refused() -> None:
    with pytest.raises(layout.ExportError, match="currency XQQ"):
        fields(samples.pair("recognition", "deferred_revenue", "revenue", 1, currency="XQQ"))
