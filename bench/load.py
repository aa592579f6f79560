"""Many people at once: 50 who read and 5 who write, against a served store of 5,000 contracts over 36 months.

Worked example: `python -m bench.load --seconds 60` makes the store in a temporary folder (SQLite; or where
RATABLE_DATABASE_URL says), serves it, signs readers in, and prints one line for each screen: how often it was read,
its median and 95th percentile in milliseconds, its errors; then the memory of the server at start and end. It ends with
1 where there was an error, or where a screen missed what is expected of it (MEDIAN, SLOW).

Readers go through the SCREENS in turn; writers bring in an invoice and propose, by the interface for programs.
"""

import argparse
import functools
import json
import os
import random
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import httpx

SCREENS = (
    "/",
    "/review",
    "/journals?period=2026-03",
    "/roll-forward",
    "/waterfall",
    "/contracts",
    "/contracts/C-000001",
    "/invoices",
    "/invoices/C-000001/2026-03-01",
    "/products",
    "/accounts-map",
    "/policies",
    "/imports",
    "/exports",
    "/activity",
)
"""What is read, one after the other."""

CONTRACTS, MONTHS = 5_000, 36
READERS, WRITERS = 50, 5
MEDIAN, SLOW = 150, 300  # Milliseconds that a screen may take: in the middle, and at the 95th percentile.

_FIRST = date(2024, 1, 1)
_LAST = date(2026, 12, 31)
_PERSON, _PASSWORD = "cora", "a pass phrase for one minute"
_WRITING = ("read", "import", "propose")


@dataclass
class Measured:
    """Milliseconds and errors by what was asked; filled by every thread under its lock."""

    taken: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def once(self, what: str) -> Iterator[None]:
        """Measure what is done inside; what it raises is an error of it."""
        begun = time.perf_counter()
        fault = ""
        try:
            yield
        except (httpx.HTTPError, AssertionError) as raised:
            fault = f"{type(raised).__name__}: {raised}"
        with self.lock:
            self.taken[what].append((time.perf_counter() - begun) * 1000)
            if fault:
                self.errors[what].append(fault)


def main() -> int:
    """Make, serve, load, print; the exit status."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seconds", type=int, default=60)
    asked.add_argument("--contracts", type=int, default=CONTRACTS)
    asked.add_argument("--readers", type=int, default=READERS)
    asked.add_argument("--writers", type=int, default=WRITERS)
    said = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="ratable-load-") as folder:
        os.chdir(folder)
        key = _fill(said.contracts)
        with _served() as (url, process):
            cookies = _signed_in(url)
            _warm(url, cookies)
            before = _memory(process)
            measured = _load(url, cookies, key, said)
            after = _memory(process)
    return _told(measured, before, after)


def _fill(contracts: int) -> str:
    """A store with everything posted but the last month, an account that signs in, and a key that writes."""
    os.environ.setdefault("RATABLE_DATABASE_URL", "sqlite:///load.sqlite3")
    from ratable.cli import serving  # noqa: PLC0415  it reads which database when it is imported

    serving.opened()
    from ratable.access import keys, models  # noqa: PLC0415  Django is set up by the line above
    from ratable.operations import acts, clock, decide, founding, import_bundle, propose  # noqa: PLC0415  as above

    def by(person: str) -> acts.Actor:
        return acts.Actor(person, clock.now)

    founding.found(by(_PERSON), name="Load", company="load")
    founding.grant(by(_PERSON), "ben", "preparer")
    Path("bundle.json").write_text(json.dumps(_bundle(contracts)))
    print(f"Filling: {contracts:,} contracts over {MONTHS} months", flush=True)
    import_bundle.import_bundle(by("ben"), Path("bundle.json"))
    made = propose.propose(by("ben"), _LAST - timedelta(days=31))
    decide.approve(by(_PERSON), int(made.run or 0), made.hash)
    decide.post(by(_PERSON), int(made.run or 0))
    models.Account.objects.create_user(_PERSON, password=_PASSWORD)
    return keys.make(by("ben"), "ben", "load", _WRITING, clock.now().date() + timedelta(days=1))


def _bundle(contracts: int) -> dict[str, object]:
    chance = random.Random(606)  # noqa: S311  the same store each time
    ids = [f"C-{number:06}" for number in range(1, contracts + 1)]
    term = {"start": _FIRST.isoformat(), "end": _LAST.isoformat()}
    return {
        "products": [{"id": name, "name": name.title(), "method": "straight_line"} for name in ("platform", "support")],
        "customers": [{"id": f"K-{number:04}", "name": f"Customer {number}"} for number in range(contracts // 5 + 1)],
        "contracts": [
            {
                "id": name, "customer": f"K-{number // 5:04}", "currency": "USD", "signed_on": term["start"], **term,
                "lines": [{"id": f"{name}-1", "product": "platform", "price": f"{chance.randrange(36, 3600) * 100}.00",
                           "billing": {"frequency": "monthly", "timing": "advance"}}],
            }
            for number, name in enumerate(ids)
        ],
    }  # fmt: skip


@contextmanager
def _served() -> Iterator[tuple[str, subprocess.Popen[str]]]:
    command = [sys.executable, "-m", "ratable", "serve", "--port", "0"]
    with Path("server.log").open("w") as log:
        process = subprocess.Popen(command, text=True, stdout=subprocess.PIPE, stderr=log)
        try:
            found = re.search(r"http://\S+", process.stdout.readline() if process.stdout else "")
            if found is None:
                raise SystemExit(f"the server does not start: {Path('server.log').read_text()}")
            yield found[0], process
        finally:
            process.send_signal(signal.SIGTERM)
            print(f"The server ended with {process.wait(60)}.")


def _signed_in(url: str) -> httpx.Cookies:
    # The first screen after sign-in reads all of the books.
    with httpx.Client(base_url=url, follow_redirects=True, timeout=120) as browser:
        page = browser.get("/accounts/login/").text
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        form = {"login": _PERSON, "password": _PASSWORD, "csrfmiddlewaretoken": token[1] if token else ""}
        browser.post("/accounts/login/", data=form, headers={"Referer": url})
        if browser.get("/activity", follow_redirects=False).is_redirect:
            raise SystemExit("cora cannot sign in; look at the screen of sign-in.")
        return browser.cookies


def _warm(url: str, cookies: httpx.Cookies) -> None:
    """Each screen once, so that books are in memory when it begins, as on any morning after the first reader."""
    with httpx.Client(base_url=url, cookies=cookies, timeout=120) as browser:
        for path in SCREENS:
            print(f"{path:32} first {browser.get(path).elapsed.total_seconds() * 1000:8,.0f} ms", flush=True)


def _load(url: str, cookies: httpx.Cookies, key: str, said: argparse.Namespace) -> Measured:
    measured, ended = Measured(), threading.Event()
    reading = [threading.Thread(target=_read, args=(url, cookies, measured, ended)) for _ in range(said.readers)]
    writing = [threading.Thread(target=_write, args=(url, key, measured, ended)) for _ in range(said.writers)]
    for thread in (*reading, *writing):
        thread.start()
    ended.wait(said.seconds)
    ended.set()
    for thread in (*reading, *writing):
        thread.join()
    return measured


def _read(url: str, cookies: httpx.Cookies, measured: Measured, ended: threading.Event) -> None:
    """One person: a screen, a moment to look at it, the next one."""
    turn = list(SCREENS)
    random.shuffle(turn)
    with httpx.Client(base_url=url, cookies=cookies, timeout=60) as browser:
        while not ended.is_set():
            for path in turn:
                with measured.once(path):
                    answer = browser.get(path)
                    assert answer.status_code == 200, f"status {answer.status_code}"  # noqa: S101  it is counted
                if ended.wait(random.uniform(0.5, 1.5)):  # noqa: S311  nobody guesses it
                    return


def _write(url: str, key: str, measured: Measured, ended: threading.Event) -> None:
    """One program: an invoice comes in, and what is due is proposed."""
    from ratable import client  # noqa: PLC0415  beside the server, not in it

    mine = threading.get_ident()
    with client.connect(url, key) as books:
        number = 0
        while not ended.wait(2):
            number += 1
            bundle = Path(f"invoice-{mine}-{number}.json")
            bundle.write_text(json.dumps({"invoices": [_invoice(f"I-{mine}-{number}")]}))
            _act(measured, "import", functools.partial(books.import_bundle, bundle))
            _act(measured, "propose", functools.partial(books.propose, _LAST))


def _act(measured: Measured, what: str, act: Callable[[], object]) -> None:
    from ratable import client  # noqa: PLC0415  beside the server, not in it

    with measured.once(what):
        try:
            act()
        except client.Problem as problem:
            raise AssertionError(str(problem)) from problem


def _invoice(name: str) -> dict[str, object]:
    line = {"id": f"{name}-1", "product": "support", "amount": "1200.00", "service_start": "2026-12-01",
            "service_end": "2027-11-30"}  # fmt: skip
    return {"id": name, "customer": "K-0001", "currency": "USD", "issued_on": "2026-12-01", "lines": [line]}


def _memory(process: subprocess.Popen[str]) -> float:
    """Megabytes that the server holds."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


def _told(measured: Measured, before: float, after: float) -> int:
    failed = 0
    print(f"{'':32} {'reads':>7} {'median':>8} {'95th':>8} {'errors':>7}")
    for what, taken in sorted(measured.taken.items()):
        middle = statistics.median(taken)
        late = statistics.quantiles(taken, n=20)[-1] if len(taken) > 1 else middle
        wrong = measured.errors.get(what, [])
        missed = what.startswith("/") and (middle > MEDIAN or late > SLOW)
        failed += bool(wrong) or missed
        print(f"{what:32} {len(taken):7} {middle:8.0f} {late:8.0f} {len(wrong):7} {wrong[0] if wrong else ''}")
    print(f"Memory: {before:,.0f} MB at the start, {after:,.0f} MB at the end.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
