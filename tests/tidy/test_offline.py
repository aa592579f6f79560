"""The guard that keeps every test off the network works."""

import socket

import pytest


def test_this_machine_may_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening, socket.create_connection(listening.getsockname()):
        pass


def test_a_connection_is_refused() -> None:
    with socket.socket() as connection, pytest.raises(RuntimeError, match="a test tried to reach"):
        connection.connect(("192.0.2.1", 9))
