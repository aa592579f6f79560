"""The interface for programs as an application of Django."""

from django.apps import AppConfig


class Api(AppConfig):
    """Jobs, and answers that were given."""

    name = "ratable.api"
    label = "api"
