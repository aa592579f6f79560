"""Addresses of single things, however their ids are spelled.

Worked example: contract `A/B 7?` stands at `/contracts/A%2FB%207%3F`.
"""

from urllib.parse import quote


def contract(id_: object, *more: str) -> str:
    """The page of a contract, or one below it: its amendment, or a month to come."""
    return _place("contracts", id_, *more)


def invoice(id_: object) -> str:
    """The page of an invoice."""
    return _place("invoices", id_)


def credit_note(id_: object) -> str:
    """The page of a credit note."""
    return _place("credit-notes", id_)


def entry(id_: object) -> str:
    """The trace of an entry."""
    return _place("entries", id_)


def _place(*parts: object) -> str:
    return "".join(f"/{quote(str(part), safe='')}" for part in parts)
