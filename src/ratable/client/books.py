"""The books of a company, over HTTP, with the verbs of the command line.

Worked example: `books.entries(period="2026-03", customer="acme")` asks for one page after the other and gives each
entry as it comes, so that a million of them need no memory.
"""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import httpx

from ratable.client import answers, calling

_PAGE = 500
_TABLES = (".csv", ".parquet")
_OVER = ("done", "refused", "failed")
_WAIT = 25  # Seconds that the server may hold an answer about a job.
_TIMEOUT = 300.0


@contextmanager
def connect(url: str, key: str, *, transport: httpx.BaseTransport | None = None) -> Iterator["Books"]:
    """The books at an address.

    Args:
        url: such as https://books.example.com.
        key: a service key, `rtb_...`.
        transport: how requests travel; None: by the network.
    """
    headers = {"Authorization": f"Bearer {key}", "User-Agent": "ratable client"}
    base = f"{url.rstrip('/')}/api/v1"
    with httpx.Client(base_url=base, headers=headers, timeout=_TIMEOUT, transport=transport) as http:
        yield Books(calling.Line(http))


@dataclass(frozen=True)
class Books:
    """The books; every method raises `calling.Problem` where they refuse, with nothing done."""

    line: calling.Line

    def import_bundle(
        self, path: Path, *, name: str = "", correct: bool = False, opening: bool = False, reason: str = ""
    ) -> answers.Import:
        """Bring a bundle in, and wait until it is there.

        Args:
            path: a .yaml, .json, .xlsx or .zip file, or a folder of tables.
            name: what it is called in the books; empty: as the file.
            correct: rows that say otherwise become new versions; takes a reason.
            opening: its rows are history, as in the first import.
            reason: why, in words.
        """
        asked = {"name": name or path.name, "correct": correct, "opening": opening, "reason": reason}
        files = sorted(file for file in path.iterdir() if file.suffix in _TABLES) if path.is_dir() else [path]
        sent = [("file", (file.name, file.read_bytes())) for file in files]
        job = self.line.act("/imports", params=asked, files=sent).json()
        while job["state"] not in _OVER:
            job = self.line.get(f"/jobs/{job['no']}", wait=_WAIT).json()
        came = job["result"]
        if job["state"] != "done":
            raise calling.Problem(came["status"], came["type"].rpartition(":")[2], came["detail"])
        return answers.typed(answers.Import, came | {"no": came["import"]})

    def propose(self, through: date) -> answers.Proposal:
        """Propose what is to be posted through a day."""
        return answers.typed(answers.Proposal, self.line.act("/runs", json={"through": through.isoformat()}).json())

    def enter_journal(self, rows: Sequence[Mapping[str, Any]], *, memo: str, document: bytes) -> answers.Proposal:
        """Prepare a manual journal, which another person approves and posts.

        Args:
            rows: date, currency, debit, credit, debit_role, credit_role and amount of each, and where there are any its
                line and entity; amounts as decimals or text, never as floats.
            memo: why, in words.
            document: what shows it, such as an e-mail; at most 1 MiB.
        """
        said = {"rows": [_written(row) for row in rows], **_ground(memo, document)}
        return answers.typed(answers.Proposal, self.line.act("/manual-journals", json=said).json())

    def reverse(self, entries: Sequence[str], on: date, *, memo: str, document: bytes) -> answers.Proposal:
        """Prepare the reversal of posted entries by their ids, dated a day, with the reason and what shows it."""
        said = {"entries": list(entries), "date": on.isoformat(), **_ground(memo, document)}
        return answers.typed(answers.Proposal, self.line.act("/reversals", json=said).json())

    def choices(self) -> list[answers.Choice]:
        """What the company chose about its own controls."""
        return [answers.typed(answers.Choice, row) for row in self.line.get("/choices").json()["rows"]]

    def choose(self, name: str, value: str, *, reason: str) -> answers.Choice:
        """Choose otherwise, such as single_person on, with a reason."""
        said = self.line.act(f"/choices/{name}", json={"value": value, "reason": reason})
        return answers.typed(answers.Choice, said.json())

    def approve(self, run: int, hash_: str, *, reason: str = "") -> None:
        """Approve a run that somebody else prepared.

        Args:
            run: its number.
            hash_: of the rows that were looked at.
            reason: why, in words.
        """
        self.line.act(f"/runs/{run}/approve", json={"hash": hash_, "reason": reason})

    def post(self, run: int) -> answers.Posted:
        """Post an approved run; nothing ever changes what is posted."""
        return answers.typed(answers.Posted, self.line.act(f"/runs/{run}/post").json())

    def lock(self, period: str, *, entity: str | None = None, reason: str = "") -> answers.Locked:
        """Lock a month, YYYY-MM, of one entity or of all."""
        params = {} if entity is None else {"entity": entity}
        said = self.line.act(f"/periods/{period}/lock", params=params, json={"reason": reason})
        return answers.typed(answers.Locked, said.json())

    def report(self, name: str, through: date, **choices: object) -> dict[str, Any]:
        """A report as `ratable report --format json` prints it.

        Args:
            name: such as "roll-forward".
            through: last day of the books.
            choices: by, grain, account, basis, known_on, entity.
        """
        return dict(self.line.get(f"/reports/{name}", through=through, **choices).json())

    def report_file(self, name: str, through: date, format_: str, **choices: object) -> bytes:
        """A report as a file: csv, xlsx or parquet, byte for byte what the command line writes."""
        return self.line.get(f"/reports/{name}", through=through, format=format_, **choices).content

    def entries(self, **wanted: object) -> Iterator[answers.Entry]:
        """Posted entries in the order of their numbers.

        Args:
            wanted: values that they have: period, customer, product, contract, line, currency, entity, kind, source or
                run.
        """
        cursor: str | None = ""
        while cursor is not None:
            page = self.line.get("/entries", limit=_PAGE, cursor=cursor, **wanted).json()
            yield from (answers.typed(answers.Entry, row) for row in page["rows"])
            cursor = page["next"]

    def explain(self, entry: str) -> list[dict[str, Any]]:
        """The chain behind an entry, by its id or how that begins: one step after the other, down to its evidence."""
        return list(self.line.get(f"/entries/{entry}/explanation").json()["chain"])

    def flags(self, run: int) -> list[answers.Flag]:
        """The flags of the last review of a run, those first that block it."""
        return [answers.typed(answers.Flag, row) for row in self.line.get(f"/runs/{run}/flags").json()["rows"]]

    def answer(self, flag: str, verdict: str, *, reason: str, until: date | None = None) -> answers.Flag:
        """Answer a flag: error, exception, false_alarm or duplicate, with a reason and a last day."""
        said = {"verdict": verdict, "reason": reason, "until": until.isoformat() if until else None}
        return answers.typed(answers.Flag, self.line.act(f"/flags/{flag}/answer", json=said).json())

    def accept(self, flag: str, *, reason: str) -> str:
        """Accept the proposal of a flag; what it became, such as "import 9"."""
        return str(self.line.act(f"/flags/{flag}/accept", json={"reason": reason}).json()["became"])

    def ask(self, question: str, *, period: str | None = None) -> answers.Answer:
        """Ask a question in words, of the books through the end of a month; None: the last that is posted."""
        said = {"question": question, "period": period}
        return answers.typed(answers.Answer, self.line.act("/questions", json=said).json())

    def query(self, name: str, *, period: str | None = None, **parameters: object) -> answers.Answer:
        """Ask a query of the library by its id, such as balance, with its parameters."""
        said = {"parameters": {one: str(value) for one, value in parameters.items()}, "period": period}
        return answers.typed(answers.Answer, self.line.act(f"/queries/{name}", json=said).json())

    def watchtower(self) -> Iterator[dict[str, Any]]:
        """A record of every act of the agent and of every decision on what it said, the first one first."""
        for record in self.line.get("/watchtower/records").text.splitlines():
            yield json.loads(record)

    def export(self, layout: str, period: str, **choices: object) -> answers.Export:
        """Write what was posted in a month in the layout of a ledger, as an act.

        Args:
            layout: such as "netsuite".
            period: the month, YYYY-MM.
            choices: entity, detail, accounts_by, date_format, lines_per_journal, rows_per_file, fixed, reason.
        """
        said = self.line.act("/exports", json={"layout": layout, "period": period, **choices})
        return answers.typed(answers.Export, said.json())

    def export_files(self, no: int) -> bytes:
        """The files of an export, as one zip."""
        return self.line.get(f"/exports/{no}/files").content

    def exports(self) -> Iterator[answers.Export]:
        """Every export, the first one first."""
        cursor: str | None = ""
        while cursor is not None:
            page = self.line.get("/exports", limit=_PAGE, cursor=cursor).json()
            yield from (answers.typed(answers.Export, row) for row in page["rows"])
            cursor = page["next"]


def _ground(memo: str, document: bytes) -> dict[str, str]:
    return {"memo": memo, "document": base64.b64encode(document).decode()}


def _written(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as it is sent: days and decimals as text."""
    return {name: None if value is None else str(value) for name, value in row.items()}
