"""Mappings of sources are kept by name; the last one counts."""

import pytest

from ratable.bundle import mapping
from ratable.ledger import models
from ratable.operations import acts, mappings
from tests.stores import Store

ONE = mapping.Mapping("invoices", {"id": "No"}, {"currency": "USD"}, "day", ",")
OTHER = mapping.Mapping("invoices", {"id": "Number"})


def test_the_last_mapping_of_a_source_counts_and_the_first_one_stays(store: Store) -> None:
    mappings.keep(store.actor("ben"), " billing ", ONE)
    mappings.keep(store.actor("ben"), "billing", ONE)
    assert mappings.known() == {"billing": ONE}

    mappings.keep(store.actor("ben"), "billing", OTHER)

    assert mappings.known() == {"billing": OTHER}
    assert models.SourceMapping.objects.count() == 2


@pytest.mark.parametrize(("source", "said"), [(" ", ONE), ("s" * 81, ONE), ("billing", mapping.Mapping("invoices"))])
def test_a_mapping_without_a_name_or_a_column_is_refused(store: Store, source: str, said: mapping.Mapping) -> None:
    with pytest.raises(acts.Refused):
        mappings.keep(store.actor("ben"), source, said)


def test_a_viewer_keeps_none(store: Store) -> None:
    with pytest.raises(acts.Denied):
        mappings.keep(store.actor("vic"), "billing", ONE)
