import polars as pl
import pytest

from ratable.core import formulas


def disarmed(text: str | None) -> str | None:
    frame = pl.DataFrame({"text": [text]}, schema={"text": pl.String})
    found: str | None = frame.select(formulas.disarmed(pl.col("text"))).item()
    return found


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_a_text_that_starts_a_formula_gets_an_apostrophe(start: str) -> None:
    assert disarmed(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize("text", ["Acme = Birch", "1+1", " =1", "a@b", "'=1", "", None])
def test_other_text_is_left_alone(text: str | None) -> None:
    assert disarmed(text) == text
