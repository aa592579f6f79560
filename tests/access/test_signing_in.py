from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session

from ratable.access.models import Account
from ratable.operations import founding, people
from tests.access import visitors
from tests.stores import Store


def test_a_person_signs_in_and_out(store: Store) -> None:
    visitors.account("dana")
    dana = visitors.signed_in("dana")

    assert visitors.is_in(dana)

    dana.post("/accounts/logout/")
    assert not visitors.is_in(dana)


@pytest.mark.parametrize(
    "path", ["/", "/journals", "/people", "/accounts/sessions/", "/accounts/2fa/", "/no/such/page"]
)
def test_a_stranger_sees_the_sign_in_page_and_nothing_else(store: Store, path: str) -> None:
    answer = visitors.browser().get(path)

    assert (answer.status_code, answer.headers["Location"]) == (302, f"/accounts/login/?next={path}")


def test_a_part_of_a_page_sends_the_whole_page_to_sign_in(store: Store) -> None:
    answer = visitors.browser().get(
        "/journals", headers={"HX-Request": "true", "HX-Current-URL": "http://localhost/journals?period=2026-03"}
    )

    assert answer.headers["HX-Redirect"] == "/accounts/login/?next=/journals%3Fperiod%3D2026-03"


def test_a_new_session_begins_at_sign_in(store: Store) -> None:
    visitors.account("dana")
    dana = visitors.browser()
    dana.get("/accounts/login/")
    before = dana.session.session_key
    visitors.sign_in(dana, "dana")

    assert dana.session.session_key != before


def test_five_wrong_passwords_lock_the_name_out(store: Store) -> None:
    visitors.account("dana")
    for _ in range(5):
        assert "not correct" in visitors.text(visitors.sign_in(visitors.browser(), "dana", "wrong"))

    answer = visitors.sign_in(visitors.browser(), "dana")

    assert answer.status_code == 200
    assert "Too many failed login attempts" in visitors.text(answer)


def test_what_is_wrong_is_not_told_to_whoever_guesses_names(store: Store) -> None:
    visitors.account("dana")
    known = visitors.text(visitors.sign_in(visitors.browser(), "dana", "wrong"))
    unknown = visitors.text(visitors.sign_in(visitors.browser(), "nobody", "wrong"))
    sentence = "The username and/or password you specified are not correct."

    assert sentence in known
    assert sentence in unknown


def test_nobody_signs_up(store: Store) -> None:
    stranger = visitors.browser()
    page = stranger.get("/accounts/signup/")
    stranger.post("/accounts/signup/", {"username": "eve", "password1": visitors.PASSWORD})

    assert "By invitation" in visitors.text(page)
    assert not Account.objects.exists()


@pytest.mark.parametrize("path", ["password/reset/", "email/", "3rdparty/", "3rdparty/signup/", "password/set/"])
def test_pages_of_allauth_that_are_none_of_ours_are_closed(store: Store, path: str) -> None:
    visitors.account("dana")

    assert visitors.signed_in("dana").get(f"/accounts/{path}").status_code == 404
    assert visitors.browser().get(f"/accounts/{path}").status_code == 404


@pytest.mark.parametrize(("minutes", "comes_in"), [(29, True), (31, False)])
def test_a_session_at_rest_ends(store: Store, minutes: int, comes_in: bool) -> None:
    visitors.account("dana")
    dana = visitors.signed_in("dana")
    store.clock.now += timedelta(minutes=minutes)

    assert visitors.is_in(dana) is comes_in


def test_no_session_lasts_longer_than_a_working_day(store: Store) -> None:
    visitors.account("dana")
    dana = visitors.signed_in("dana")
    for _ in range(28):  # 11 h 40 min, with a click each 25 minutes.
        store.clock.now += timedelta(minutes=25)
        assert visitors.is_in(dana)
    store.clock.now += timedelta(minutes=25)

    assert not visitors.is_in(dana)


def test_it_03_all_sessions_end_with_the_role(store: Store) -> None:
    visitors.account("vic")
    at_work, at_home = visitors.signed_in("vic"), visitors.signed_in("vic")
    founding.grant(store.actor("cora"), "vic", "none")

    answer = at_work.get("/accounts/sessions/")

    assert answer.status_code == 403
    assert "vic has no role in these books. cora can give one." in visitors.text(answer)
    assert visitors.inline(answer) == []
    assert at_home.get("/accounts/sessions/").status_code == 403
    assert not Session.objects.exists()


def test_a_role_that_ran_out_ends_the_session(store: Store) -> None:
    visitors.account("ada")
    founding.grant(store.actor("cora"), "ada", "auditor", None, people.Scope((), store.clock.now.date()))
    ada = visitors.signed_in("ada")
    assert visitors.is_in(ada)
    store.clock.now += timedelta(hours=15)

    assert ada.get("/accounts/sessions/").status_code == 403


def test_a_disabled_account_is_out_at_once(store: Store) -> None:
    visitors.account("vic")
    vic = visitors.signed_in("vic")
    Account.objects.filter(username="vic").update(is_active=False)

    assert not visitors.is_in(vic)
    assert visitors.sign_in(visitors.browser(), "vic").headers.get("Location") != "/"


def test_somebody_without_a_role_gets_one_sentence(store: Store) -> None:
    visitors.account("eve")
    eve = visitors.signed_in("eve")

    assert "eve has no role in these books" in visitors.text(eve.get("/"))


@pytest.mark.parametrize(
    ("password", "says"),
    [("short one", "too short"), ("password123456", "too common")],
)
def test_a_password_is_long_and_not_what_many_use(store: Store, password: str, says: str) -> None:
    visitors.account("dana")
    dana = visitors.signed_in("dana")
    answer = dana.post(
        "/accounts/password/change/", {"oldpassword": visitors.PASSWORD, "password1": password, "password2": password}
    )

    assert says in visitors.text(answer)


def test_a_person_sees_their_sessions_and_ends_the_others(store: Store) -> None:
    visitors.account("dana")
    at_home, at_work = visitors.signed_in("dana"), visitors.signed_in("dana")
    assert visitors.text(at_work.get("/accounts/sessions/")).count("127.0.0.1") == 2

    at_work.post("/accounts/sessions/")

    assert visitors.is_in(at_work)
    assert not visitors.is_in(at_home)


@pytest.mark.parametrize(
    "path", ["login/", "signup/", "password/reset/key/1-x-y/", "password/change/", "2fa/", "sessions/"]
)
def test_pages_have_nothing_inline_one_title_and_our_styles(store: Store, path: str) -> None:
    visitors.account("dana")
    visitor = visitors.signed_in("dana") if path in ("password/change/", "2fa/", "sessions/") else visitors.browser()
    answer = visitor.get(f"/accounts/{path}", follow=True)

    assert visitors.inline(answer) == []
    assert visitors.text(answer).count("<h1") == 1
    assert "web/components.css" in visitors.text(answer)
    assert "form-action 'self';" in answer.headers["Content-Security-Policy"]


def test_a_form_from_elsewhere_does_nothing(store: Store) -> None:
    visitors.account("dana")
    dana = visitors.browser()
    dana.handler.enforce_csrf_checks = True

    assert visitors.sign_in(dana, "dana").status_code == 403
