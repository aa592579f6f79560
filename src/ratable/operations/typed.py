"""Facts that a person types on a screen, as the file that an import keeps.

Worked example: amendment A-1 of contract C-1 becomes the document `{"amendments": [{"id": "A-1", ...}]}`, which is
imported, checked and kept as "amendment A-1.json" like a file that somebody sent.
"""

import json
from pathlib import Path
from typing import Any

from ratable.bundle import reading

Document = dict[str, list[dict[str, Any]]]


def opened(document: Document, name: str) -> reading.Opened:
    """A document as an opened bundle.

    Args:
        document: rows by table, cells as texts; what is empty is left out.
        name: what the import is called.
    """
    file = f"{name.replace('/', '-')}.json"
    content = (json.dumps(_said(document), ensure_ascii=False, indent=2) + "\n").encode()
    return reading.Opened(Path(file), {file: content}, reading.FORMS[".json"](content, file))


def _said(cells: Any) -> Any:
    if isinstance(cells, dict):
        return {name: _said(value) for name, value in cells.items() if value not in ("", None, {})}
    return [_said(one) for one in cells] if isinstance(cells, list) else cells
