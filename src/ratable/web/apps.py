"""The screens as an application of Django."""

from django.apps import AppConfig


class Web(AppConfig):
    """Templates, styles and scripts."""

    name = "ratable.web"
    label = "web"
