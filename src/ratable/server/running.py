"""Serves the application: one process, a few threads, and an end that loses no request.

Worked example: `serve(heard)`, of a socket at 127.0.0.1 port 8000, answers until SIGTERM or Ctrl-C. It then
takes no more requests, finishes those that it has begun, for up to 30 seconds, and returns. Why one process, and why
eight threads: docs/decisions/0023-one-process-with-threads.md.
"""

import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any

import waitress
from waitress import wasyncore

from ratable.server import application, logs
from ratable.webhooks import sending

THREADS = 8
PROXY = "RATABLE_PROXY"

_GRACE = 30
_LARGEST_UPLOAD = 256 * 1024 * 1024
_CONNECTIONS = 500


def serve(heard: socket.socket, begun: Callable[[], None]) -> None:
    """Answer requests until this process is told to end.

    Args:
        heard: a socket that listens; closed at the end.
        begun: called once the process can be told to end, just before the first answer.
    """
    logs.begin()
    server = waitress.create_server(
        application.application,
        sockets=[heard],
        threads=THREADS,
        connection_limit=_CONNECTIONS,
        asyncore_use_poll=True,  # select() knows no more than 1,024 connections.
        max_request_body_size=_LARGEST_UPLOAD,
        ident=None,
        trusted_proxy=os.environ.get(PROXY, "127.0.0.1"),
        trusted_proxy_headers={"x-forwarded-for", "x-forwarded-proto"},
        clear_untrusted_proxy_headers=True,
    )
    ended = _until_told(server)
    begun()
    with sending.in_background():
        logs.say("serving", address=heard.getsockname()[0], port=heard.getsockname()[1], threads=THREADS)
        while not ended.is_set():
            _turn(server, seconds=1)
        _finish(server)
    logs.say("stopped")


def _until_told(server: Any) -> threading.Event:
    """Set by SIGTERM and by Ctrl-C."""
    ended = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        ended.set()
        server.pull_trigger()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    return ended


def _turn(server: Any, *, seconds: float) -> None:
    wasyncore.loop(timeout=seconds, use_poll=True, map=server._map, count=1)


def _finish(server: Any) -> None:
    """Hear nobody new, and answer whoever was heard."""
    server.accepting = False
    server.del_channel()
    server.socket.close()
    last = time.monotonic() + _GRACE
    while _close_idle(server) and time.monotonic() < last:
        _turn(server, seconds=0.1)
    server.task_dispatcher.shutdown(timeout=1)
    with suppress(OSError):
        wasyncore.close_all(server._map)


def _close_idle(server: Any) -> int:
    """Close connections on which nothing is under way; how many remain."""
    for channel in list(server.active_channels.values()):
        if not channel.requests and not channel.total_outbufs_len:
            channel.handle_close()
    return len(server.active_channels)
