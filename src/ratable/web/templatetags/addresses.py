"""Addresses in templates: this screen with something changed, or another one with the same month and entity."""

from django import template

from ratable.web import state as states

register = template.Library()


@register.simple_tag
def address(state: states.State, **parts: object) -> str:
    """This screen with some parts of its address changed; None takes one away."""
    return state.here(**parts)


@register.simple_tag
def screen(state: states.State, path: str, **parts: object) -> str:
    """Another screen with the same month, entity and knowledge."""
    return state.link(path, **parts)
