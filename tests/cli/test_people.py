import pytest
import typer

from ratable.cli import keys, people, refusals
from ratable.operations import people as roles
from ratable.operations import service_keys
from tests.stores import Store

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def clock(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command line tells the time of the test."""
    monkeypatch.setattr("ratable.operations.clock.now", store.clock)
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "ratable.server.settings")


def typed(*arguments: str) -> int:
    """Type a command; its exit status."""
    app = typer.Typer(add_completion=False)
    people.add(app)
    keys.add(app)
    return int(app(arguments, standalone_mode=False) or 0)


def test_roles_are_given_and_listed(capsys: pytest.CaptureFixture[str]) -> None:
    typed("people", "grant", "eve", "approver", "--limit", "USD=50000", "--limit", "JPY=9000", "--as", "cora")
    typed("people", "grant", "vic", "none", "--as", "cora")
    typed(
        "people", "grant", "ada", "auditor", "--entity", "DE", "--entity", "US", "--until", "2026-06-30", "--as", "cora"
    )
    typed("people", "list", "--as", "cora")

    assert capsys.readouterr().out.splitlines() == [
        "eve: approver, approves up to 9,000 JPY, 50,000.00 USD",
        "vic: none",
        "ada: auditor, for DE and US, until 2026-06-30",
        "ada: auditor, for DE and US, until 2026-06-30",
        "ben: preparer",
        "cora: controller",
        "dana: approver",
        "eve: approver, approves up to 9,000 JPY, 50,000.00 USD",
    ]
    assert roles.limits("eve") == {"USD": 5_000_000, "JPY": 9_000}


@pytest.mark.parametrize("limit", ["USD", "USD=many", "USD=1.005", "USD=-1", "XYZ=5"])
def test_a_limit_is_a_currency_and_an_amount(limit: str) -> None:
    with pytest.raises(refusals.Refusal, match="expected CURRENCY=AMOUNT"):
        typed("people", "grant", "eve", "approver", "--limit", limit, "--as", "cora")


def test_a_link_is_printed_for_whoever_has_a_role(capsys: pytest.CaptureFixture[str]) -> None:
    typed("people", "invite", "dana", "--url", "https://books.example.com/", "--as", "cora")
    assert capsys.readouterr().out.startswith("https://books.example.com/accounts/password/reset/key/")

    with pytest.raises(refusals.Refusal, match="eve has no role here"):
        typed("people", "invite", "eve", "--as", "cora")


def test_a_key_is_made_listed_and_revoked(capsys: pytest.CaptureFixture[str]) -> None:
    typed("keys", "make", "nightly", "--scope", "import", "--scope", "read", "--until", "2026-12-31", "--as", "ben")
    token = capsys.readouterr().out.strip()
    assert token.startswith("rtb_")

    typed("keys", "list", "--as", "ben")
    typed("keys", "revoke", "1", "--as", "ben")
    typed("keys", "list", "--as", "ben")
    assert capsys.readouterr().out.splitlines() == [
        f"1 ben: nightly, {token[:10]}..., import read, until 2026-12-31, never used",
        "Key 1 is revoked.",
        f"1 ben: nightly, {token[:10]}..., import read, revoked 2026-04-01, never used",
    ]


def test_a_key_that_may_not_be_is_refused_in_one_sentence() -> None:
    with pytest.raises(refusals.Refusal, match="scope decide: vic is a viewer here"):
        typed("keys", "make", "nightly", "--scope", "decide", "--until", "2026-12-31", "--as", "vic")


def test_what_can_be_typed_is_what_the_books_know() -> None:
    assert people.ROLES == roles.ROLES
    assert tuple(service_keys.SCOPES) == keys.SCOPES
