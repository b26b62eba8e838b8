"""How names, dates and keys are written on the desk's screens."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from datetime import date

from django import template
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from counter.desk.hits import Piece
from residents import wareki
from residents.facts import PartialDate

register = template.Library()

WEEKDAYS = "月火水木金土日"
CHOICE_KEYS = "123456789ABCDFGHIJKLMNOPQRSTUVWXYZ"
LONGEST_UNBROKEN = 12
"""A part of a name longer than this may break, or it would push the page aside at 360 px."""


@register.filter
def name(text: str) -> SafeString:
    """A person's name whose line may break between 氏 and 名 only."""
    parts = [(part,) for part in re.split(r"[ \u3000]+", text or "") if part]
    if any(len(part) > LONGEST_UNBROKEN for (part,) in parts):
        return format_html("{}", text)
    return format_html_join("\u3000", '<span class="name-part">{}</span>', parts)


@register.filter
def marked(parts: Iterable[Iterable[Piece]]) -> SafeString:
    """A name in its parts (`hits.marked`), with what was searched for in bold.

    Put together here, as a list of people has forty of them.
    """
    spans = ("".join(map(_piece, part)) for part in parts)
    return SafeString("\u3000".join(f'<span class="name-part">{span}</span>' for span in spans))


def _piece(piece: Piece) -> str:
    text = escape(piece.text)
    return f"<b>{text}</b>" if piece.found else text


@register.filter
def day(value: date | PartialDate | None) -> str:
    """令和8年4月1日（水）; an incomplete date in its own words, without a weekday."""
    exact = value.exact if isinstance(value, PartialDate) else value
    if exact is None:
        return wareki.format(value) if value else ""
    return f"{wareki.format(exact)}（{WEEKDAYS[exact.weekday()]}）"


@register.filter
def birthday(value: PartialDate | None) -> str:
    """生年月日 as 令和4年1月15日; the words of the register when it is incomplete."""
    return wareki.format(value) if value else gettext("生年月日不明")


@register.filter
def days_left(days: int | None) -> str:
    """How far away a deadline is, in words."""
    if days is None:
        return ""
    if days == 0:
        return gettext("今日まで")
    if days < 0:
        text = ngettext("%(days)d日過ぎています", "%(days)d日過ぎています", -days)
        return text % {"days": -days}
    return ngettext("あと%(days)d日", "あと%(days)d日", days) % {"days": days}


@register.filter
def digit(counter: int) -> str:
    """The key of the n-th choice: 1 to 9, then letters without E, which corrects; then none."""
    return CHOICE_KEYS[counter - 1 : counter]


@register.simple_tag
def new_token() -> str:
    """A random id for one page, under which a search is logged once and a start happens once."""
    return str(uuid.uuid4())


@register.simple_tag
def key_hint(key: str) -> SafeString:
    """The little key cap beside what it does; screen readers get aria-keyshortcuts instead."""
    return format_html('<kbd aria-hidden="true">{}</kbd>', key) if key else SafeString("")
