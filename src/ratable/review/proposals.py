"""A proposal: the typed fix that a flag carries, which a person may accept; it is data, and does nothing by itself.

Worked example: the clause of C-12-1 says 15 January, the line says 1 January. The fix is
{"kind": "correct", "table": "contract_lines", "row": "C-12-1", "values": {"start": "2026-01-15"}}: accepted, it becomes
an ordinary import correction by the person who accepted it, with its before and after by month shown first.

Kinds: `correct` a value of a row; `add` a row that is missing (an invoice, an amendment, a credit note); `credit` an
invoice that came twice, by a credit note for all of it; `post` an entry by hand, or its reversal; `except` what is
right as it stands, as an accepted exception with a reason (a price outside the range of its SSP).
"""

import json
from dataclasses import asdict, dataclass, field

KINDS = ("correct", "add", "credit", "post", "except")


@dataclass(frozen=True)
class Fix:
    """One typed proposal; `values` are texts by column, as a bundle writes them."""

    kind: str
    table: str
    row: str
    values: dict[str, str] = field(default_factory=dict)

    def text(self) -> str:
        """As JSON with sorted keys: the same fix is the same text."""
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)


def read(text: str) -> Fix:
    """A fix from its text.

    Raises:
        ValueError: it is none.
    """
    given = json.loads(text)
    if not isinstance(given, dict) or given.get("kind") not in KINDS:
        raise ValueError(f"a fix: saw {text[:200]!r}; expected one of {', '.join(KINDS)} as JSON.")
    return Fix(str(given["kind"]), str(given["table"]), str(given["row"]), dict(given["values"]))
