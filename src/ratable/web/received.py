"""Files that a person sent and has not imported yet: what they may be, where they wait, and the bundle in them.

Worked example: Ben drops `stripe-march.csv`, which is no table of a bundle. It waits under a random name; once he has
said how its columns are read, `opened` gives the invoices in it, together with the file as it was sent, the mapping and
the table that came of both, all of which the import will keep.

Refused: a file of another kind than its name says, one that is empty or too large, and what somebody else sent.
"""

import json
import secrets
from collections.abc import Iterable
from datetime import timedelta
from functools import lru_cache
from pathlib import Path, PurePosixPath

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from ratable.api import uploads
from ratable.bundle import mapping, reading
from ratable.core import tables
from ratable.ledger import canonical, events
from ratable.operations import acts, clock, import_bundle
from ratable.web import models, state

KEPT = timedelta(days=1)
MOST_FILES = 100
_ZIPPED = (".zip", ".xlsx")
_TEXTS = (".yaml", ".yml", ".json", ".csv")
SUFFIXES = (*_TEXTS, *_ZIPPED, ".parquet")
_BEGINS = {".zip": b"PK", ".xlsx": b"PK\x03\x04", ".parquet": b"PAR1"}


def keep(person: str, sent: Iterable[UploadedFile]) -> models.Upload:
    """Keep files until they are imported, and throw away what others left lying.

    Raises:
        acts.Refused: there is none, or one that cannot be imported.
    """
    files = {}
    for file in sent:
        name = PurePosixPath((file.name or "").replace("\\", "/")).name
        if name in files:
            raise acts.Refused(f"{name}: comes twice; send it once.")
        files[name] = _sound(name, file)
    if not files or len(files) > MOST_FILES:
        raise acts.Refused(f"files: saw {len(files)}; expected one at least, and at most {MOST_FILES}.")
    with transaction.atomic():
        models.Upload.objects.filter(made_at__lt=clock.now() - KEPT).delete()
        token = secrets.token_urlsafe(24)
        made: models.Upload = models.Upload.objects.create(token=token, person=person, made_at=clock.now())
        for name, content in files.items():
            models.UploadedFile.objects.create(upload=made, name=name, content=content)
    return made


def _sound(name: str, file: UploadedFile) -> bytes:
    suffix = PurePosixPath(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise acts.Refused(f"{name}: no form of a bundle; expected {', '.join(SUFFIXES)}.")
    if not file.size or file.size > uploads.MOST_BYTES:
        raise acts.Refused(
            f"{name}: has {file.size or 0:,} bytes; expected some, and at most {uploads.MOST_BYTES // 2**20} MiB."
        )
    content: bytes = file.read()
    if not content.startswith(_BEGINS.get(suffix, b"")):
        raise acts.Refused(f"{name}: its content is no {suffix[1:]} file; save it again, or give it its right name.")
    return content


def held(token: str, person: str) -> models.Upload:
    """The files that a person sent.

    Raises:
        state.Unclear: there are none of that name, or they are somebody else's.
    """
    found: models.Upload | None = models.Upload.objects.filter(token=token, person=person).first()
    if found is None:
        raise state.Unclear("upload: there is none of yours here; files wait for a day. Send them again.")
    return found


def files(upload: models.Upload) -> dict[str, bytes]:
    """Its files by name."""
    return {file.name: bytes(file.content) for file in upload.uploadedfile_set.order_by("id")}


def strange(sent: dict[str, bytes]) -> str:
    """The name of a CSV that is no table of a bundle, and so has to be mapped; empty where there is none.

    Raises:
        acts.Refused: there are others beside it.
    """
    named = [name for name in sent if name.lower().endswith(".csv") and PurePosixPath(name).stem not in tables.TABLES]
    if named and len(sent) > 1:
        raise acts.Refused(f"{named[0]}: is no table of a bundle, and its columns have to be mapped; send it alone.")
    return named[0] if named else ""


def opened(upload: models.Upload) -> reading.Opened:
    """The bundle in the files of an upload, by its mapping where it has one.

    Raises:
        reading.Unreadable: they are no bundle.
        acts.Refused: the file lacks a column that its mapping reads.
    """
    sent = files(upload)
    if not upload.mapping:
        return uploads.opened(sent)
    said = mapping.of(json.loads(upload.mapping))
    name, content = next(iter(sent.items()))
    made = mapping.mapped(mapping.read(content, name), said)
    if made.missing.height:
        raise acts.Refused(made.missing["message"][0])
    table = made.source.tables[said.table].drop("row").write_csv().encode()
    kept = {name: content, "mapping.json": upload.mapping.encode(), f"mapped-{said.table}.csv": table}
    return reading.Opened(Path(name), kept, made.source)


def mapped(upload: models.Upload, source: str, said: mapping.Mapping) -> None:
    """Say how the columns of an upload are read."""
    upload.mapping, upload.source = canonical.text(said.document()), source
    upload.save(update_fields=["mapping", "source"])


def checked(upload: models.Upload) -> import_bundle.Checked:
    """What an import of an upload would do to the books as they are now."""
    return _checked(upload.token, upload.mapping, events.last()[1])


@lru_cache(maxsize=4)
def _checked(token: str, _: str, __: str) -> import_bundle.Checked:
    return import_bundle.check(opened(models.Upload.objects.get(token=token)))
