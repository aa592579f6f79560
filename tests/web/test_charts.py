"""Charts: bars from zero, a bridge that ends where the balance does, words for who cannot see them."""

import re

from ratable.web import charts

POINTS = [
    charts.Point("Jan", 1000_00, "", "/a?b=1&c=2"),
    charts.Point("Feb", -500_00, "open"),
    charts.Point("<Mar>", 0),
]


def boxes(svg: str) -> list[tuple[int, int]]:
    """Top and bottom of each bar."""
    found = re.findall(r'<rect [^>]*y="(-?\d+)" width="\d+" height="(\d+)"', svg)
    return [(int(top), int(top) + int(height)) for top, height in found]


def test_bars_begin_at_zero() -> None:
    svg = charts.bars(POINTS, currency="USD", kind="recognized", title="Revenue")
    up, down, none = boxes(svg)

    assert up[1] == down[0] == none[0]


def test_twice_the_amount_is_twice_the_height() -> None:
    svg = charts.bars(POINTS[:2], currency="USD", kind="recognized", title="Revenue")
    up, down = (bottom - top for top, bottom in boxes(svg))

    assert abs(up - 2 * down) <= 2


def test_a_bridge_ends_where_its_movements_lead() -> None:
    steps = [
        charts.Point("Opening", 300),
        charts.Point("Billed", 200),
        charts.Point("Recognized", -100),
        charts.Point("Closing", 400),
    ]
    opening, billed, recognized, closing = boxes(charts.bridge(steps, currency="USD", title="Deferred"))

    assert billed[1] == opening[0]
    assert recognized[0] == billed[0]
    assert closing[0] == recognized[1]


def test_every_bar_says_what_it_is_and_leads_to_it() -> None:
    svg = charts.bars(POINTS, currency="USD", kind="recognized", title="A <b>")

    assert '<a href="/a?b=1&amp;c=2" data-v="1000.00" data-c="USD" aria-label="Jan: 1,000.00 USD">' in svg
    assert "<title>Feb: (500.00) USD</title>" in svg
    assert "&lt;Mar&gt;" in svg
    assert "<Mar>" not in svg
    assert "<b>" not in svg


def test_no_style_is_written_into_a_chart() -> None:
    svg = charts.balance(POINTS, currency="JPY", kind="deferred", title="Deferred")

    assert "style=" not in svg


def test_nothing_at_all_is_an_empty_chart() -> None:
    assert charts.bars([], currency="USD", kind="recognized", title="Nothing").startswith("<svg")
    assert charts.balance([], currency="USD", kind="deferred", title="Nothing").startswith("<svg")
