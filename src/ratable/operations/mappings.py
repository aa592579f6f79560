"""Keeps how the files of other systems become tables of a bundle, by the name that people give to the source.

Worked example: Ben maps the columns of `stripe-march.csv` to invoices and keeps that as "stripe, invoices". In
April the file of that source is mapped by itself. When its columns change he keeps a second mapping under the name; the
first one stays, with the imports that were made by it.

Refuses a source without a name, and a mapping that reads no column.
"""

import json

import polars as pl

from ratable.bundle import mapping
from ratable.core import tables
from ratable.ledger import canonical, covering, models
from ratable.operations import acts

LONGEST = 80


def keep(actor: acts.Actor, source: str, said: mapping.Mapping) -> None:
    """Keep a mapping as the last one of its source; the same one again is known, and adds nothing.

    Args:
        actor: a preparer or controller.
        source: its name.
        said: the mapping.

    Raises:
        acts.Refused: the source has no name or the mapping no column, or the actor may not.
    """
    name = acts.normal(source.strip())
    if not name or len(name) > LONGEST:
        raise acts.Refused(f"source: saw {source[:LONGEST]!r}; expected a name of at most {LONGEST} characters.")
    if said.table not in tables.TABLES or not said.columns:
        raise acts.Refused("mapping: saw no column of the file; expected one at least. Choose where columns come from.")
    if known().get(name) == said:
        return
    with acts.begin(actor, "keep a mapping", name) as act:
        row = {"source": name, "mapping": canonical.text(said.document())}
        covering.cover(act, "source_mappings", pl.DataFrame([row]))


def known() -> dict[str, mapping.Mapping]:
    """The last mapping of each source, by name."""
    kept = models.SourceMapping.objects.order_by("no").values_list("source", "mapping")
    last = {source: mapping.of(json.loads(said)) for source, said in kept}
    return dict(sorted(last.items()))
