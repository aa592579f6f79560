"""Figures in templates, written as everywhere else."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ratable.web import figures

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


register.filter("month", figures.month)
