"""Ask: a question in words or by its address, its chips, its citations, its tables, what is refused, who may."""

import html
import re
from pathlib import Path
from typing import Any

import pytest

from ratable.ledger import models
from ratable.ledger.review_tables import Question
from ratable.operations import founding, people
from tests.stores import Store
from tests.web import companies, pages
from tests.web.conftest import SignedIn

pytestmark = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
WHY = "Why was 1,000.00 recognized for Bolt GmbH in February 2026?"
BALANCE = "/ask?query=why-deferred&customer=acme&from=2026-02&to=2026-02&period=2026-02"


@pytest.fixture(autouse=True)
def posted(store: Store, tmp_path: Path) -> None:
    """January and February are posted."""
    companies.posted(store, tmp_path)


def text(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def kind(answer: Any) -> str:
    """What came of a question: answered, asks_back or refused."""
    return str(re.findall(r'<div class="answer (\w+)"', text(answer))[0])


def links(answer: Any, pattern: str) -> list[str]:
    """Addresses of a page by what stands before them."""
    return [html.unescape(found) for found in re.findall(pattern + r'[^>]*href="([^"]+)"', answer.content.decode())]


def chips(answer: Any) -> dict[str, str]:
    """The parts of how a question was understood, each with what it came by."""
    found = re.findall(r'<span class="chip" title="([^"]*)"><label><span>(\w[\w ]*)</span>', text(answer))
    return {name: words for words, name in found}


def test_examples_are_of_the_company_and_can_be_asked(signed_in: SignedIn) -> None:
    """UI-42."""
    vic = signed_in("vic")
    page = vic.get("/ask?period=2026-02").content.decode()
    examples = [html.unescape(one) for one in re.findall(r'name="q" value="([^"]+)"', page)]

    assert len(examples) >= 8
    assert any(name in one for one in examples for name in (companies.HOSTILE, "Bolt"))
    assert vic.post("/ask?period=2026-02", {"q": examples[3]}).status_code == 303


def test_a_question_is_written_down_once_and_its_number_only_shows_it(signed_in: SignedIn) -> None:
    vic = signed_in("vic")
    answer = vic.post("/ask?period=2026-02", {"q": WHY})

    assert answer["Location"] == "/ask/1?period=2026-02"
    before = models.Event.objects.count()
    page = text(vic.get(answer["Location"]))
    vic.get(f"/ask?q={WHY}&period=2026-02")
    vic.get(BALANCE)
    assert "Question 1, asked by vic on" in page
    assert "The books have changed since" not in page
    assert (Question.objects.get().question, models.Event.objects.count()) == (WHY, before)


def test_the_address_of_a_query_is_its_question(signed_in: SignedIn) -> None:
    answer = signed_in("vic").get(BALANCE)
    page = text(answer)

    assert '<option value="why-deferred" selected>' in page
    assert '<option value="acme" selected>' in page
    assert list(chips(answer)) == ["customer", "from", "to"]
    (without,) = [link for link in links(answer, "<a ") if "why-deferred" in link and "customer" not in link][:1]
    assert kind(signed_in("vic").get(without)) == "asks_back"


def test_chips_of_words_say_what_they_came_by(signed_in: SignedIn) -> None:
    answer = signed_in("vic").get(f"/ask?q={WHY}&period=2026-02")

    found = chips(answer)
    assert "Bolt" in found["customer"]
    assert "February 2026" in found["from"]


def test_every_citation_resolves(signed_in: SignedIn) -> None:
    vic = signed_in("vic")
    cited = set(links(vic.get(BALANCE), 'class="cite"'))

    assert any(href.startswith("/entries/") for href in cited)
    assert any("/contracts/C-1" in href for href in cited)
    assert [href for href in cited if vic.get(href).status_code != 200] == []


def test_the_entries_behind_an_answer_are_one_filter(signed_in: SignedIn) -> None:
    vic = signed_in("vic")
    answer = vic.get("/ask?query=why-recognized&contract=C-2&from=2026-02&to=2026-02&period=2026-02")

    (behind,) = [link for link in links(answer, 'class="button" ') if link.startswith("/journals?")]
    rows = pages.table(vic.get(behind), "journal")
    assert set(rows["Contract"]) == {"C-2"}
    assert rows["Amount"]


def test_a_table_is_a_file(signed_in: SignedIn) -> None:
    vic = signed_in("vic")
    shown = pages.table(vic.get(BALANCE), "answer-1")
    for format_ in ("csv", "xlsx"):
        file = vic.get(f"{BALANCE}&format={format_}&table=answer-1")
        assert file.status_code == 200
        assert "attachment" in file["Content-Disposition"]
    lines = vic.get(f"{BALANCE}&format=csv&table=answer-1").content.decode().splitlines()
    assert len(lines) == len(next(iter(shown.values()))) + 1
    assert vic.get(f"{BALANCE}&format=csv&table=answer-99").status_code == 404


def test_a_trend_is_drawn(signed_in: SignedIn) -> None:
    page = signed_in("vic").get("/ask?query=trend&customer=acme&period=2026-02").content.decode()

    assert '<figure class="chart">' in page
    assert "<svg" in page


def test_what_is_ambiguous_is_asked_back_and_each_choice_answers(signed_in: SignedIn) -> None:
    vic = signed_in("vic")
    answer = vic.get("/ask?query=why-deferred&period=2026-02")

    assert kind(answer) == "asks_back"
    choices = [link for link in links(answer, 'class="button" ') if link.startswith("/ask?")]
    assert [kind(vic.get(href)) for href in choices] == ["answered"] * 2


@pytest.mark.parametrize("question", ["Should we buy Globex?", "What will our revenue be in 2035?"])
def test_what_cannot_be_answered_is_refused_plainly(signed_in: SignedIn, question: str) -> None:
    answer = signed_in("vic").get(f"/ask?q={question}&period=2026-02")

    assert answer.status_code == 200
    assert kind(answer) == "refused"


@pytest.mark.parametrize(
    "address", ["/ask?query=nonsense", "/ask?query=balance&from=soon", "/ask?query=why-entry&entry=%3Cscript%3E"]
)
def test_a_strange_address_is_answered_in_a_sentence(signed_in: SignedIn, address: str) -> None:
    answer = signed_in("vic").get(address)

    assert answer.status_code == 200
    assert kind(answer) in ("refused", "asks_back")


@pytest.mark.parametrize("question", [companies.HOSTILE, "=cmd()|calc {closing} {{ request }} ' OR 1=1 --"])
def test_words_are_never_markup(signed_in: SignedIn, question: str) -> None:
    vic = signed_in("vic")
    answer = vic.get(vic.post("/ask", {"q": question})["Location"])

    assert answer.status_code == 200
    assert companies.HOSTILE not in answer.content.decode()
    assert companies.HOSTILE not in vic.get(BALANCE).content.decode()


def test_a_panel_has_the_answer_without_the_frame(signed_in: SignedIn) -> None:
    headers = {"HX-Request": "true", "HX-Target": "panel"}
    page = text(signed_in("vic").get(BALANCE, headers=headers))

    assert "<nav" not in page
    assert 'hx-get="/ask"' in page
    assert "data-close" in page


def test_whoever_sees_some_entities_is_answered_from_those_alone(store: Store, signed_in: SignedIn) -> None:
    founding.grant(store.actor("cora"), "emma", "approver", scope=people.Scope(("eu",)))
    emma, vic = signed_in("emma"), signed_in("vic")

    own = emma.get(emma.post("/ask?period=2026-02", {"q": WHY})["Location"])
    assert kind(own) == "answered"
    assert "Bolt GmbH" in text(own)
    assert kind(vic.get(BALANCE)) == "answered"
    assert kind(emma.get(BALANCE)) == "refused"
    assert companies.HOSTILE not in text(emma.get("/ask?query=top&by=customer&period=2026-02"))
    assert emma.get(f"{BALANCE}&entity=us").status_code == 404


def test_figures_have_the_question_that_explains_them(signed_in: SignedIn) -> None:
    vic = signed_in("vic")
    page = text(vic.get("/roll-forward?period=2026-02&by=customer"))
    journal = text(vic.get("/journals?period=2026-02"))

    why = "/ask?period=2026-02&query=why-recognized&customer=acme&currency=USD&from=2026-02&to=2026-02"
    assert f'data-why="{why}"' in page
    assert kind(vic.get(why)) == "answered"
    entry = models.Entry.objects.filter(period="2026-02").first()
    assert entry is not None
    assert f"query=why-entry&entry={entry.entry}" in journal


def test_search_offers_what_was_typed_as_a_question(signed_in: SignedIn) -> None:
    page = text(signed_in("vic").get("/palette?words=What is blocking the close&period=2026-02"))

    assert "Ask: What is blocking the close" in page


def test_a_question_that_nobody_asked_is_none(signed_in: SignedIn) -> None:
    assert signed_in("vic").get("/ask/99").status_code == 404
