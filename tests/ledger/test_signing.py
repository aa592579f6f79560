import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import x25519

from ratable.ledger import signing
from tests.ledger import histories


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the key of a test is kept."""
    file = tmp_path / "the.key"
    monkeypatch.setenv("RATABLE_SIGNING_KEY", str(file))
    return file


def test_a_key_is_made_once_and_for_its_owner_alone(place: Path) -> None:
    assert signing.known() is None

    made = signing.public(signing.key())

    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert signing.public(signing.key()) == signing.known() == made


def key_after(gate: threading.Barrier) -> str:
    gate.wait()
    return signing.public(signing.key())


def test_many_that_begin_at_once_have_one_key(place: Path) -> None:
    for _ in range(10):
        gate = threading.Barrier(8)
        with ThreadPoolExecutor(8) as many:
            made = {future.result() for future in [many.submit(key_after, gate) for _ in range(8)]}
        assert len(made) == 1
        assert [file.name for file in place.parent.iterdir()] == ["the.key"]
        place.unlink()


def test_it_is_kept_in_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RATABLE_SIGNING_KEY", raising=False)
    monkeypatch.chdir(tmp_path)
    signing.key()

    assert [file.name for file in tmp_path.iterdir()] == ["ratable-signing.key"]


def test_a_signature_holds_for_its_words_and_key_alone() -> None:
    public = signing.public(histories.KEY)
    signature = signing.sign(histories.KEY, "forty events")

    assert signing.holds(public, "forty events", signature)
    assert signature == signing.sign(histories.KEY, "forty events")
    assert not signing.holds(public, "forty-one events", signature)
    assert not signing.holds(signing.public(signing.Key.generate()), "forty events", signature)
    assert not signing.holds(public, "forty events", "not hexadecimal")
    assert not signing.holds(public[2:], "forty events", signature)


def test_a_key_that_others_can_read_is_refused(place: Path) -> None:
    signing.key()
    place.chmod(0o640)

    with pytest.raises(signing.BadKey, match="others on this machine can read; run `chmod 600"):
        signing.key()


def test_what_is_no_such_key_is_refused(place: Path) -> None:
    other = x25519.X25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    for content, says in ((b"secret", "saw no key that can be read"), (other, "saw a key of another kind")):
        place.write_bytes(content)
        place.chmod(0o600)
        with pytest.raises(signing.BadKey, match=says):
            signing.key()


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RATABLE_SIGNING_KEY", str(tmp_path / "missing" / "the.key"))

    with pytest.raises(signing.BadKey, match="No such file or directory; RATABLE_SIGNING_KEY names another"):
        signing.key()
