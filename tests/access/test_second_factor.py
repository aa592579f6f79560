import re
import time

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.test import Client

from ratable.operations import choices
from tests.access import visitors
from tests.stores import Store


def confirmed(person: str) -> Client:
    """A person who has signed in, and said again that it is they."""
    visitor = visitors.signed_in(person)
    visitor.post("/accounts/reauthenticate/", {"password": visitors.PASSWORD})
    return visitor


def code(secret: str) -> str:
    """What an authenticator shows now."""
    return str(totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30)))


def with_authenticator(person: str) -> str:
    """Set up an authenticator for a person; its secret."""
    visitors.account(person)
    visitor = confirmed(person)
    page = visitors.text(visitor.get("/accounts/2fa/totp/activate/"))
    found = re.search(r'value="([A-Z2-7]{32})"', page)
    assert found
    answer = visitor.post("/accounts/2fa/totp/activate/", {"code": code(found[1])})
    assert answer.status_code == 302
    return found[1]


def test_an_authenticator_is_asked_for_at_the_next_sign_in(store: Store) -> None:
    secret = with_authenticator("dana")
    dana = visitors.browser()
    answer = visitors.sign_in(dana, "dana")

    assert answer.headers["Location"] == "/accounts/2fa/authenticate/"
    assert not visitors.is_in(dana)

    page = dana.get("/accounts/2fa/authenticate/")
    assert visitors.inline(page) == []

    dana.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert not visitors.is_in(dana)

    dana.post("/accounts/2fa/authenticate/", {"code": code(secret)})
    assert visitors.is_in(dana)


def test_a_code_is_good_once(store: Store) -> None:
    secret = with_authenticator("dana")
    used = code(secret)
    for comes_in in (True, False):
        dana = visitors.browser()
        visitors.sign_in(dana, "dana")
        dana.post("/accounts/2fa/authenticate/", {"code": used})

        assert visitors.is_in(dana) is comes_in


def test_a_recovery_code_stands_in_for_a_lost_authenticator_once(store: Store) -> None:
    with_authenticator("dana")
    kept = Authenticator.objects.get(user__username="dana", type=Authenticator.Type.RECOVERY_CODES)
    recovery = kept.wrap().get_unused_codes()[0]
    for comes_in in (True, False):
        dana = visitors.browser()
        visitors.sign_in(dana, "dana")
        dana.post("/accounts/2fa/authenticate/", {"code": recovery})

        assert visitors.is_in(dana) is comes_in


def test_it_05_whoever_may_act_sets_one_up_where_the_company_wants_it(store: Store) -> None:
    for person in ("dana", "vic"):
        visitors.account(person)
    choices.set_choice(store.actor("cora", "our auditors ask for it"), "second_factor", "on")
    dana = visitors.signed_in("dana")

    answer = dana.get("/journals")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/2fa/totp/activate/")
    assert not visitors.is_in(dana)
    assert visitors.is_in(visitors.signed_in("vic"))  # Who looks alone need not.


def test_it_05_with_one_set_up_the_way_is_free(store: Store) -> None:
    secret = with_authenticator("dana")
    choices.set_choice(store.actor("cora", "our auditors ask for it"), "second_factor", "on")
    dana = visitors.browser()
    visitors.sign_in(dana, "dana")
    dana.post("/accounts/2fa/authenticate/", {"code": code(secret)})

    assert visitors.is_in(dana)


def test_a_passkey_page_has_what_the_browser_needs_and_nothing_inline(store: Store) -> None:
    visitors.account("dana")
    for visitor, path in (
        (confirmed("dana"), "/accounts/2fa/webauthn/add/"), (visitors.browser(), "/accounts/login/"),
    ):  # fmt: skip
        page = visitor.get(path)

        assert visitors.inline(page) == []
        assert "mfa/js/webauthn.js" in visitors.text(page)


def test_a_passkey_challenge_names_this_application(store: Store) -> None:
    said = visitors.browser().get("/accounts/2fa/webauthn/login/", headers={"Accept": "application/json"}).json()

    assert said["request_options"]["publicKey"]["rpId"] == "localhost"
    assert len(said["request_options"]["publicKey"]["challenge"]) >= 32
