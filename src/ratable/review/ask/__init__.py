"""Questions on the ledger: words in, one query of a closed library, an answer whose every figure is a fact.

Worked example: "Why was $4,200 deferred for Acme this month?" is understood as the query `why-deferred` with customer
acme, month 2026-03 and amount 4200.00 USD. It is answered from the entries, foots, and says that no such figure is
there and which are nearest. There is no model here and no free query language: what no query knows is refused.
"""
