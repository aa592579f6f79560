"""The application as it is served: its probes, its log, its headers, and how it ends."""

import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.serving import Served, environment, served

SLOW = """
import sys, time
from ratable.cli import main, serving

before = serving.answer

def answer(heard, links):
    from django.http import HttpResponse
    from django.urls import path
    from ratable.access import middleware
    from ratable.server import urls

    def slow(request):
        print("begun", file=sys.stderr, flush=True)
        time.sleep(1)
        return HttpResponse("all of it" * 100_000)

    def broken(request):
        raise ValueError("a secret of the inside")

    urls.urlpatterns[:0] = [path("slow", slow, name="slow"), path("broken", broken, name="broken")]
    middleware._ENTRANCES |= {"slow", "broken"}
    before(heard, links)

serving.answer = answer
sys.exit(main.main(["serve", *sys.argv[1:]]))
"""


@pytest.fixture
def folder(tmp_path: Path, sqlite_template: Path) -> Path:
    """A folder with the tables of a store, which a first start would take seconds to make."""
    shutil.copy(sqlite_template, tmp_path / "ratable.sqlite3")
    return tmp_path


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("served"), start=("-c", SLOW)) as running:
        yield running


def test_it_says_where_it_is_and_how_the_first_person_signs_in(server: Served) -> None:
    assert server.said[0] == f"ratable listens at {server.url}"
    assert "The first administrator does, once, at" in server.said[1]

    link = server.said[1].rpartition(" ")[2]
    assert httpx.get(link, follow_redirects=True, trust_env=False).status_code == 200


def test_probes(server: Served) -> None:
    assert server.get("/healthz").text == "alive\n"
    ready = server.get("/readyz")
    assert (ready.status_code, ready.json()) == (
        200, {"ready": True, "database": "good", "migrations": "good", "books": "good"}
    )  # fmt: skip


def test_metrics_count_requests_by_route(server: Served) -> None:
    server.get("/healthz")
    counted = server.get("/metrics").text

    assert re.search(r'^ratable_requests_total\{route="healthz",status="200"\} [1-9]', counted, re.MULTILINE)
    assert re.search(r'^ratable_request_seconds_count\{route="healthz"\} [1-9]', counted, re.MULTILINE)
    assert re.search(r"^ratable_last_event [1-9]", counted, re.MULTILINE)


def test_a_request_leaves_one_line_without_its_values(server: Served) -> None:
    answer = server.get("/slow/er?customer=acme%0A%7B&password=hunter2", Cookie="session=stolen")
    number = answer.headers["X-Request-Id"]
    (line,) = [line for line in _settled(server, number) if line["event"] == "request"]

    assert line | {"ms": 0, "time": ""} == {
        "event": "request", "level": "info", "time": "", "method": "GET", "route": "unknown", "status": 302, "ms": 0,
        "person": "", "request": number,
    }  # fmt: skip
    assert line["time"].endswith("Z")
    said = "".join(server.logged)
    assert not [secret for secret in ("acme", "hunter2", "stolen") if secret in said]


def test_every_answer_has_the_headers(server: Served) -> None:
    for path in ("/", "/healthz", "/accounts/login/", "/api/v1/nowhere", "/broken", "/nothing"):
        answer = server.get(path)
        assert re.fullmatch("[0-9a-f]{16}", answer.headers["X-Request-Id"]), path
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"], path
        assert answer.headers["X-Content-Type-Options"] == "nosniff", path
        assert "no-store" in answer.headers["Cache-Control"], path
        assert "Server" not in answer.headers, path


def test_a_fault_is_a_page_with_its_number_and_not_what_is_inside(server: Served) -> None:
    answer = server.get("/broken")
    number = answer.headers["X-Request-Id"]

    assert answer.status_code == 500
    assert f"request <code>{number}</code>" in answer.text
    assert "saved whole or not at all" in answer.text
    assert not [word for word in ("Traceback", "ValueError", "a secret of the inside") if word in answer.text]
    assert any("a secret of the inside" in line.get("exception", "") for line in _settled(server, number))


def test_styles_are_kept_for_good_under_the_address_of_their_version(server: Served) -> None:
    page = server.get("/accounts/login/").text
    style = re.search(r'href="(/static/[0-9a-f]{8}/[^"]+\.css)"', page)
    assert style

    answer = server.get(style[1])
    assert answer.status_code == 200
    assert "max-age=31536000" in answer.headers["Cache-Control"]
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_request_under_way_is_finished_and_nobody_else_is_heard(folder: Path, number: int) -> None:
    with served(folder, start=("-c", SLOW)) as server:
        answers: list[httpx.Response] = []
        asking = threading.Thread(target=lambda: answers.append(server.get("/slow")))
        asking.start()
        while not any("begun" in line for line in server.logged):
            time.sleep(0.01)
        server.process.send_signal(number)
        while _is_heard(server.url):
            time.sleep(0.01)
        under_way = asking.is_alive()
        asking.join()
        status = server.process.wait(30)

    assert under_way
    assert (status, answers[0].status_code, len(answers[0].content)) == (0, 200, 900_000)


def test_readiness_says_what_is_wrong(folder: Path) -> None:
    with served(folder) as server:
        (folder / "ratable.sqlite3").write_bytes(b"no database at all" * 1_000)
        for beside in ("-wal", "-shm"):
            (folder / f"ratable.sqlite3{beside}").unlink(missing_ok=True)
        answer = server.get("/readyz")
        alive = server.get("/healthz").status_code

    assert (answer.status_code, answer.json()["ready"], alive) == (503, False, 200)
    assert answer.json()["database"] == "cannot be reached"


def test_a_public_address_is_refused_without_tls(tmp_path: Path) -> None:
    for host, url in (("0.0.0.0", ""), ("192.0.2.1", "http://books.example.com"), ("::", "")):  # noqa: S104  refused
        done = _serve(tmp_path, "--host", host, RATABLE_URL=url)
        assert done.returncode == 2
        assert done.stderr.startswith(f"ratable: --host {host}: other machines reach it")
        assert not (tmp_path / "ratable.sqlite3").exists()


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = _serve(tmp_path, "--port", port)

    assert (done.returncode, done.stderr) == (
        2, f"ratable: cannot listen at 127.0.0.1 port {port}: Address already in use. --port names another.\n"
    )  # fmt: skip


def test_behind_a_proxy_with_tls(folder: Path) -> None:
    with served(folder, RATABLE_URL="https://books.example.com") as server:
        server.said[0] = f"{server.said[0]} {_address(server)}"
        proxied = {"Host": "books.example.com", "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}
        plain = server.get("/", Host="books.example.com")
        login = server.get("/accounts/login/", **proxied)
        stranger = server.get("/accounts/login/", **(proxied | {"Host": "evil.example"}))
        metrics = [server.get("/metrics", **proxied).status_code, server.get("/metrics").status_code]
        alive = server.get("/healthz").status_code

    assert (plain.status_code, plain.headers["Location"]) == (301, "https://books.example.com/")
    assert login.status_code == 200
    assert "max-age=31536000" in login.headers["Strict-Transport-Security"]
    assert "__Host-csrf=" in login.headers["Set-Cookie"]
    assert "Secure" in login.headers["Set-Cookie"]
    assert stranger.status_code == 400
    assert "evil.example" not in stranger.text
    assert (metrics, alive) == ([403, 200], 200)


def test_the_settings_pass_the_check_for_deployment(tmp_path: Path) -> None:
    more = {"DJANGO_SETTINGS_MODULE": "ratable.server.settings", "RATABLE_URL": "https://books.example.com"}
    done = subprocess.run(
        [sys.executable, "-m", "django", "check", "--deploy",
         "--fail-level", "WARNING"],
        cwd=tmp_path, env=environment(**more), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "System check identified no issues (0 silenced).\n"), done.stderr


def test_the_second_start_keeps_its_secret_and_gives_a_link_as_long_as_nobody_can_sign_in(folder: Path) -> None:
    links, secrets = [], []
    for _ in range(2):
        with served(folder) as server:
            links.append(server.said[1])
            secrets.append((folder / "ratable-secret.key").read_text())
            assert server.stop() == 0

    assert ["The first administrator" in link for link in links] == [True, True]
    assert secrets[0] == secrets[1]


def _serve(folder: Path, *typed: str, **more: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "ratable", "serve", *typed], cwd=folder, env=environment(**more),
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def _settled(server: Served, number: str) -> list[dict[str, str]]:
    """The lines about a request, as soon as the last of them is there."""
    while True:
        found = [line for line in (_line(text) for text in list(server.logged)) if line.get("request") == number]
        if any(line["event"] == "request" for line in found):
            return found
        time.sleep(0.01)


def _line(text: str) -> dict[str, str]:
    return dict(json.loads(text)) if text.startswith("{") else {}


def _is_heard(url: str) -> bool:
    host, port = url.removeprefix("http://").split(":")
    try:
        with socket.create_connection((host, int(port)), timeout=1):
            return True
    except OSError:
        return False


def _address(server: Served) -> str:
    """Where it listens, which its first line does not say behind a proxy."""
    while not server.logged:
        time.sleep(0.01)
    line = server.lines()[0]
    return f"http://{line['address']}:{line['port']}"
