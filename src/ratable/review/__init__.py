"""The review: what is wrong or odd in a journal, why, and what to do; it proposes, and only people decide.

Worked example: run 7 recognizes 31 days of a line whose clause says that service begins on the 15th. `running.review`
raises one flag of check JC-16 on that entry: "1,000.00 USD of C-12-1 is dated 2026-01-31, of which 451.61 is before
2026-01-15, the first day that its clause names", with the formula, the rows and the correction that puts it right.

A snapshot in, flags out: nothing here asks a clock, chance, a database or a network, but for `model`, which may phrase
and route, and never computes.
"""
