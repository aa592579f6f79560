"""One table of facts for each table of a bundle: every version of every row, with the import that brought it.

Worked example: contract C-1 imported on 3 March is the row `C-1, version 1, known_on 2026-03-03` of `fact_contracts`;
a correction on 9 April adds `C-1, version 2, known_on 2026-04-09`. Nothing is ever changed or removed.

The columns are those of `core.tables` in their form in memory: amounts in minor units, days as dates, lists as text
separated by ";". A dot in a name becomes an underscore.
"""

from django.db import models

from ratable.core import tables

PREFIX = "fact_"
# What the store adds to each fact: its place in the store, which version of its key it is, the import that brought it,
# the day it became known here, its row in the file, and the SHA-256 of all that.
KEPT = ("no", "version", "import_no", "known_on", "row", "digest")

_PARENTS = ("contract", "contract_line", "amendment", "line", "minimum", "invoice", "invoice_line", "credit_note")
_SHORT = 16  # Names of indexes have at most thirty letters.

_FIELDS = {
    "day": models.DateField,
    "amount": models.BigIntegerField,
    "unit_price": models.BigIntegerField,
    "quantity": models.BigIntegerField,
    "percent": models.BigIntegerField,
    "integer": models.BigIntegerField,
}


def column(name: str) -> str:
    """The column of the store that holds a column of a bundle: `billing.day` is kept in `billing_day`."""
    return name.replace(".", "_")


def columns(table: str) -> dict[str, tables.Column]:
    """Column of the store to column of the bundle; `known_on` is the store's own and is left out."""
    return {column(c.name): c for c in tables.TABLES[table].columns if c.name != "known_on"}


def _model(table: str) -> type[models.Model]:
    """The model of a bundle table; `key` is the text by which its versions belong together."""
    said = {
        name: _FIELDS.get(c.kind, models.TextField)(null=not c.required, help_text=c.says)
        for name, c in columns(table).items()
    }
    class_name = "".join(part.title() for part in table.split("_"))
    newer = models.Index(fields=["key"], condition=models.Q(version__gt=1), name=f"{PREFIX}{table}_newer")
    meta = type("Meta", (), {
        "app_label": "ledger",
        "db_table": PREFIX + table,
        "indexes": [newer, *_by_parent(table)],
        "constraints": [models.UniqueConstraint(fields=["key", "version"], name=f"{PREFIX}{table}_version")],
    })  # fmt: skip
    kept = {
        "no": models.BigIntegerField(primary_key=True),
        "key": models.TextField(),
        "version": models.BigIntegerField(),
        "import_no": models.ForeignKey("ledger.Import", models.PROTECT, db_column="import_no", db_index=True),
        "known_on": models.DateField(),
        "row": models.BigIntegerField(null=True),
        "digest": models.TextField(),
    }
    return type(class_name, (models.Model,), {"__module__": __name__, "Meta": meta, **kept, **said})


def _by_parent(table: str) -> list[models.Index]:
    """An index for each column that names another row: what belongs to a contract is found without a look at others."""
    named = [c for c in tables.TABLES[table].columns if c.name in _PARENTS]
    return [
        models.Index(
            fields=[c.name],
            condition=None if c.required else models.Q((f"{c.name}__isnull", False)),
            name=f"{table[:_SHORT]}_{c.name}",
        )
        for c in named
    ]


MODELS: dict[str, type[models.Model]] = {table: _model(table) for table in tables.TABLES}
