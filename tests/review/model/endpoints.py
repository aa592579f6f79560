"""A real server on this machine that speaks the interface of language models, and answers by a script."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Script = Callable[[dict[str, Any]], str | bytes | int]
"""What was asked -> the content of the answer; bytes: the whole body as it is; a number: that status."""


@dataclass
class Endpoint:
    """Where it listens, and all that it was asked."""

    url: str
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)


@contextmanager
def scripted(script: Script, *, delay: float = 0) -> Iterator[Endpoint]:
    """Serve until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            endpoint.asked.append({"path": self.path} | body)
            endpoint.headers.append(dict(self.headers))
            time.sleep(delay)
            said = script(body)
            content = said if isinstance(said, bytes) else _answer(said if isinstance(said, str) else "")
            self.send_response(said if isinstance(said, int) else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing on the screen of the tests."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    endpoint = Endpoint(f"http://127.0.0.1:{server.server_port}/v1")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield endpoint
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _answer(content: str) -> bytes:
    message = {"choices": [{"message": {"role": "assistant", "content": content}}], "usage": {"total_tokens": 100}}
    return json.dumps(message).encode()
