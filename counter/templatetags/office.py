"""How counts are written on the office's screens."""

from __future__ import annotations

from django import template

register = template.Library()


@register.filter
def grouped(count: int) -> str:
    """1,234,567."""
    return f"{count:,}"
