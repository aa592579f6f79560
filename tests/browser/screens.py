"""Every screen by its address, in the small company of tests/web/companies.py."""

SCREENS = (
    "/?period=2026-02", "/close/steps?period=2026-02", "/review", "/journals?period=2026-02",
    "/journals?period=2026-03&stage=draft", "/journals/new", "/roll-forward?period=2026-02&by=customer",
    "/waterfall?period=2026-02&by=contract", "/waterfall?period=2026-02&shape=triangle", "/scheduled?month=2026-05",
    "/rpo?period=2026-02", "/trial-balance?period=2026-02", "/balances?period=2026-02", "/contracts", "/contracts/C-1",
    "/contracts/C-1/amend", "/invoices", "/invoices/I-7", "/credit-notes/N-1", "/products", "/accounts-map",
    "/policies", "/imports", "/imports/1", "/exports?period=2026-02", "/activity", "/people", "/account", "/components",
    "/ask?period=2026-02", "/ask?period=2026-02&query=why-deferred&customer=acme&from=2026-02&to=2026-02",
    "/ask?period=2026-02&query=trend&customer=acme", "/ask?period=2026-02&query=revenue&by=customer",
    "/ask?period=2026-02&query=why-deferred", "/watchtower",
)  # fmt: skip
