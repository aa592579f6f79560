"""Checks new rows together with rows that are kept already, so that a part of a bundle is as sound as the whole.

Worked example: the invoice line I-1-1 of 31.00 and a credit note of 20.00 on it are kept. A file with one more credit
note of 15.00, and nothing else, is read as if it held all three: the new note is `over_credit` and is left out. What is
kept stays as it is.

Kept rows are numbered below 1 here, and so told from new ones. A row that comes again takes the place of the kept one.
"""

from dataclasses import dataclass

import polars as pl

from ratable.bundle import checking, faults, parsing, sources, writing
from ratable.core import findings, tables

Tables = dict[str, pl.DataFrame]


@dataclass(frozen=True)
class Joined:
    """New rows that are sound beside what is kept.

    `stated` has all new rows as the file has them, `sound` those that may join what is kept, with days filled in;
    `findings` are those of new rows, and of kept ones that do not allow a new one; `raw` are the new rows as written.
    `clashes` are findings of kept rows that leaving new rows out did not heal.
    """

    stated: Tables
    sound: Tables
    findings: pl.DataFrame
    raw: Tables
    clashes: pl.DataFrame


def check(source: sources.Source, kept: Tables) -> Joined:
    """The rows of a source, checked beside kept ones.

    Args:
        source: raw tables.
        kept: every declared table, typed, as it was stated; together they are sound.
    """
    parsed = parsing.parse(source, kept)
    checked = checking.check(_beside(parsed, kept))
    sound = {name: frame.filter(pl.col("row") > 0) for name, frame in checked.tables.items()}
    told, hurt = _of_new_rows(checked.findings), _hurt(checked.findings)
    clashes = hurt if hurt.is_empty() else _hurt(checking.check(_beside(_only(parsed, sound), kept)).findings)
    return Joined(parsed.tables, sound, told, parsed.raw, clashes)


def key(table: str) -> list[str]:
    """The columns by which a row is known again; of an account rule, all that it asks for."""
    declared = tables.TABLES[table]
    return list(declared.key) or [c.name for c in declared.columns if c.name != "account"]


def _beside(parsed: parsing.Parsed, kept: Tables) -> parsing.Parsed:
    """New rows and the kept ones that they do not replace, as one."""
    if all(frame.is_empty() for frame in kept.values()):
        return parsed
    others = {}
    for name, frame in kept.items():
        rest = frame.join(parsed.tables[name], on=key(name), how="anti", nulls_equal=True, maintain_order="left")
        others[name] = rest.with_columns(row=-pl.int_range(rest.height, dtype=pl.Int64))
    typed = {name: pl.concat([parsed.tables[name], rest]) for name, rest in others.items()}
    raw = {}
    for name, rest in others.items():
        # In the words of a file, for findings: the decimals of an amount hang on rows of both.
        words = writing.texts(typed, name).tail(rest.height)
        raw[name] = pl.concat([_words(parsed.raw[name]), words.with_columns(rest["row"])])
    return parsing.Parsed(typed, raw, parsed.findings)


def _words(raw: pl.DataFrame) -> pl.DataFrame:
    return raw.select(*(faults.text(raw, name) for name in raw.columns if name != "row"), "row")


def _only(parsed: parsing.Parsed, sound: Tables) -> parsing.Parsed:
    """The sound rows alone; that their cells were read is known."""
    typed = {
        name: frame.join(sound[name], on="row", how="semi", maintain_order="left")
        for name, frame in parsed.tables.items()
    }
    return parsing.Parsed(typed, parsed.raw, [])


def _hurt(found: pl.DataFrame) -> pl.DataFrame:
    """Findings that block kept rows."""
    return found.filter((pl.col("row") < 1) & (pl.col("severity") == "blocks"))


def _of_new_rows(found: pl.DataFrame) -> pl.DataFrame:
    """Findings of new rows, and those of kept rows that say why a new one is not allowed.

    What a kept row names is kept as well: where it is not found, it came again and is at fault, which is told there.
    """
    kept = pl.col("row") < 1
    why = (pl.col("severity") == "blocks") & (pl.col("code") != "unknown_id")
    nowhere = pl.when(kept).then(pl.col("message").str.replace(r" \(row -?\d+\)", "")).otherwise("message")
    told = found.filter(~kept.fill_null(value=False) | why)
    return findings.combine([told.with_columns(message=nowhere, row=pl.when(~kept).then("row"))])
