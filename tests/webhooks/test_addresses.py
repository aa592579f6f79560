"""Where webhooks may go: out, by https, and nowhere inside unless that is allowed."""

import socket
from typing import Any

import pytest

from ratable.webhooks import addresses

HOOK = "https://hooks.example.com/ratable?token=1"


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that every name stands for; a test may change them."""
    found = ["93.184.215.14"]

    def look_up(host: str, port: int, **_: Any) -> list[Any]:
        literal = host.replace(".", "").isdigit() or ":" in host
        return [(0, 0, 0, "", (each, port)) for each in ([host] if literal else found)]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.delenv(addresses.PRIVATE, raising=False)
    return found


def test_a_public_address_is_where_to_connect(named: list[str]) -> None:
    target = addresses.target(HOOK)

    assert (target.host, target.address) == ("hooks.example.com", "93.184.215.14")


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/", "ftp://hooks.example.com/", "hooks.example.com", "https://", "https:///path", "",
        "https://ada:secret@hooks.example.com/", "https://hooks.example.com/#here", "javascript:alert(1)",
        f"https://hooks.example.com/{'x' * 2_000}", "https://[::1", "file:///etc/passwd", "https://exa mple.com/",
    ],
)  # fmt: skip
def test_what_is_no_plain_https_url_is_refused(named: list[str], url: str) -> None:
    with pytest.raises(addresses.Forbidden, match="expected"):
        addresses.target(url)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.7", "172.16.3.4", "192.168.1.1", "169.254.169.254", "0.0.0.1", "100.64.0.1", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:10.0.0.7", "2002:a00:7::1",
        "64:ff9b::a00:7", "2001:0:a00:7::1",
    ],
)  # fmt: skip
def test_what_is_not_public_is_refused_by_name_and_by_number(named: list[str], address: str) -> None:
    number = f"https://[{address}]/" if ":" in address else f"https://{address}/"
    named[:] = ["93.184.215.14", address]
    for url in (HOOK, number):
        with pytest.raises(addresses.Forbidden, match="not public"):
            addresses.target(url)


def test_private_addresses_may_be_allowed_and_http_to_this_machine(
    named: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(addresses.PRIVATE, "1")

    assert addresses.target("https://10.0.0.7/").address == "10.0.0.7"
    assert addresses.target("http://127.0.0.1:9000/").address == "127.0.0.1"
    with pytest.raises(addresses.Forbidden, match="expected https"):
        addresses.target("http://10.0.0.7/")


def test_a_name_that_stands_for_nothing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def look_up(*_: Any, **__: Any) -> list[Any]:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with pytest.raises(addresses.Forbidden, match="stands for no address"):
        addresses.target(HOOK)
