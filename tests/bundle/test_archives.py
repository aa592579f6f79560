"""A zip is opened with care: what would fill the memory or leave the archive is refused unopened."""

import io
import zipfile

import pytest

from ratable.bundle import archives, sources


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def test_members_are_read_and_what_is_hidden_is_not() -> None:
    data = zipped({"books/customers.csv": b"id,name\n", "__MACOSX/x": b"", "books/.DS_Store": b""})

    assert archives.members(data, "bundle.zip") == {"books/customers.csv": b"id,name\n"}


REFUSED = {
    "a bomb": ({"customers.csv": b"0" * 50_000_000}, "over 250 times its size"),
    "a way out": ({"../customers.csv": b"id,name\n"}, "leads out of the archive"),
    "a drive": ({"C:\\customers.csv": b"id,name\n"}, "leads out of the archive"),
    "an absolute path": ({"/customers.csv": b"id,name\n"}, "leads out of the archive"),
    "an archive within": ({"inner.zip": zipped({})}, "an archive in an archive"),
}


@pytest.mark.parametrize(("files", "reason"), REFUSED.values(), ids=REFUSED)
def test_a_hostile_zip_is_refused(files: dict[str, bytes], reason: str) -> None:
    with pytest.raises(sources.Unreadable, match=reason):
        archives.members(zipped(files), "bundle.zip")


def test_the_declared_size_counts_before_anything_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_BYTES", 10)

    with pytest.raises(sources.Unreadable, match="more than 2 GiB"):
        archives.members(zipped({"customers.csv": b"id,name\nacme,Acme\n"}), "bundle.zip")


def test_a_damaged_member_is_refused() -> None:
    data = bytearray(zipped({"customers.csv": b"id,name\nacme,Acme\n" * 20}))
    data[45] ^= 0xFF

    with pytest.raises(sources.Unreadable, match="damaged"):
        archives.members(bytes(data), "bundle.zip")
