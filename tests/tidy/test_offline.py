"""The guard that keeps every test off the network works."""

import socket

import pytest


def test_a_connection_is_refused() -> None:
    with socket.socket() as connection, pytest.raises(RuntimeError, match="a test tried to reach"):
        connection.connect(("192.0.2.1", 9))
