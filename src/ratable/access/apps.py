"""Sign-in as an application of Django."""

from django.apps import AppConfig
from django.contrib.auth import signals


class Access(AppConfig):
    """Accounts and service keys."""

    name = "ratable.access"
    label = "access"

    def ready(self) -> None:
        """Count how long somebody is signed in from when they do."""
        from ratable.access import sessions  # noqa: PLC0415  applications are loaded before what they hold

        signals.user_logged_in.connect(sessions.begin)
