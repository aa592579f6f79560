"""Figures and tables in templates, written as everywhere else."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ratable.web import figures, tables

register = template.Library()


@register.simple_tag
def money(amount: int | None, currency: str) -> SafeString:
    """An amount in minor units, negatives in parentheses and read aloud as minus."""
    if amount is not None and amount < 0:
        hidden = '<span class="sr">minus </span><span aria-hidden="true">(</span>{}<span aria-hidden="true">)</span>'
        return format_html(hidden, figures.plain(amount, currency))
    return format_html("{}", figures.money(amount, currency))


@register.simple_tag
def figure(amount: int, currency: str, href: str) -> SafeString:
    """An amount that leads to what it is made of; zero is made of nothing."""
    if not amount:
        return money(amount, currency)
    raw = figures.raw(amount, currency)
    return format_html('<a href="{}" data-v="{}" data-c="{}">{}</a>', href, raw, currency, money(amount, currency))


@register.simple_tag(takes_context=True)
def sheet(context: template.Context, table: tables.Table) -> SafeString:
    """A table in the scale that the address asks for; a part of a page has no address, and is in full."""
    asked = context.get("state")
    return table.html(asked.scale if asked is not None else "")


@register.simple_tag
def raw(amount: int, currency: str) -> str:
    """An amount as a program reads it."""
    return figures.raw(amount, currency)


@register.filter
def words(name: str) -> str:
    """A name of the program in words: false_alarm is false alarm."""
    return name.replace("_", " ")


register.filter("month", figures.month)
