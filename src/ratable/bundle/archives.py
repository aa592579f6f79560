"""Opens a zip without trusting it.

Worked example: a zip of 40 kB that says it holds a file of 40 MB is refused before anything is unpacked: it is a
thousand times its own size, and no table is.

Refuses what would fill the memory (declared or real size), names that lead out of the archive, archives within the
archive, encrypted members, and what is no zip. Nothing is ever unpacked to disk.
"""

import io
import zipfile
import zlib

from ratable.bundle import sources

MOST_BYTES = 2 * 2**30
MOST_RATIO = 250
MOST_MEMBERS = 10_000
_SMALL = 2**20


def members(data: bytes, name: str) -> dict[str, bytes]:
    """The files of a zip by their path in it; folders and what an operating system hides are left out.

    Raises:
        Unreadable: it is no zip, is damaged, encrypted, too large, or has a name that leads elsewhere.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir() and not _hidden(entry.filename)]
            _refuse(entries, name)
            return {entry.filename: archive.read(entry) for entry in entries}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise sources.Unreadable(f"{name}: damaged, encrypted or no zip ({error}); make it again.") from error


def _hidden(path: str) -> bool:
    return path.startswith("__MACOSX/") or path.rsplit("/", 1)[-1].startswith(".")


def _refuse(entries: list[zipfile.ZipInfo], name: str) -> None:
    if len(entries) > MOST_MEMBERS:
        raise sources.Unreadable(f"{name}: {len(entries)} files; a bundle has one for each table.")
    if sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise sources.Unreadable(f"{name}: more than 2 GiB when unpacked; give a folder of Parquet files instead.")
    for entry in entries:
        path = entry.filename
        if entry.file_size > _SMALL and entry.file_size > MOST_RATIO * entry.compress_size:
            raise sources.Unreadable(
                f"{name}: {path} would unpack to over {MOST_RATIO} times its size; it was not opened."
            )
        if path.startswith(("/", "\\")) or ".." in path.replace("\\", "/").split("/") or ":" in path:
            raise sources.Unreadable(f"{name}: the file name {path!r} leads out of the archive; it was not opened.")
        if path.lower().endswith((".zip", ".gz", ".tar", ".7z")):
            raise sources.Unreadable(f"{name}: {path} is an archive in an archive; put the tables in one zip.")
