from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client, override_settings

from ratable.access.models import Account
from ratable.server import provider as settings
from tests.access import provider, visitors
from tests.stores import Store

LOGIN = "/accounts/oidc/company/login/"
DANA = {"sub": "1042", "preferred_username": "dana", "email": "dana@example.com", "email_verified": True}


@pytest.fixture
def company() -> Iterator[provider.Provider]:
    """A company with a sign-in of its own."""
    with provider.serving() as serving:
        said = {settings.ISSUER: serving.issuer, settings.CLIENT: provider.CLIENT, settings.SECRET: provider.SECRET}
        with override_settings(SOCIALACCOUNT_PROVIDERS=settings.providers(said), FORM_TARGETS=settings.origin(said)):
            yield serving


def comes(company: provider.Provider, claims: dict[str, Any]) -> tuple[Client, HttpResponse]:
    """Somebody with these claims signs in by the provider: their browser, and the answer at the end."""
    visitor = visitors.browser()
    sent = visitor.post(LOGIN)
    assert sent.headers["Location"].startswith(f"{company.issuer}/authorize?")
    return visitor, visitor.get(company.send_back(sent.headers["Location"], claims))


def test_it_signs_in_the_account_of_that_name(store: Store, company: provider.Provider) -> None:
    visitors.account("dana")
    dana, _ = comes(company, DANA)

    assert visitors.is_in(dana)
    assert dana.session["_auth_user_id"] == str(Account.objects.get(username="dana").pk)


def test_it_signs_in_the_account_of_that_address(store: Store, company: provider.Provider) -> None:
    visitors.account("dana", email="Dana@example.com")
    claims = DANA | {"preferred_username": "d.smith"}

    assert not visitors.is_in(comes(company, claims | {"email_verified": False})[0])
    assert visitors.is_in(comes(company, claims)[0])


def test_it_never_makes_an_account(store: Store, company: provider.Provider) -> None:
    stranger, answer = comes(company, DANA)

    assert answer.status_code == 403
    assert "Nobody here is called dana. cora can invite you." in visitors.text(answer)
    assert not visitors.is_in(stranger)
    assert not Account.objects.exists()


def test_another_person_who_takes_the_name_is_refused(store: Store, company: provider.Provider) -> None:
    visitors.account("dana")
    assert visitors.is_in(comes(company, DANA)[0])

    thief, answer = comes(company, DANA | {"sub": "6660"})

    assert answer.status_code == 403
    assert "dana signs in as somebody else there" in visitors.text(answer)
    assert not visitors.is_in(thief)
    assert visitors.is_in(comes(company, DANA | {"preferred_username": "dana.smith"})[0])


def test_a_disabled_account_stays_out(store: Store, company: provider.Provider) -> None:
    visitors.account("dana", is_active=False)

    assert not visitors.is_in(comes(company, DANA)[0])


def test_an_answer_that_was_not_asked_for_is_refused(store: Store, company: provider.Provider) -> None:
    visitors.account("dana")
    sent = visitors.browser().post(LOGIN)
    other = visitors.browser()
    other.get(company.send_back(sent.headers["Location"], DANA))

    assert not visitors.is_in(other)


def test_the_page_names_it_and_the_policy_lets_the_form_go_there(store: Store, company: provider.Provider) -> None:
    answer = visitors.browser().get("/accounts/login/")

    assert "Sign in with 127.0.0.1" in visitors.text(answer)
    assert f"form-action 'self' {company.issuer};" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({settings.ISSUER: "http://login.example.com"}, "expected an address that begins with https://"),
        ({settings.ISSUER: "https://login.example.com"}, "RATABLE_OIDC_CLIENT_ID: saw nothing"),
    ],
)
def test_half_a_provider_is_refused(said: dict[str, str], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        settings.providers(said)


def test_without_an_issuer_there_is_none() -> None:
    assert settings.providers({}) == {}
    assert settings.origin({}) == ""
