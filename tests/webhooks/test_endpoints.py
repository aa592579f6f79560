"""Who may set up webhooks, what the log says of it, and what becomes of secrets."""

import json

import pytest

from ratable.ledger import models as ledger
from ratable.operations import acts
from ratable.webhooks import addresses, endpoints, models
from tests import stores

HERE = "http://127.0.0.1:9/hook?token=known-to-few"

pytestmark = pytest.mark.parametrize("store", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(addresses.PRIVATE, "1")


def last_event() -> ledger.Event:
    event: ledger.Event = ledger.Event.objects.order_by("-no")[0]
    return event


def test_making_one_is_an_act_that_names_no_secret(store: stores.Store) -> None:
    number, secret = endpoints.make(store.actor("cora"), HERE, ["post", "lock"])

    event = last_event()
    assert (event.action, event.subject, event.actor) == ("change a webhook", f"endpoint {number} at 127.0.0.1", "cora")
    assert json.loads(event.body)["what"]["endpoint"]["events"] == ["lock", "post"]
    assert secret.startswith("rtw_")
    assert secret not in event.body
    assert "known-to-few" not in event.body
    assert secret not in str(models.Endpoint.objects.values())


@pytest.mark.parametrize("person", ["ben", "dana", "vic", "nobody"])
def test_others_may_not_and_the_log_says_so(store: stores.Store, person: str) -> None:
    number, _ = endpoints.make(store.actor("cora"), HERE)
    for attempt in (
        lambda: endpoints.make(store.actor(person), HERE),
        lambda: endpoints.rotate(store.actor(person), number),
        lambda: endpoints.disable(store.actor(person), number),
        lambda: endpoints.send_again(store.actor(person), 1),
    ):
        with pytest.raises(acts.Refused, match="may not change a webhook"):
            attempt()
        assert last_event().action == "refused"
    assert models.Endpoint.objects.get().active


def test_two_secrets_are_live_after_a_rotation_and_never_three(store: stores.Store) -> None:
    number, first = endpoints.make(store.actor("cora"), HERE)
    second = endpoints.rotate(store.actor("cora"), number)
    both = endpoints.live_secrets(models.Endpoint.objects.get())
    third = endpoints.rotate(store.actor("cora"), number)

    assert both == [second, first]
    assert endpoints.live_secrets(models.Endpoint.objects.get()) == [third, second]


def test_a_disabled_one_is_told_nothing_more(store: stores.Store) -> None:
    number, _ = endpoints.make(store.actor("cora"), HERE)
    models.Delivery.objects.create(endpoint_id=number, event_no=1, next_try=store.clock())
    endpoints.disable(store.actor("cora"), number)

    delivery = models.Delivery.objects.get()
    assert delivery.state == models.DEAD
    with pytest.raises(acts.Refused, match="no dead one"):
        endpoints.send_again(store.actor("cora"), delivery.pk)
    with pytest.raises(acts.Refused, match="no active one"):
        endpoints.rotate(store.actor("cora"), number)


@pytest.mark.parametrize(
    ("url", "events", "said"),
    [("https://169.254.169.254/", ["posted"], "events: saw 'posted'"), ("ftp://x", [], "url: saw 'ftp://x'")],
)
def test_what_cannot_be_is_refused_in_one_sentence(store: stores.Store, url: str, events: list[str], said: str) -> None:
    with pytest.raises(acts.Refused, match=said):
        endpoints.make(store.actor("cora"), url, events)
    assert not models.Endpoint.objects.exists()


def test_a_refusal_is_one_that_the_log_may_be_told_of(store: stores.Store) -> None:
    assert set(ledger.Event.objects.values_list("action", flat=True)) <= endpoints.ACTIONS
