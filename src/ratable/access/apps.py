"""Sign-in as an application of Django."""

from django.apps import AppConfig


class Access(AppConfig):
    """Accounts and service keys."""

    name = "ratable.access"
    label = "access"
