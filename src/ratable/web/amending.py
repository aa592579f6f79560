"""What a person types to amend a contract: read from a form, written as a bundle, its faults beside their fields.

Worked example: `op-0=change`, `line-0=C-1-1`, `price_change-0=3000.00` is the change of line C-1-1 in amendment
A-C-1-1; typed as `3.000,00` it gives the sentence "saw 3.000,00; expected digits without marks between them ..." for
the field `price_change-0`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from ratable.operations import typed

TREATMENTS = {
    "separate": ("Separate contract", "606-10-25-12",
                 "The lines added are distinct and at their standalone selling prices; nothing else changes."),
    "prospective": ("Prospective", "606-10-25-13(a)",
                    "What remains is distinct from what was delivered: what is not recognized yet is shared anew."),
    "catch_up": ("Catch-up", "606-10-25-13(b)",
                 "What remains is not distinct: progress is measured anew, and the difference moves at once."),
}  # fmt: skip
_OF_ALL = ("id", "effective_on", "approved_on", "reason")
_CHANGED = ("price", "price_change", "quantity", "end", "ssp")
_ADDED = ("product", "start", "end", "price", "ssp", "method", "quantity", "unit_price")
_HEAD = (
    ("id", "Amendment", "text"), ("effective_on", "Effective on", "date"), ("approved_on", "Approved on", "date"),
    ("reason", "What was agreed", "text"),
)  # fmt: skip
_TITLES = {
    "line": "New line", "product": "Product", "start": "Start", "end": "End", "price": "Price, whole life",
    "price_change": "or price rises by", "quantity": "Quantity", "ssp": "SSP, whole line", "method": "Method",
    "unit_price": "Unit price", "frequency": "Billed",
}  # fmt: skip
_KINDS = {"start": "date", "end": "date", "product": "product", "method": "method", "frequency": "frequency"}
_OWN = ("line", "op", "frequency", *_CHANGED, *_ADDED)


@dataclass(frozen=True)
class Field:
    """One field of a form: its name, title, what was typed, and what is wrong with that."""

    name: str
    title: str
    value: str = ""
    error: str = ""
    kind: str = "text"


@dataclass(frozen=True)
class Draft:
    """An amendment as it is typed: `given` are the fields by name, `lines` those of the contract in their order."""

    contract: str
    lines: tuple[str, ...]
    given: Mapping[str, str]

    @property
    def amendment(self) -> str:
        """Its id."""
        return self.get("id")

    @property
    def places(self) -> list[int]:
        """The places of the lines that are changed, removed or added."""
        added = range(len(self.lines), len(self.lines) + self.adds)
        changed = [place for place in range(len(self.lines)) if self.get(f"op-{place}")]
        return [*changed, *(place for place in added if self.get(f"line-{place}"))]

    @property
    def adds(self) -> int:
        """How many lines there is room to add."""
        said = self.get("adds", "1")
        return min(int(said), 20) if said.isdecimal() else 1

    def get(self, name: str, default: str = "") -> str:
        """A field as it was typed, without spaces around it."""
        return self.given.get(name, default).strip()

    def kept(self) -> dict[str, str]:
        """All that was typed, to be carried along."""
        own = {name for name in self.given if name.rpartition("-")[0] in _OWN}
        return {name: self.given[name] for name in (*_OF_ALL, "adds", *sorted(own)) if self.given.get(name)}

    def document(self, treatment: str = "auto", reason: str = "") -> typed.Document:
        """The amendment as a bundle."""
        head = {name: self.get(name) for name in _OF_ALL} | {"contract": self.contract, "treatment": treatment}
        said = {"reason": reason or self.get("reason"), "changes": [self._change(at) for at in self.places]}
        return {"amendments": [head | said]}

    def missing(self) -> dict[str, str]:
        """What has to be said and is not, by field."""
        absent = {name: "Fill it in." for name in _OF_ALL if not self.get(name)}
        return absent if self.places else absent | {"": "Nothing changes yet. Change, remove or add a line."}

    def only_adds(self) -> bool:
        """Whether it changes no line that is there."""
        return all(place >= len(self.lines) for place in self.places)

    def errors(self, findings: pl.DataFrame) -> dict[str, str]:
        """Findings that block, each beside the field that it is about; under an empty name what is about none."""
        return dict(self._told(findings.filter(pl.col("severity") == "blocks")))

    def head(self, errors: Mapping[str, str]) -> list[Field]:
        """The fields of the amendment itself."""
        return [Field(name, title, self.get(name), errors.get(name, ""), kind) for name, title, kind in _HEAD]

    def line(self, place: int, errors: Mapping[str, str]) -> tuple[str, Field, list[Field]]:
        """A line of the contract: its id, what is done with it, and its other fields."""
        done = Field(f"op-{place}", "What", self.get(f"op-{place}"), errors.get(f"op-{place}", ""))
        return self.lines[place], done, self._fields(place, _CHANGED, errors)

    def added(self, place: int, errors: Mapping[str, str]) -> list[Field]:
        """The fields of a line that is added."""
        return self._fields(place, ("line", *_ADDED, "frequency"), errors)

    def _fields(self, place: int, names: tuple[str, ...], errors: Mapping[str, str]) -> list[Field]:
        return [
            Field(f"{name}-{place}", _TITLES[name], self.get(f"{name}-{place}"), errors.get(f"{name}-{place}", ""),
                  _KINDS.get(name, "text"))
            for name in names
        ]  # fmt: skip

    def _told(self, findings: pl.DataFrame) -> Iterator[tuple[str, str]]:
        for found in findings.iter_rows(named=True):
            says = str(found["message"]).partition(": ")[2] or str(found["message"])
            column = str(found["column"] or "").removeprefix("billing.")
            if found["table"] == "amendments" and column in _OF_ALL:
                yield column, says
            elif found["table"] == "amendment_changes" and found["row"] and column in _OWN:
                yield f"{column}-{self.places[found['row'] - 1]}", says
            else:
                yield "", str(found["message"])

    def _change(self, place: int) -> dict[str, object]:
        if place < len(self.lines):
            changed = {name: self.get(f"{name}-{place}") for name in _CHANGED}
            return {"op": self.get(f"op-{place}"), "line": self.lines[place], **changed}
        cells = {name: self.get(f"{name}-{place}") for name in _ADDED}
        billing = {"frequency": self.get(f"frequency-{place}")}
        return {"op": "add", "line": self.get(f"line-{place}"), **cells, "billing": billing}
