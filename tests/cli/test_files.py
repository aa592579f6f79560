from pathlib import Path

import pytest

from ratable.cli import files, refusals


def test_an_interrupt_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "books.csv"
    path.write_text("before")

    def interrupted() -> None:
        with files.written(path) as out:
            out.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_appears_when_all_is_written(tmp_path: Path) -> None:
    path = tmp_path / "books.csv"
    with files.written(path) as out:
        out.write(b"whole")
        assert not path.exists()

    assert path.read_bytes() == b"whole"


def test_a_folder_in_the_way_is_refused(tmp_path: Path) -> None:
    with pytest.raises(refusals.Refusal, match="cannot write"), files.written(tmp_path):
        pass
