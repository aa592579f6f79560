"""Brings the rows of a bundle into the store, once each: what came before is known, and what changed is a correction.

Worked example: `invoices.csv` of March holds 40 invoices, of which 38 came last week. The import adds 2, finds 38 known
and keeps the file by its SHA-256. With the amount of I-7 changed from 31.00 to 35.00 it is refused with both amounts
shown; as a correction with a reason it adds a second version of I-7, known from today.

The first import is the opening one: it may say on which days its rows became known and which months were closed, since
that is history. Every later row is known on the day of the ledger (operations.acts).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from ratable.bundle import joining, reading, sources
from ratable.ledger import canonical, covering, events, facts, knowledge, models, pending, scope, totals, versions
from ratable.ledger import rows as bulk
from ratable.operations import acts, choices

Tables = dict[str, pl.DataFrame]

OWN = ("products", "ssps", "accounts", "account_rules", "policies")
"""Tables by which a company says how it accounts; where it chose `revisions_only`, they change by revisions alone."""

CHANGES: dict[str, pl.DataType] = dict.fromkeys(["table", "id", "column", "before", "now"], pl.String())
_SHOWN = 3  # Differences in one sentence; more would not be read.


class Otherwise(acts.Refused):
    """Rows say otherwise than the books; if the file is right, it is to be imported as a correction."""


@dataclass(frozen=True)
class Imported:
    """What an import did.

    `kind` is opening, facts or correction. `counts` has one row per table: table, added, known, corrected, left_out.
    `totals` are control totals (ledger.totals) of rows that are in the books now. `findings` follow core.findings.
    """

    no: int
    kind: str
    counts: pl.DataFrame
    findings: pl.DataFrame
    totals: pl.DataFrame

    @property
    def added(self) -> int:
        """Rows that the store did not have."""
        return int(self.counts["added"].sum())

    @property
    def known(self) -> int:
        """Rows that the store had, word for word."""
        return int(self.counts["known"].sum())

    @property
    def corrected(self) -> int:
        """Rows of which the store has a new version."""
        return int(self.counts["corrected"].sum())

    @property
    def left_out(self) -> int:
        """Rows that wait outside the books because of a finding."""
        return int(self.counts["left_out"].sum())


@dataclass(frozen=True)
class Checked:
    """What an import would do, and does not.

    `kind` is opening, facts, or correction where rows say otherwise than the store; `changes` (CHANGES) has a row for
    each cell that differs, and one without a column for each row that is new to a parent in the books. `counts`,
    `findings` and `totals` are as of `Imported`. `refusals` say why it would be refused whatever its kind.
    """

    kind: str
    counts: pl.DataFrame
    changes: pl.DataFrame
    findings: pl.DataFrame
    totals: pl.DataFrame
    refusals: tuple[str, ...]

    @property
    def new(self) -> int:
        """Rows that would come in, as new ones or as new versions."""
        return int((self.counts["added"] + self.counts["corrected"]).sum())


@dataclass(frozen=True)
class Request:
    """What is asked of an import: kind (of models.Import), name, files, why, and whether it comes by a revision."""

    kind: str
    name: str
    files: dict[str, bytes]
    reason: str = ""
    revision: bool = False


@dataclass(frozen=True)
class _Compared:
    """A file beside the store; `rows` says of each of its rows: table, row, state (ledger.versions), sound."""

    joined: joining.Joined
    kept: Tables
    rows: pl.DataFrame

    def counts(self) -> pl.DataFrame:
        """Rows by table: added, known, corrected, left_out."""
        known, changed = pl.col("state") == "known", pl.col("state") == "changed"
        per_table = self.rows.group_by("table", maintain_order=True).agg(
            added=(pl.col("sound") & ~known & ~changed).sum(),
            known=known.sum(),
            corrected=(pl.col("sound") & changed).sum(),
            left_out=(~pl.col("sound") & ~known).sum(),
        )
        return per_table.with_columns(pl.exclude("table").cast(pl.Int64))

    def coming(self) -> pl.DataFrame:
        """The rows that are to come in: sound, and not known."""
        return self.rows.filter(pl.col("sound") & (pl.col("state") != "known"))

    def changes(self) -> pl.DataFrame:
        """What those rows change of what is in the books (CHANGES)."""
        found = [pl.DataFrame(schema=CHANGES)]
        stated = self.joined.stated
        changing = self.coming().filter(pl.col("state").is_in(["changed", "extended"]))
        for (table, state), rows in changing.group_by("table", "state", maintain_order=True):
            name, which = str(table), rows["row"]
            if state == "changed":
                found.append(versions.differences(name, stated, self.kept, which))
            else:
                found.append(versions.extensions(name, stated, which))
        return pl.concat(found)

    def totals(self) -> pl.DataFrame:
        """Control totals of the rows that are in the books when the sound ones have come in."""
        in_the_books = self.rows.filter(pl.col("sound") | (pl.col("state") == "known"))
        return totals.of_rows(self.joined.stated, self.kept, in_the_books)

    def new(self, table: str) -> pl.DataFrame:
        """Rows that the store is to have: as stated, with `version`, and `known_on` filled in."""
        asked = self.coming().filter(pl.col("table") == table)
        rows = self.joined.stated[table].join(asked.select("row", "state"), on="row", maintain_order="left")
        days = self.joined.sound[table].select("row", *(["known_on"] if "known_on" in rows.columns else []))
        rows = rows.drop("known_on", strict=False).join(days, on="row", how="left", maintain_order="left")
        known = pl.col("known_on").fill_null(knowledge.ALWAYS) if "known_on" in rows.columns else knowledge.ALWAYS
        return versions.numbered(table, rows.with_columns(known_on=known))


def import_bundle(
    actor: acts.Actor,
    path: Path,
    *,
    correction: bool = False,
    opening: bool | None = None,
    step: Callable[[str], None] = lambda _: None,
) -> Imported:
    """Import a bundle, whole or not at all; rows at fault wait outside with what belongs to them.

    Args:
        actor: who imports; a correction takes a reason.
        path: a bundle in any form that `run` reads.
        correction: rows that say otherwise than the store become new versions, and children may join their parents.
        opening: the rows are history, known on the days that they state; None: the first import is, others are not.
        step: told what is done.

    Raises:
        acts.Refused: rows say otherwise than the store, a correction has no reason, locks come late, or the person may
            not do this.
        reading.Unreadable: there is no such file, or it is no bundle.
    """
    step(f"Reading {path.name}")
    return import_opened(actor, reading.opened(path), correction=correction, opening=opening, step=step)


def import_opened(
    actor: acts.Actor,
    opened: reading.Opened,
    *,
    correction: bool = False,
    opening: bool | None = None,
    step: Callable[[str], None] = lambda _: None,
) -> Imported:
    """As `import_bundle`, for a bundle that was read already: before the books were begun for it, for instance."""
    if correction and not actor.reason.strip():
        raise acts.Refused("a correction says why: give a reason, such as 'the order form says 35.00'.")
    name = opened.path.name
    with acts.begin(actor, "correct" if correction else "import", name) as act:
        kind = _kind(correction=correction, opening=opening)
        return within(act, Request(kind, name, opened.files, act.reason), opened.source, step=step)


def within(
    act: events.Act, asked: Request, source: sources.Source, *, step: Callable[[str], None] = lambda _: None
) -> Imported:
    """Import raw tables under an act that was begun already, such as the approval of a revision.

    Raises:
        acts.Refused: they do not go with the books, or are not of the kind that was asked.
        Otherwise: rows say otherwise than the books, and it is no correction.
    """
    step("Comparing with the books")
    compared = _compared(sources.in_normal_form(source))
    for refusal in _refusals(compared, asked):
        raise acts.Refused(refusal)
    if asked.kind != "correction" and not (changes := compared.changes()).is_empty():
        raise Otherwise(_otherwise(changes, compared.coming()))
    step("Keeping what is new")
    return _keep(act, asked, compared)


def check(opened: reading.Opened, *, revision: bool = False) -> Checked:
    """What an import of a bundle would do; nothing is kept.

    Args:
        opened: a bundle that was read.
        revision: whether it would come in by the approval of a revision.
    """
    compared = _compared(sources.in_normal_form(opened.source))
    changes = compared.changes()
    kind = _kind(correction=False, opening=None) if changes.is_empty() else "correction"
    asked = Request(kind, opened.path.name, opened.files, revision=revision)
    refusals = tuple(_refusals(compared, asked))
    return Checked(kind, compared.counts(), changes, compared.joined.findings, compared.totals(), refusals)


def _kind(*, correction: bool, opening: bool | None) -> str:
    """What the import is.

    Raises:
        acts.Refused: history cannot be brought in any more, or is said to be a correction.
    """
    first = not models.Import.objects.exists()
    if opening and (models.Entry.objects.exists() or models.Lock.objects.exists()):
        raise acts.Refused("an opening import comes before anything is posted or locked; import it as other facts.")
    if opening and correction and not first:
        raise acts.Refused("an import is history or a correction, not both; choose one.")
    if opening or (opening is None and first):
        return "opening"
    return "correction" if correction else "facts"


def _compared(source: sources.Source) -> _Compared:
    """The file beside what it concerns in the store, which is everything where it changes what all share."""
    within = scope.of_tables(source.tables)
    compared = _beside(source, knowledge.stated(within=within))
    if within is not None and scope.moves_others(compared.rows):
        return _beside(source, knowledge.stated())
    return compared


def _beside(source: sources.Source, kept: Tables) -> _Compared:
    joined = joining.check(source, kept)
    sound = [frame.select("row", table=pl.lit(name), sound=pl.lit(value=True)) for name, frame in joined.sound.items()]
    rows = versions.states(joined.stated, kept).join(
        pl.concat(sound), on=["table", "row"], how="left", maintain_order="left"
    )
    return _Compared(joined, kept, rows.with_columns(pl.col("sound").fill_null(value=False)))


def _refusals(compared: _Compared, asked: Request) -> Iterator[str]:
    """Why a file does not go with the books, or is not of the kind that was asked; nothing where it may come in."""
    yield from _unkept(compared.joined.stated)
    clashes = compared.joined.clashes
    if not clashes.is_empty():
        yield f"the file does not go with what is in the books: {clashes['message'][0]}"
    coming = compared.coming()
    if asked.kind != "opening" and "locks" in coming["table"]:
        yield (
            "locks: saw a lock in a later import; expected none, since months are locked here. Leave the table out, "
            "and lock the month when its checklist is done."
        )
    if asked.kind != "opening" and not asked.revision and choices.chosen("revisions_only") == "on":
        own = coming.filter(pl.col("table").is_in(OWN))["table"].unique(maintain_order=True)
        if own.len():
            yield (
                f"{', '.join(own)}: saw rows that the books do not have; these books take them by revisions alone, "
                "which a second person approves. Leave them out, and propose a revision."
            )


def _unkept(stated: Tables) -> Iterator[str]:
    """That a text cannot be kept."""
    for name, frame in stated.items():
        if any(frame.select(pl.col(pl.String).str.contains("\0", literal=True).any()).row(0)):
            yield f"{name}: saw the character U+0000; expected text. Remove it in the source."
        if any(frame.select((pl.col(pl.String) == bulk.MISSING).any()).row(0)):
            yield f"{name}: saw a text that is {bulk.MISSING} alone; expected words. Change it."


def _otherwise(changes: pl.DataFrame, coming: pl.DataFrame) -> str:
    """That rows say otherwise than the books, with the first differences."""
    rows = coming.filter(pl.col("state").is_in(["changed", "extended"])).height
    told = versions.told(changes)
    more = f"; and {len(told) - _SHOWN} more" if len(told) > _SHOWN else ""
    return (
        f"{rows} row{'s say' if rows > 1 else ' says'} otherwise than the books: "
        f"{'; '.join(told[:_SHOWN])}{more}. Nothing was imported. If it is right, import it as a correction."
    )


def _keep(act: events.Act, asked: Request, compared: _Compared) -> Imported:
    """Add what is new, its files and findings, under the event of the act."""
    day, joined = acts.ledger_day(act.at), compared.joined
    over = pending.over(joined.stated, joined.findings)
    counts = compared.counts()
    sums = compared.totals()
    no = _add_import(act, asked, totals.as_json(sums), day)
    act.subject = f"import {no}: {asked.name}"
    act.body["counts"] = {
        table: {"added": str(added), "known": str(known), "corrected": str(corrected), "left_out": str(left_out)}
        for table, added, known, corrected, left_out in counts.rows()
    }
    for name in counts["table"]:
        rows = compared.new(name).with_columns(import_no=pl.lit(no, pl.Int64))
        # Only history says on which day it became known.
        rows = rows.with_columns(known_on=pl.col("known_on") if asked.kind == "opening" else pl.lit(day))
        covering.cover(act, facts.PREFIX + name, versions.as_kept(name, rows))
    covering.cover(act, "dispositions", pl.DataFrame({"finding_no": over}).with_columns(
        verdict=pl.lit("over"), reason=pl.lit(f"import {no} has the rows of its file again, without it"),
    ))  # fmt: skip
    _add_findings(act, no, joined.findings)
    return Imported(no, asked.kind, counts, joined.findings, sums)


def _add_import(act: events.Act, asked: Request, sums: str, day: date) -> int:
    hashes = {name: canonical.sha256(content) for name, content in asked.files.items()}
    for name, content in asked.files.items():
        if not models.File.objects.filter(sha256=hashes[name]).exists():
            models.File.objects.create(sha256=hashes[name], size=len(content), content=content)
    row = {
        "name": asked.name, "files": canonical.text(hashes), "kind": asked.kind, "reason": asked.reason, "totals": sums,
        "known_on": day,
    }  # fmt: skip
    return int(covering.cover(act, "imports", pl.DataFrame([row]))["no"][0])


def _add_findings(act: events.Act, no: int, found: pl.DataFrame) -> None:
    """Keep the findings that do not stand already."""
    told = ["code", "table", "id", "column", "value"]
    fresh = found.join(pending.kept(), on=told, how="anti", nulls_equal=True, maintain_order="left")
    left_out = (pl.col("severity") == "blocks") | (pl.col("code") == "payment_without_invoice")
    covering.cover(
        act, "findings", fresh.rename({"id": "row_id"}).with_columns(left_out=left_out, import_no=pl.lit(no, pl.Int64))
    )
