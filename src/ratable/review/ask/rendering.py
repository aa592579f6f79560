"""Sentences as people read them: every slot filled from its figure, in one pass.

Worked example: {closing} with the amount "-1234.50" in USD becomes "-1,234.50 USD", {month} with "2026-03" becomes
"March 2026", {share} with "12.5" percent becomes "12.5%", {clause} becomes its words in quotation marks.

Refuses a slot without a figure: that is a fault of the query, never of the data.
"""

import re

from ratable.review.ask import answers

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_SLOT = re.compile(r"\{(\w+)\}")


def sentence(said: answers.Sentence) -> str:
    """The text with its slots filled; what a figure holds is never read as a slot."""
    return _SLOT.sub(lambda slot: figure(said.figures[slot[1]]), said.text)


def figure(shown: answers.Figure) -> str:
    """One figure as people read it."""
    match shown.kind:
        case "amount":
            return f"{_grouped(shown.value)} {shown.currency}"
        case "count":
            return _grouped(shown.value)
        case "percent":
            return f"{shown.value}%"
        case "month":
            year, number = shown.value.split("-")
            return f"{MONTHS[int(number) - 1]} {year}"
        case "quote":
            return f"\N{LEFT DOUBLE QUOTATION MARK}{shown.value}\N{RIGHT DOUBLE QUOTATION MARK}"
        case _:
            return shown.value


def check(footed: answers.Check) -> answers.Sentence:
    """The line under an answer that shows its parts summing to the whole."""
    parts = [*footed.parts, footed.whole]
    figures = {f"part_{place}": part for place, (_, part) in enumerate(parts)}
    figures |= {f"label_{place}": answers.name(label) for place, (label, _) in enumerate(parts)}
    *terms, whole = [f"{{label_{place}}} {{part_{place}}}" for place in range(len(parts))]
    return answers.Sentence(f"{footed.title}: {' + '.join(terms)} = {whole}.", figures, ())


def _grouped(value: str) -> str:
    """Decimal text with commas between thousands."""
    sign, size = ("-", value[1:]) if value.startswith("-") else ("", value)
    whole, dot, rest = size.partition(".")
    return f"{sign}{int(whole):,}{dot}{rest}"
