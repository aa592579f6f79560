"""The steps of a close, for tests that need posted entries: import, propose, approve as another person, post."""

from datetime import date
from pathlib import Path
from typing import Any

import yaml

from ratable.operations import decide, import_bundle, propose
from tests import stores
from tests.stores import Store


def written(folder: Path, given: dict[str, Any] | str) -> Path:
    """A bundle as a file of its own."""
    path = folder / f"bundle-{len(list(folder.glob('bundle-*')))}.yaml"
    path.write_text(given if isinstance(given, str) else yaml.safe_dump(given, sort_keys=False))
    return path


def bring(store: Store, path: Path, *, reason: str = "", correction: bool = False) -> import_bundle.Imported:
    """Import a bundle as Ben."""
    return import_bundle.import_bundle(store.actor("ben", reason), path, correction=correction)


def post(store: Store, through: date | str) -> int | None:
    """Post all that is missing through a day; the run, or None where nothing was."""
    day = date.fromisoformat(through) if isinstance(through, str) else through
    made = propose.propose(store.actor("ben"), day)
    if made.run is not None:
        decide.approve(store.actor("dana"), made.run, made.hash)
        decide.post(store.actor("dana"), made.run)
    return made.run


def posted(store: Store, folder: Path, given: dict[str, Any] | str, *through: date | str) -> Path:
    """A bundle imported and posted through each of some days, made once for all tests that begin so; its file."""
    path = written(folder, given)

    def make() -> None:
        bring(store, path)
        for day in through:
            post(store, day)

    stores.once(f"{path.name} {path.read_text()} posted through {through}", store, make)
    return path
