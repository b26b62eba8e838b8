"""How old the register's data is, on every screen that shows some of it: nothing stale looks fresh."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import template

from consent import deliveries
from residents.feed import REGISTER

register = template.Library()


@register.inclusion_tag("components/as_of.html")
def as_of(*, for_staff: bool = True, held: Mapping[str, datetime] | None = None) -> dict[str, Any]:
    """As of when 住民基本台帳 is, and which feeds are late, have stopped, or never came.

    `held` is what an opened bundle knows of that already.
    """
    found = deliveries.in_force(held=held)
    return {
        "at": next((each.as_of for each in found if each.feed == REGISTER), None),
        "old": [each for each in found if each.state in ("late", "stopped")],
        "missing": [each for each in found if each.state == "never"],
        "for_staff": for_staff,
    }
