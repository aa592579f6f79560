"""Bundles as they are sent: one document, zip or workbook as the content, or files in a form.

Worked example: `curl --data-binary @march.yaml -H 'Content-Type: application/yaml'` sends one document;
`curl -F file=@contracts.csv -F file=@contract_lines.csv` sends two tables that are read as a folder of them would be.

Refuses content that is too large before it is read, and what is no bundle; zips are opened by `bundle.archives`.
"""

from pathlib import Path, PurePosixPath

from django.http import HttpRequest

from ratable.api import problems
from ratable.bundle import flat_files, reading
from ratable.ledger import canonical

MOST_BYTES = 256 * 2**20
MEDIA_TYPES = {
    "application/json": "bundle.json",
    "application/yaml": "bundle.yaml",
    "application/x-yaml": "bundle.yaml",
    "text/yaml": "bundle.yaml",
    "application/zip": "bundle.zip",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "bundle.xlsx",
}
"""Media type of the content: the name that a bundle has where none is said."""

FORM = "multipart/form-data"
_TABLES = (".csv", ".parquet")


def received(request: HttpRequest) -> dict[str, bytes]:
    """The files of a request by name, read once.

    Raises:
        problems.Problem: they are too large, or of no known media type.
    """
    held: dict[str, bytes] | None = getattr(request, "bundle_files", None)
    if held is None:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length) > MOST_BYTES:
            raise _too_large()
        held = _of_form(request) if request.content_type == FORM else _of_content(request)
        request.bundle_files = held
    return held


def fingerprint(request: HttpRequest) -> str:
    """SHA-256 of the files of a request with their names."""
    parts = [[name, canonical.sha256(content)] for name, content in sorted(received(request).items())]
    return canonical.sha256(canonical.text(parts))


def opened(files: dict[str, bytes], name: str = "") -> reading.Opened:
    """The bundle in some files, read and not checked.

    Args:
        files: one file of any form of a bundle, or tables as CSV and Parquet.
        name: what the bundle is called in the books; empty: as the file.

    Raises:
        reading.Unreadable: they are no bundle.
    """
    if not files:
        raise reading.Unreadable("the request has no file; send a bundle as its content, or files in a form.")
    first = next(iter(files))
    if len(files) == 1 and (form := _suffix(first)) in reading.FORMS:
        return reading.Opened(Path(name or first), files, reading.FORMS[form](files[first], first))
    strange = [file for file in files if _suffix(file) not in _TABLES]
    if strange:
        raise reading.Unreadable(
            f"{strange[0]}: no form of a bundle; send a .yaml, .json, .xlsx or .zip file alone, or tables as TABLE.csv "
            "or TABLE.parquet."
        )
    return reading.Opened(Path(name or "files"), files, flat_files.read({**files}, name or "files"))


def _of_form(request: HttpRequest) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for _, sent in request.FILES.lists():
        for file in sent:
            if file.name in files:
                raise reading.Unreadable(f"{file.name}: comes twice; send it once.")
            files[PurePosixPath(file.name or "bundle").name] = file.read()
    return files


def _of_content(request: HttpRequest) -> dict[str, bytes]:
    if request.content_type not in MEDIA_TYPES:
        raise problems.Problem(
            "unreadable", f"Content-Type: saw {request.content_type!r}; expected one of "
            f"{', '.join(MEDIA_TYPES)} or {FORM}."
        )  # fmt: skip
    content = request.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise _too_large()
    return {MEDIA_TYPES[request.content_type]: content} if content else {}


def _too_large() -> problems.Problem:
    return problems.Problem(
        "too-large", f"the content has more than {MOST_BYTES // 2**20} MiB; send a zip of Parquet files, or parts."
    )


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.lower()
