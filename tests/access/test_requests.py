from datetime import timedelta

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import include, path

from ratable.access import requests
from tests.access import visitors
from tests.stores import Store


def change_a_role(request: HttpRequest) -> HttpResponse:
    requests.confirm(request)
    acting = requests.actor(request, "she joined")
    given = f"{request.POST.get('role', '')}{request.GET.get('entity', '')}"
    return HttpResponse(f"{acting.person}, {acting.reason}, {given}")


urlpatterns = [path("accounts/", include("allauth.urls")), path("role", change_a_role, name="role")]


def test_a_role_is_changed_by_whoever_showed_again_who_they_are(store: Store) -> None:
    visitors.account("cora")
    with override_settings(ROOT_URLCONF=__name__):
        cora = visitors.signed_in("cora")
        first = cora.post("/role", {"role": "viewer"})
        assert (first.status_code, first.headers["Location"]) == (302, "/accounts/reauthenticate/?next=%2Frole")

        wrong = cora.post("/accounts/reauthenticate/", {"password": "not mine", "next": "/role"})
        assert "viewer" not in visitors.text(wrong)

        then = cora.post("/accounts/reauthenticate/", {"password": visitors.PASSWORD, "next": "/role"})
        assert visitors.text(then) == "cora, she joined, viewer"


def test_what_was_sent_to_an_address_with_a_query_is_done_too(store: Store) -> None:
    visitors.account("cora")
    with override_settings(ROOT_URLCONF=__name__):
        cora = visitors.signed_in("cora")
        asked = cora.post("/role?entity=us", {"role": "viewer of "})
        then = cora.post(asked.headers["Location"], {"password": visitors.PASSWORD})

        assert visitors.text(then) == "cora, she joined, viewer of us"


@pytest.mark.parametrize(("minutes", "asked"), [(14, False), (15, True)])
def test_who_has_no_password_here_has_signed_in_a_moment_ago(store: Store, minutes: int, *, asked: bool) -> None:
    known = visitors.account("cora")
    with override_settings(ROOT_URLCONF=__name__):
        cora = visitors.signed_in("cora")
        known.set_unusable_password()
        known.save()
        cora.force_login(known)  # As a provider does, which shows no password.
        store.clock.now += timedelta(minutes=minutes)

        answer = cora.post("/role?entity=us", {"role": "viewer of "})

        if asked:
            assert (answer.status_code, answer.headers["Location"]) == (
                302, "/accounts/login/?next=/role%3Fentity%3Dus",
            )  # fmt: skip
            assert "_auth_user_id" not in cora.session
        else:
            assert visitors.text(answer) == "cora, she joined, viewer of us"


def test_nobody_is_nobody(store: Store) -> None:
    class Nobody:
        is_authenticated = False

    request = HttpRequest()
    request.user = Nobody()

    assert requests.person(request) == ""
