"""The third part of `ratable demo`: the agent reads a run before a person does, and answers two questions.

Worked example: four mistakes come in with April that are sound rows, each alone. Ben proposes April; the agent flags
the invoice that came twice, the first day that its own clause contradicts, the price with a zero too many and the month
that nobody billed, each with what would put it right. "Why was $4,200 deferred for Acme this month?" is answered with
the movements of the account, which foot, and with the figures that there are in place of the one that there is not.
"""

from pathlib import Path

from rich import console, text

from ratable.cli import acting, days, demo_ledger

_LAST, _NEXT = "2026-03", "2026-04-30"
_QUESTIONS = ("Why was $4,200 deferred for Acme this month?", "What changed on Acme's schedule since last close?")


def run(screen: console.Console, planted: Path) -> None:
    """Bring in the mistakes, have them reviewed, and ask.

    Args:
        screen: where it is told; the store is that of the part before.
        planted: the bundle with mistakes.
    """

    def say(words: str) -> None:
        screen.print(text.Text(words), soft_wrap=True)

    with acting.on_the_store("ben") as ben:
        _review(say, planted)
        for question in _QUESTIONS:
            _ask(say, ben.person, question)


def _review(say: demo_ledger.Say, planted: Path) -> None:
    from ratable.operations import import_bundle, propose, reviewing

    ben = demo_ledger.by("ben")
    import_bundle.import_bundle(ben, planted / "bundle.yaml")
    made = propose.propose(ben, days.day(_NEXT, "through"))
    if made.run is None:
        return
    found = reviewing.review_run(ben, made.run)
    ran, checked = found.covered
    serious = found.flags.filter(found.flags["class"] != "informs")
    say(
        f"Ben proposes April: run {made.run}, {made.rows} entries. Before anybody opens it, the agent runs {ran} of "
        f"{checked} checks over {found.entries} entries and raises {serious.height} flags:"
    )
    for flag in serious.iter_rows(named=True):
        say(f"  {flag['check']} {flag['title']}. {flag['says']}")
        say(f"    {'It proposes a fix, which a person may accept. ' if flag['fix'] else ''}{flag['next']}")


def _ask(say: demo_ledger.Say, person: str, question: str) -> None:
    from ratable.ledger import snapshots
    from ratable.operations import asking

    answer = asking.ask(demo_ledger.by(person), question, snapshots.snapshot(_LAST)).answer
    say(f"\n“{question}”")
    for told in answer.told:
        if told.text:
            say(f"  {told.text}")
