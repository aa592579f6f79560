"""Charts as SVG: bars for flows, a line for balances, a bridge from opening to closing.

Worked example: `bars` of January 1,000.00 (locked), February 900.00 (open) and March 800.00 (to come) draws a solid, a
hatched and an outlined bar from zero, each with its month below, and each a link to the entries that it is made of.

The server draws them, in the colors of the page (light or dark), so that a chart needs no script, prints, and costs a
millisecond (docs/decisions/0024-charts-as-svg.md). No style is written into them: the pages forbid it. The table behind
each chart stands next to it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from ratable.web import figures

_WIDTH, _HEIGHT = 720, 200
_LEFT, _BOTTOM, _TOP = 52, 22, 14
_TICKS = 4


@dataclass(frozen=True)
class Point:
    """One month, or one step: its label, its amount in minor units, how final it is, and where it leads.

    `state` is "" (final), "open" (may change) or "future" (to come).
    """

    label: str
    amount: int
    state: str = ""
    href: str = ""
    kind: str = ""


def bars(points: Sequence[Point], *, currency: str, kind: str, title: str) -> SafeString:
    """Bars from zero, one for each point; `kind` is what they mean, such as recognized or billed."""
    scale = _Scale.of([point.amount for point in points])
    slots = _slots(len(points))
    drawn = [
        _bar(point, slot, (scale.y(max(point.amount, 0)), scale.y(min(point.amount, 0))), kind=kind, currency=currency)
        for point, slot in zip(points, slots, strict=True)
    ]
    return _svg([*_axis(scale, currency), *drawn, *_labels(points, slots)], title)


def balance(points: Sequence[Point], *, currency: str, kind: str, title: str) -> SafeString:
    """A line with the area below it: a balance at the end of each month."""
    scale = _Scale.of([point.amount for point in points])
    slots = _slots(len(points))
    places = [(left + width // 2, scale.y(point.amount)) for point, (left, width) in zip(points, slots, strict=True)]
    path = " ".join(f"{'L' if place else 'M'}{x} {y}" for place, (x, y) in enumerate(places))
    zero = scale.y(0)
    area = f"{path} L{places[-1][0]} {zero} L{places[0][0]} {zero} Z" if places else ""
    drawn = [f'<path class="area {kind}" d="{area}"/>', f'<path class="line {kind}" d="{path}"/>'] if places else []
    dots = [
        _linked(point, f'<circle class="{kind}" cx="{x}" cy="{y}" r="3.5"/>', currency)
        for point, (x, y) in zip(points, places, strict=True)
    ]
    return _svg([*_axis(scale, currency), *drawn, *dots, *_labels(points, slots)], title)


def bridge(points: Sequence[Point], *, currency: str, title: str) -> SafeString:
    """From an opening balance by its movements to the closing one; the first and the last point stand on zero."""
    spans, level = [], 0
    for place, point in enumerate(points):
        whole = place in (0, len(points) - 1)
        start = 0 if whole else level
        level = point.amount if whole else level + point.amount
        spans.append((start, level))
    scale = _Scale.of([amount for span in spans for amount in span])
    slots = _slots(len(points))
    drawn = [
        _bar(point, slot, (scale.y(max(span)), scale.y(min(span))), kind=point.kind, currency=currency)
        for point, slot, span in zip(points, slots, spans, strict=True)
    ]
    said = [
        f'<text x="{left + width // 2}" y="{scale.y(max(span)) - 4}" text-anchor="middle">'
        f"{escape(figures.short(point.amount, currency))}</text>"
        for point, (left, width), span in zip(points, slots, spans, strict=True)
    ]
    return _svg([*_axis(scale, currency), *drawn, *said, *_labels(points, slots)], title)


def pairs(above: Sequence[Point], below: Sequence[Point], *, currency: str, title: str) -> SafeString:
    """Two flows about one zero: the bars of `above` go up from it, those of `below` down, month by month side by side.

    What is taken back stands on the other side. The `kind` of a point is what it means, such as billed or recognized.
    """
    scale = _Scale.of([*(point.amount for point in above), *(-point.amount for point in below)])
    slots = _slots(len(above))
    drawn = []
    for points, side, sign in ((above, 0, 1), (below, 1, -1)):
        for point, (left, width) in zip(points, slots, strict=True):
            if point.amount:
                ends = (scale.y(max(sign * point.amount, 0)), scale.y(min(sign * point.amount, 0)))
                half = (left + side * width // 2, width // 2)
                drawn.append(_bar(point, half, ends, kind=point.kind, currency=currency))
    return _svg([*_axis(scale, currency), *drawn, *_labels(above, slots, most=9)], title)


@dataclass(frozen=True)
class _Scale:
    """Amounts as heights: `low` and `high` are the ends of the axis, `step` what lies between its lines."""

    low: int
    high: int
    step: int

    @classmethod
    def of(cls, amounts: Sequence[int]) -> "_Scale":
        """An axis with round lines that holds zero and all amounts."""
        low, high = min([0, *amounts]), max([0, *amounts])
        rough = max((high - low) // _TICKS, 1)
        unit = 10 ** (len(str(rough)) - 1)
        step = next(unit * factor for factor in (1, 2, 5, 10) if unit * factor >= rough)
        return cls(-(-low // step) * step - (step if low % step else 0), -(-high // step) * step or step, step)

    def y(self, amount: int) -> int:
        """How far below the top an amount stands."""
        height = _HEIGHT - _TOP - _BOTTOM
        return _TOP + (self.high - amount) * height // (self.high - self.low)


def _slots(count: int) -> list[tuple[int, int]]:
    """Left edge and width of the place of each point."""
    room = _WIDTH - _LEFT
    return [(_LEFT + room * place // count, room // count) for place in range(count)]


def _bar(point: Point, slot: tuple[int, int], heights: tuple[int, int], *, kind: str, currency: str) -> str:
    left, width = slot
    top, bottom = heights
    margin = max(width // 6, 1)
    size = f'x="{left + margin}" y="{top}" width="{max(width - 2 * margin, 1)}" height="{max(bottom - top, 1)}"'
    return _linked(point, f'<rect class="{kind} {point.state}" {size} rx="1"/>', currency)


def _linked(point: Point, shape: str, currency: str) -> str:
    words = f"{point.label}: {figures.money(point.amount, currency)} {currency}"
    inside = f"{shape[:-2]}><title>{escape(words)}</title></{shape[1:].partition(' ')[0]}>"
    if not point.href or not point.amount:
        return inside  # Zero is made of nothing.
    raw = f'data-v="{figures.raw(point.amount, currency)}" data-c="{escape(currency)}"'
    return f'<a href="{escape(point.href)}" {raw} aria-label="{escape(words)}">{inside}</a>'


def _axis(scale: _Scale, currency: str) -> Iterator[str]:
    for amount in range(scale.low, scale.high + 1, scale.step):
        y = scale.y(amount)
        kind = "axis" if amount == 0 else "grid"
        yield f'<line class="{kind}" x1="{_LEFT}" x2="{_WIDTH}" y1="{y}" y2="{y}"/>'
        said = escape(figures.short(amount, currency) if amount else "0")
        yield f'<text x="{_LEFT - 8}" y="{y + 4}" text-anchor="end">{said}</text>'


def _labels(points: Sequence[Point], slots: Sequence[tuple[int, int]], *, most: int = 14) -> Iterator[str]:
    every = -(-len(points) // most)
    for place, (point, (left, width)) in enumerate(zip(points, slots, strict=True)):
        if place % every == 0:
            yield f'<text x="{left + width // 2}" y="{_HEIGHT - 6}" text-anchor="middle">{escape(point.label)}</text>'


def _svg(parts: Sequence[str], title: str) -> SafeString:
    head = f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="group" aria-label="{escape(title)}">'
    return mark_safe(f"{head}{''.join(parts)}</svg>")  # noqa: S308  words go through `escape`, the rest are our numbers
