"""The command, called in this process; what only a real process shows is in test_process."""

import json
from pathlib import Path

import pytest

import ratable
from ratable.cli import main, starting

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """The starter bundle, as `ratable init` writes it."""
    return starting.write(tmp_path)


def run(bundle: Path, *options: str) -> int:
    return main.main(["run", str(bundle), "--through", "2026-03-31", *options])


def test_the_starter_runs_and_foots(bundle: Path, capfd: Capture) -> None:
    assert run(bundle, "--format", "json") == 0
    document = json.loads(capfd.readouterr().out)

    assert document["report"] == "roll-forward"
    assert document["parameters"] == {"bundle": "contracts.yaml", "through": "2026-03-31"}
    assert document["rows"][-1]["closing"] == "8100.00"


def test_a_table_is_what_people_see(bundle: Path, capfd: Capture) -> None:
    assert run(bundle) == 0
    shown = capfd.readouterr().out

    assert "roll-forward through 2026-03-31" in shown
    assert "13,500.00" in shown
    assert "(3,600.00)" in shown


def test_choices_reach_the_report(bundle: Path, capfd: Capture) -> None:
    assert run(bundle, "--format", "csv", "--by", "product", "--grain", "quarter") == 0

    assert capfd.readouterr().out.splitlines()[1].startswith("2026-Q1,USD,0.00,10800.00,")


def test_blocking_findings_are_told_and_end_with_1(bundle: Path, capfd: Capture) -> None:
    bundle.write_text(bundle.read_text().replace('"12000.00"', "12000.5", 1))

    assert run(bundle, "--format", "csv") == 1
    told = capfd.readouterr()
    assert "1 finding, 1 blocking" in told.err
    assert "float_amount" in told.err
    assert "float_amount" not in told.out


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--report", "ledger"], "report: saw 'ledger'; expected allocation"),
        (["--by", "foo"], "by: saw 'foo'; expected customer, product"),
        (["--report", "journal", "--by", "customer"], "journal takes no by"),
        (["--report", "journal", "--grain", "year"], "expected month or day"),
        (["--account", "cash"], "expected deferred_revenue, unbilled_receivable or contract_asset"),
        (["--format", "pdf"], "--format: saw 'pdf'; expected one of table, json"),
        (["--format", "xlsx"], "name it with --out"),
        (["--out", "books.doc"], "expected a name that ends in .txt, .json"),
        (["--known-on", "2026-02-30"], "--known-on: saw '2026-02-30'; expected a day as YYYY-MM-DD"),
        (["--colour"], "No such option: --colour"),
        (["--out", "nowhere/books.csv"], "cannot write nowhere/books.csv: No such file or directory."),
    ],
)
def test_wrong_usage_is_one_clear_line(bundle: Path, capfd: Capture, options: list[str], words: str) -> None:
    assert run(bundle, *options) == 2
    told = capfd.readouterr()

    assert told.out == ""
    assert words in told.err
    assert len(told.err.splitlines()) == 1


@pytest.mark.parametrize("typed", [["nope"], ["run"], ["run", "x.yaml"], ["schema", "nope"], ["export", "xero"]])
def test_other_misuse_ends_with_2(typed: list[str], capfd: Capture) -> None:
    assert main.main(typed) == 2
    assert capfd.readouterr().err.startswith("ratable: ")


def test_a_bundle_that_is_not_there_is_one_sentence(tmp_path: Path, capfd: Capture) -> None:
    assert run(tmp_path / "none.yaml") == 2
    assert "none.yaml" in capfd.readouterr().err


@pytest.mark.parametrize("name", ["books.csv", "books.json", "books.txt", "books.parquet", "books.xlsx"])
def test_a_file_is_written_whole_in_the_format_of_its_name(bundle: Path, name: str) -> None:
    out = bundle.with_name(name)

    assert run(bundle, "--out", str(out)) == 0
    assert out.stat().st_size > 0
    assert sorted(path.name for path in bundle.parent.iterdir()) == sorted([bundle.name, name])


def test_init_does_not_overwrite(tmp_path: Path, capfd: Capture) -> None:
    assert main.main(["init", str(tmp_path)]) == 0
    (tmp_path / starting.NAME).write_text("mine")

    assert main.main(["init", str(tmp_path)]) == 2
    assert (tmp_path / starting.NAME).read_text() == "mine"
    assert "was left as it is" in capfd.readouterr().err


def test_init_wants_a_folder(tmp_path: Path) -> None:
    assert main.main(["init", str(tmp_path / "none")]) == 2


def test_the_version_is_that_of_the_package(capfd: Capture) -> None:
    project = Path(__file__).parents[2] / "pyproject.toml"

    assert main.main(["--version"]) == 0
    assert capfd.readouterr().out == f"ratable {ratable.__version__}\n"
    assert f'\nversion = "{ratable.__version__}"\n' in project.read_text()


def test_without_a_command_there_is_help(capfd: Capture) -> None:
    assert main.main([]) == 0
    assert "Commands:" in capfd.readouterr().out


def test_the_schema_of_a_table(capfd: Capture) -> None:
    assert main.main(["schema", "contract_lines"]) == 0
    assert "unit_price" in capfd.readouterr().out


def test_an_export_writes_files(bundle: Path, capfd: Capture) -> None:
    out = bundle.with_name("files")

    assert main.main(["export", "generic", str(bundle), "--period", "2026-01", "--out", str(out)]) == 0
    assert any(out.iterdir())
    assert "generic" in capfd.readouterr().out


@pytest.mark.parametrize(("layout", "period"), [("abacus", "2026-01"), ("xero", "2026-13")])
def test_an_export_that_cannot_be_is_refused(bundle: Path, capfd: Capture, layout: str, period: str) -> None:
    out = bundle.with_name("files")

    assert main.main(["export", layout, str(bundle), "--period", period, "--out", str(out)]) == 2
    assert len(capfd.readouterr().err.splitlines()) == 1
    assert not out.exists()
