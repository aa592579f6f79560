"""Signatures: whoever holds the secret is believed, for five minutes; every forgery is refused."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from ratable.webhooks import signing

NOW = datetime(2026, 4, 1, 9, tzinfo=UTC)
AT = int(NOW.timestamp())
BODY = b'{"action":"post","event":"41"}'
SECRET = signing.secret("master", "salt")
HEADER = signing.header([SECRET], at=AT, body=BODY)


def believed(header: str = HEADER, body: bytes = BODY, secret: str = SECRET, now: datetime = NOW) -> bool:
    return signing.verify(secret, header, body=body, now=now)


def test_a_signature_is_believed() -> None:
    assert believed()


def test_the_header_is_the_hmac_of_moment_and_body() -> None:
    # printf 1.x | openssl dgst -sha256 -hmac secret
    known = "33270e99f50e3d3ec295e0d7185dc323a6231c2739f396d70e6b71ea6a435486"

    assert signing.header(["secret"], at=1, body=b"x") == f"t=1,v1={known}"


def test_secrets_follow_from_master_and_salt() -> None:
    assert signing.secret("master", "salt") == SECRET
    assert len({SECRET, signing.secret("master", "pepper"), signing.secret("servant", "salt")}) == 3


def test_two_secrets_are_live_while_one_replaces_the_other() -> None:
    new = signing.secret("master", "new")
    both = signing.header([new, SECRET], at=AT, body=BODY)

    assert believed(both, secret=new)
    assert believed(both, secret=SECRET)
    assert not believed(both, secret=signing.secret("master", "older"))


@pytest.mark.parametrize(("seconds", "good"), [(-301, False), (-300, True), (300, True), (301, False)])
def test_a_replay_is_believed_for_five_minutes(seconds: int, good: bool) -> None:
    assert believed(now=NOW + timedelta(seconds=seconds)) is good


def test_a_body_above_64_kb_is_not_read() -> None:
    for size, good in ((signing.LARGEST_BODY, True), (signing.LARGEST_BODY + 1, False)):
        body = b"x" * size
        assert believed(signing.header([SECRET], at=AT, body=body), body) is good


@pytest.mark.parametrize(
    "header",
    [
        "", "t=", f"t={AT}", f"t={AT},v1=", HEADER.upper(), f" {HEADER}", f"{HEADER} ", f"{HEADER}\n", f"{HEADER},",
        HEADER.replace("t=", "t=0"), HEADER.replace("t=", "t=+"), HEADER.replace("v1", "v0"),
        f"{HEADER},v1={'0' * 64},v1={'0' * 64}", f"t={AT},{HEADER}", HEADER.replace(",", ", "),
        HEADER.translate({ord("1"): "\N{FULLWIDTH DIGIT ONE}"}), f"t={AT},v1={'0' * 64}",
    ],
)  # fmt: skip
def test_a_header_of_another_shape_is_refused(header: str) -> None:
    assert not believed(header)


def test_ten_thousand_forgeries_are_refused() -> None:
    chance = random.Random(606)  # noqa: S311  a test that repeats itself
    signature = HEADER.partition("v1=")[2]
    for _ in range(10_000):
        body, at, signed = bytearray(BODY), AT, list(signature)
        match chance.randrange(4):
            case 0:
                body[chance.randrange(len(body))] ^= 1 << chance.randrange(8)
            case 1:
                at += chance.choice([-1, 1]) * chance.randrange(1, 300)
            case 2:
                place = chance.randrange(64)
                signed[place] = chance.choice([digit for digit in "0123456789abcdef" if digit != signed[place]])
            case _:
                body.insert(chance.randrange(len(body) + 1), chance.randrange(256))
        assert not believed(f"t={at},v1={''.join(signed)}", bytes(body))
