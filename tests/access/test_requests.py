from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import include, path

from ratable.access import requests
from tests.access import visitors
from tests.stores import Store


def change_a_role(request: HttpRequest) -> HttpResponse:
    requests.confirm(request)
    acting = requests.actor(request, "she joined")
    return HttpResponse(f"{acting.person}, {acting.reason}, {request.POST.get('role', '')}")


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


def test_nobody_is_nobody(store: Store) -> None:
    class Nobody:
        is_authenticated = False

    request = HttpRequest()
    request.user = Nobody()

    assert requests.person(request) == ""
