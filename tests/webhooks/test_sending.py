"""What is sent of the log: every event once it is heard, again where it was not, and nothing to the wrong place."""

import json
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from ratable.ledger import models as ledger
from ratable.operations import founding
from ratable.webhooks import addresses, endpoints, models, sending, signing
from tests import stores
from tests.webhooks import receivers


@pytest.fixture(autouse=True)
def on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(addresses.PRIVATE, "1")


def act(store: stores.Store, person: str = "eve") -> int:
    """Do something that leaves an event; its number."""
    founding.grant(store.actor("cora"), person, "viewer")
    return int(ledger.Event.objects.order_by("-no").values_list("no", flat=True)[0])


def turn(store: stores.Store) -> int:
    """Queue and send what is due now; how many attempts were made."""
    sending.queue(store.clock())
    return sending.send(store.clock)


def only() -> models.Delivery:
    delivery: models.Delivery = models.Delivery.objects.get()
    return delivery


def test_an_event_is_told_once_with_its_hash_and_signature(store: stores.Store) -> None:
    with receivers.receiving() as receiver:
        _, secret = endpoints.make(store.actor("cora"), receiver.url, ["grant a role"])
        number = act(store)
        turns = [turn(store), turn(store)]

    event = ledger.Event.objects.get(no=number)
    told = json.loads(receiver.bodies[0])
    assert turns == [1, 0]
    assert told == {
        "event": str(number), "company": "test-company", "action": "grant a role", "subject": "eve", "actor": "cora",
        "at": event.at, "hash": event.hash,
    }  # fmt: skip
    header = receiver.headers[0][signing.HEADER]
    assert signing.verify(secret, header, body=receiver.bodies[0], now=store.clock.now)
    assert (only().state, only().attempts, only().last_status) == (models.SENT, 1, 200)


def test_only_what_is_wanted_and_only_what_comes_later_is_told(store: stores.Store) -> None:
    with receivers.receiving() as receiver:
        endpoints.make(store.actor("cora"), receiver.url, ["post"])
        everything, _ = endpoints.make(store.actor("cora"), receiver.url)
        number = act(store)
        turn(store)

    assert [json.loads(body)["event"] for body in receiver.bodies] == [str(number)]
    assert [delivery.endpoint_id for delivery in models.Delivery.objects.all()] == [everything]


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_receiver_that_fails_is_asked_again_and_recovers(store: stores.Store) -> None:
    with receivers.receiving(500, 302, 204) as receiver:
        endpoints.make(store.actor("cora"), receiver.url)
        act(store)
        turn(store)
        first = (only().state, only().last_status, only().last_error)
        early = turn(store)
        store.clock.now += sending.WAITS[0]
        turn(store)
        redirected = (only().state, only().last_status)
        store.clock.now += sending.WAITS[1]
        turn(store)

    assert first == (models.WAITING, 500, "saw status 500; expected 200 to 299, without a redirect")
    assert early == 0
    assert redirected == (models.WAITING, 302)
    assert (only().state, only().attempts) == (models.SENT, 3)
    assert len(receiver.bodies) == 3  # A redirect is not followed.


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_receiver_that_keeps_still_is_given_up_for_now(store: stores.Store, monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()
    monkeypatch.setattr(sending, "TIMEOUT", 0.1)

    def keep_still() -> None:
        released.wait(5)

    with receivers.receiving(keep_still) as receiver:
        endpoints.make(store.actor("cora"), receiver.url)
        act(store)
        turn(store)
        released.set()

    assert (only().state, only().last_status) == (models.WAITING, None)
    assert only().last_error.startswith("ReadTimeout")


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_after_ten_attempts_in_a_day_it_waits_for_a_person(store: stores.Store) -> None:
    with receivers.receiving(503) as receiver:
        endpoints.make(store.actor("cora"), receiver.url, ["grant a role"])
        act(store)
        for wait in (*sending.WAITS, timedelta(days=30)):
            turn(store)
            store.clock.now += wait
        dead = (only().state, only().attempts, len(receiver.bodies), turn(store))
        receiver.answers = [200]
        endpoints.send_again(store.actor("cora"), only().pk)
        models.Delivery.objects.update(next_try=store.clock.now)  # A person's clock is not the one of this test.
        turn(store)

    assert dead == (models.DEAD, 10, 10, 0)
    assert timedelta(hours=23) < sum(sending.WAITS, timedelta()) < timedelta(hours=25)
    assert (only().state, only().attempts) == (models.SENT, 1)


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_an_address_that_has_become_private_is_not_asked(store: stores.Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with receivers.receiving() as receiver:
        endpoints.make(store.actor("cora"), receiver.url)
        act(store)
        monkeypatch.delenv(addresses.PRIVATE)
        turn(store)

    assert receiver.bodies == []
    assert "expected https" in only().last_error


def test_two_processes_tell_each_event_once(store: stores.Store) -> None:
    with receivers.receiving() as receiver:
        endpoints.make(store.actor("cora"), receiver.url)
        numbers = [act(store, person) for person in ("eve", "fay", "gil", "hal", "ida", "jon")]

        def work() -> None:
            try:
                turn(store)
            finally:
                connection.close()

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert sorted(int(json.loads(body)["event"]) for body in receiver.bodies) == numbers


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_what_a_process_took_up_and_lost_comes_back(store: stores.Store) -> None:
    with receivers.receiving() as receiver:
        endpoints.make(store.actor("cora"), receiver.url)
        act(store)
        sending.queue(store.clock())
        assert sending._claimed(store.clock()) is not None  # And then its process ends.
        meanwhile = turn(store)
        store.clock.now += timedelta(minutes=2)
        afterwards = turn(store)

    assert (meanwhile, afterwards, only().state) == (0, 1, models.SENT)


@pytest.fixture
def background(store: stores.Store) -> Iterator[None]:
    with sending.in_background(store.clock):
        yield


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_the_background_sends_by_itself(store: stores.Store, background: Any) -> None:
    with receivers.receiving() as receiver:
        endpoints.make(store.actor("cora"), receiver.url)
        number = act(store)
        for _ in range(500):
            if models.Delivery.objects.filter(event_no=number, state=models.SENT).exists():
                break
            time.sleep(0.02)

    assert len(receiver.bodies) == 1
