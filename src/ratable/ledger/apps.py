"""The store as an application of Django."""

from django.apps import AppConfig


class Ledger(AppConfig):
    """Its tables and the guards that the database itself keeps over them."""

    name = "ratable.ledger"
    label = "ledger"
