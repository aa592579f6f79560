"""The naive second engine: plain Python, exact fractions, one day after the other.

Worked example: 1,200.00 for 2026 on `monthly_prorated`, billed on 1 January. The loop of `days` walks from 1 January;
on each day it bills what is due, credits, and recognizes `round_half_even(120000 x weight to date / 12)` less what
it has recognized. On 31 January that is 10000, on 31 December 120000.

It shares no code with `engine` and `billing`, so that the two can be compared to the cent. Read in this order:
`books` (what it answers), `days` (the order within a day), `amendments`, `credits`, `billing`, `curves`.
"""
