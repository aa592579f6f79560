"""Webhooks as an application of Django."""

from django.apps import AppConfig


class Webhooks(AppConfig):
    """Whom to tell, and what was told."""

    name = "ratable.webhooks"
    label = "webhooks"
