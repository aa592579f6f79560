"""Saved views: a person keeps an address under a name, finds it in the menu and in the search, and lets it go."""

import pytest
from django.test import Client

from ratable.ledger import models as ledger
from ratable.web import models, saved
from tests.stores import Store
from tests.web.conftest import SignedIn

ADDRESS = "/journals?period=2026-02&kind=billing"


@pytest.fixture
def ben(store: Store, signed_in: SignedIn) -> Client:
    client = signed_in("ben")
    assert client.post("/views", {"name": "Bills", "address": ADDRESS}).headers["Location"] == ADDRESS
    return client


def test_ui_16_a_view_stands_in_the_menu_of_its_screen_and_in_the_search(ben: Client) -> None:
    link = '<a href="/journals?period=2026-02&amp;kind=billing">Bills</a>'

    assert link in ben.get("/journals").content.decode()
    assert link not in ben.get("/roll-forward").content.decode()
    assert "<span>Bills</span>" in ben.get("/palette?words=bil").content.decode()
    assert "<span>Bills</span>" not in ben.get("/palette?words=roll").content.decode()


def test_a_view_of_the_same_name_replaces_the_one_before(ben: Client) -> None:
    ben.post("/views", {"name": " Bills ", "address": "/waterfall"})

    assert list(models.SavedView.objects.values_list("name", "address")) == [("Bills", "/waterfall")]


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_views_are_of_one_person_alone(ben: Client, signed_in: SignedIn) -> None:
    dana, (view,) = signed_in("dana"), models.SavedView.objects.all()

    assert "Bills" not in dana.get("/journals").content.decode()
    assert "Bills" not in dana.get("/palette?words=bil").content.decode()
    assert dana.post("/views/delete", {"no": view.pk}).status_code == 404
    assert ben.get("/views/delete").status_code == 303
    assert models.SavedView.objects.count() == 1


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_view_is_let_go_and_no_event_speaks_of_it(ben: Client) -> None:
    (view,) = models.SavedView.objects.all()
    before = ledger.Event.objects.count()

    assert ben.post("/views/delete", {"no": view.pk}).headers["Location"] == ADDRESS
    assert not models.SavedView.objects.exists()
    assert ledger.Event.objects.count() == before


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("Out", "https://example.com/"), ("Out", "//example.com/"), ("Out", "/\\example.com"), ("Out", "journals"),
        ("Run", "javascript:alert(1)"), ("", "/journals"), ("n" * 61, "/journals"), ("a\nb", "/journals"),
        ("Long", "/journals?words=" + "w" * 2_000),
    ],
)  # fmt: skip
def test_what_is_no_view_is_refused(ben: Client, name: str, address: str) -> None:
    refused = ben.post("/views", {"name": name, "address": address})

    assert (refused.status_code, "view: " in refused.content.decode()) == (409, True)
    assert models.SavedView.objects.count() == 1


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_name_is_text(ben: Client) -> None:
    ben.post("/views", {"name": "<script>alert(1)</script>", "address": "/journals"})

    assert "<script>alert" not in ben.get("/journals").content.decode()
    assert "<script>alert" not in ben.get("/palette?words=alert").content.decode()


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_menu_holds_so_many(ben: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved, "MOST", 1)

    assert ben.post("/views", {"name": "Other", "address": "/journals"}).status_code == 409
    assert ben.post("/views", {"name": "Bills", "address": "/journals"}).status_code == 303
