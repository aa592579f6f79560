import json

import polars as pl
import pytest

from ratable.ledger import canonical, covering, models, rows
from ratable.operations import acts
from tests.stores import Store

SETTINGS = {name: pl.Int64() if name in ("no", "event_no") else pl.String() for name in covering.columns("settings")}


def choices(*values: str) -> pl.DataFrame:
    return pl.DataFrame({"name": ["a choice"] * len(values), "value": values}, schema_overrides={"value": pl.String})


def covered() -> dict[str, dict[str, str]]:
    """What the last event says of the rows that it added."""
    event = models.Event.objects.order_by("-no").values_list("body", flat=True).first()
    said: dict[str, dict[str, str]] = json.loads(event)["what"]["rows"]
    return said


def test_an_event_says_which_rows_it_added_and_what_they_hold(store: Store) -> None:
    with acts.begin(store.actor("cora"), "set a choice") as act:
        covering.cover(act, "settings", choices("on"))
    with acts.begin(store.actor("cora"), "set a choice") as act:
        added = covering.cover(act, "settings", choices("off", "on"))

    kept = rows.select("SELECT no, name, value, event_no FROM settings WHERE no > 1 ORDER BY no", [], SETTINGS)
    assert kept.equals(added)
    assert kept["event_no"].to_list() == [act.no, act.no]
    assert covered()["settings"] == {
        "from": "2", "to": "3", "digest": canonical.of_all(covering.digests(kept)),
    }  # fmt: skip


def test_a_digest_covers_every_column_but_itself(store: Store) -> None:
    frame = pl.DataFrame({"no": [1], "through": [None], "content": [b"\xff\x00"]})

    same = covering.digests(frame.with_columns(digest=pl.lit("f")))

    assert same.equals(covering.digests(frame))
    for column, other in (("no", 2), ("through", "x"), ("content", b"\xff")):
        changed = frame.with_columns(pl.lit(other).alias(column))
        assert not covering.digests(changed).equals(same)


def test_nothing_added_is_not_mentioned(store: Store) -> None:
    with acts.begin(store.actor("cora"), "set a choice") as act:
        assert covering.cover(act, "settings", choices()).is_empty()

    assert covered() == {}


def test_an_act_covers_a_table_once(store: Store) -> None:
    with acts.begin(store.actor("cora"), "set a choice") as act:
        covering.cover(act, "settings", choices("on"))
        with pytest.raises(AssertionError, match="a second set of rows for settings"):
            covering.cover(act, "settings", choices("off"))

    assert models.Setting.objects.count() == 1


def test_a_column_that_is_not_given_is_refused(store: Store) -> None:
    with pytest.raises(pl.exceptions.ColumnNotFoundError), acts.begin(store.actor("cora"), "set a choice") as act:
        covering.cover(act, "settings", choices("on").drop("value"))
