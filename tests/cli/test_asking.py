"""`ratable ask` on a bundle and on a store."""

import json
from pathlib import Path

import pytest

from ratable.cli import main
from tests.ledger import closing, test_books
from tests.stores import Store
from tests.tidy import tree

Capture = pytest.CaptureFixture[str]
BUNDLE = ["--bundle", str(tree.ROOT / "examples" / "company"), "--through", "2026-03-31"]


def test_a_question_on_a_bundle_is_answered_with_what_it_rests_on(capfd: Capture) -> None:
    """Status 1: findings of the example company keep facts out."""
    assert main.main(["ask", "Why was $4,200 deferred for Acme this month?", *BUNDLE]) == 1

    said = capfd.readouterr().out
    assert said.startswith("Understood: Why revenue was deferred; customer acme (Acme);")
    assert "4,200.00 USD is no figure of the deferred revenue of Acme in March 2026." in said
    assert "contract_lines/C-001-2#clause:0-18" in said
    assert "closing 45,166.45 USD." in said


def test_json_has_every_figure_and_fact(capfd: Capture) -> None:
    typed = ["ask", "--query", "balance", "--set", "customer=acme", *BUNDLE, "--format", "json"]

    assert main.main(typed) == 1

    document = json.loads(capfd.readouterr().out)
    assert document["kind"] == "answered"
    assert document["figures"]["closing"] == {"kind": "amount", "value": "45166.45", "currency": "USD"}
    assert document["sentences"][0]["cites"][0].startswith("entries/")


def test_without_a_question_some_are_proposed(capfd: Capture) -> None:
    main.main(["ask", *BUNDLE])

    assert "What changed on Acme's schedule since last close?" in capfd.readouterr().out.splitlines()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["x", "--format", "csv", *BUNDLE], "--format: saw 'csv'"),
        (["x", "--bundle", "books.yaml"], "--bundle and --through: saw one of them"),
        (["x", "--set", "customer=acme", *BUNDLE], "--set: saw no --query"),
        (["--query", "balance", "--set", "customer", *BUNDLE], "--set: saw 'customer'"),
        (["x", "--bundle", "nowhere.yaml", "--through", "2026-03-31"], "nowhere.yaml"),
    ],
)
def test_what_makes_no_sense_is_refused(typed: list[str], said: str, capfd: Capture) -> None:
    assert main.main(["ask", *typed]) == 2
    assert said in capfd.readouterr().err


def test_a_question_on_the_store(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Capture) -> None:
    closing.bring(store, closing.written(tmp_path, test_books.ORDER))
    closing.post(store, "2026-01-31")
    monkeypatch.setattr("ratable.operations.clock.now", store.clock)

    assert main.main(["ask", "How much revenue was recognized this month?", "--format", "json"]) == 0

    document = json.loads(capfd.readouterr().out)
    assert document["figures"]["recognized"]["value"] == "1019.18"
    assert main.main(["ask", "Who posted the entries of January 2026?"]) == 0
    assert "was posted by" in capfd.readouterr().out


@pytest.mark.usefixtures("store")
def test_a_store_without_entries_says_so(capfd: Capture) -> None:
    assert main.main(["ask", "How much revenue was recognized?"]) == 2
    assert "nothing is posted yet" in capfd.readouterr().err
