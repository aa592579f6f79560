"""The key that signs checkpoints: Ed25519, in a file of its own that the database does not hold.

Worked example: the first lock writes `ratable-signing.key` into the working folder, readable by its owner alone; who
can change the database but not read that file cannot sign a checkpoint. `RATABLE_SIGNING_KEY` names another place.

A file that others can read, or that holds no such key, is refused.
"""

import contextlib
import os
import stat
import tempfile
from pathlib import Path

from cryptography import exceptions
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

_NAMED_BY = "RATABLE_SIGNING_KEY"
DEFAULT = "ratable-signing.key"

Key = ed25519.Ed25519PrivateKey


class BadKey(Exception):
    """The key file cannot be used, with one sentence that says why and what to do."""


def place() -> Path:
    """Where the key is kept."""
    return Path(os.environ.get(_NAMED_BY) or DEFAULT)


def key() -> Key:
    """The key of this machine, made on first use.

    Raises:
        BadKey: the file cannot be written or read, can be read by others, or holds something else.
    """
    try:
        if not place().exists():
            _make()
        return _read()
    except OSError as fault:
        raise BadKey(f"{place()}: {fault.strerror}; {_NAMED_BY} names another file for the signing key.") from fault


def known() -> str | None:
    """The public half of the key of this machine, where there is one; none is made.

    Raises:
        BadKey: as `key`.
    """
    return public(key()) if place().exists() else None


def public(private: Key) -> str:
    """The public half of a key, hexadecimal: what others verify with."""
    return private.public_key().public_bytes_raw().hex()


def sign(private: Key, words: str) -> str:
    """The signature over words, hexadecimal; the same words and key always give the same one."""
    return private.sign(words.encode()).hex()


def holds(public_key: str, words: str, signature: str) -> bool:
    """Whether a signature over words is that of a public key; whatever is malformed is not."""
    try:
        ed25519.Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(
            bytes.fromhex(signature), words.encode()
        )
    except (ValueError, exceptions.InvalidSignature):
        return False
    return True


def _make() -> None:
    text = Key.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    # Born whole and closed to others, and never in place of a key that is already there: the first of many is kept.
    handle, name = tempfile.mkstemp(dir=place().parent, prefix=f"{place().name}-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text)
        with contextlib.suppress(FileExistsError):
            os.link(name, place())
    finally:
        os.unlink(name)


def _read() -> Key:
    if os.name == "posix" and stat.S_IMODE(place().stat().st_mode) & 0o077:
        raise BadKey(f"{place()}: saw a signing key that others on this machine can read; run `chmod 600 {place()}`.")
    try:
        found = serialization.load_pem_private_key(place().read_bytes(), password=None)
    except (ValueError, TypeError) as fault:
        raise BadKey(f"{place()}: saw no key that can be read; expected an Ed25519 key as PEM.") from fault
    if not isinstance(found, Key):
        raise BadKey(f"{place()}: saw a key of another kind; expected an Ed25519 key as PEM.")
    return found
