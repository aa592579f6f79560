"""UI-47: text stands out from every ground by 4.5 to 1, marks by 3 to 1, in both themes; computed from tokens.css."""

import re
from pathlib import Path

import pytest

from ratable import web

CSS = (Path(str(web.__file__)).parent / "static" / "web" / "tokens.css").read_text(encoding="utf-8")
GROUNDS = ("ground", "raised", "sunken")
TEXTS = ("ink", "ink-2", "ink-3", "accent", "good", "warn", "bad")
MARKS = ("deferred", "asset", "billed")
PAIRS = [(text, ground, 4.5) for text in TEXTS for ground in GROUNDS]
PAIRS += [(mark, "ground", 3.0) for mark in MARKS]
PAIRS += [("on-accent", "accent", 4.5), ("accent", "accent-ground", 4.5)]
PAIRS += [(name, f"{name}-ground", 4.5) for name in ("good", "warn", "bad")]
PAIRS += [("ink", f"{name}-ground", 4.5) for name in ("accent", "good", "warn", "bad")]


def themes() -> dict[str, dict[str, str]]:
    """The colors of the file: of each token the light one, then the dark one."""
    said = re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", CSS)
    return {"light": {name: light for name, light, _ in said}, "dark": {name: dark for name, _, dark in said}}


def luminance(color: str) -> float:
    """Relative luminance, as WCAG 2.2 defines it."""
    parts = (int(color[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio, as WCAG 2.2 defines it."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_pair_stands_out(theme: str) -> None:
    colors = themes()[theme]
    weak = {
        f"{one} on {other}": ratio
        for one, other, least in PAIRS
        if (ratio := contrast(colors[one], colors[other])) < least
    }

    assert weak == {}


def test_each_token_has_one_line_and_no_color_stands_outside_of_it() -> None:
    names = re.findall(r"^ +--([\w-]+):", CSS, re.MULTILINE)

    assert sorted(names) == sorted(set(names))
    assert len(re.findall(r"#[0-9a-f]{6}", CSS)) == 2 * len(themes()["light"])


def test_a_weak_pair_is_seen() -> None:
    assert round(contrast("#ffffff", "#000000")) == 21
    assert contrast("#92959c", "#ffffff") < 4.5
