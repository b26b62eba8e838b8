"""Searching too much: leafing through the register is refused for a while and stands in the log.

Searching is looking at people before anybody stated a purpose, so it is counted: answers a minute,
pages without opening anyone, people shown, numbers of nobody, and numbers that follow one another.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from consent import log
from consent.actors import Actor
from consent.models import AccessEntry
from residents import register

PATH = Path(__file__).with_name("search_limits.toml")
REASONS = {
    "per_minute": gettext_noop("短い時間に、検索が続けて行われました。"),
    "pages_without_opening": gettext_noop("どなたの手続も始めないまま、検索が続いています。"),
    "people_per_hour": gettext_noop("1時間に、多くの方が検索結果に表示されました。"),
    "numbers_of_nobody": gettext_noop("どなたのものでもない番号で、検索が続いています。"),
    "numbers_in_a_row": gettext_noop("続いた番号で、検索が行われています。"),
}
"""Why a search was refused, by the limit that was reached; the code stands in the log."""
_COUNTS = """
WITH mine AS (
    SELECT id, at, action, search_id, found_by FROM consent_accessentry
    WHERE account_id = %(account)s AND at > %(now)s - interval '1 hour'
        AND action IN ('search', 'open')
), searched AS (SELECT * FROM mine WHERE action = 'search'),
shown AS (
    SELECT subject.ref, searched.search_id, searched.found_by
    FROM searched JOIN consent_accesssubject subject ON subject.entry_id = searched.id
)
SELECT
    (SELECT count(*) FROM searched WHERE at > %(now)s - interval '1 minute'),
    (SELECT count(DISTINCT search_id) FROM searched WHERE search_id <> %(page)s
        AND at > coalesce((SELECT max(at) FROM mine WHERE action = 'open'), '-infinity')),
    (SELECT count(DISTINCT ref) FROM shown),
    (SELECT count(DISTINCT search_id) FROM searched
        WHERE found_by = 'number' AND search_id <> %(page)s
        AND search_id NOT IN (SELECT search_id FROM shown WHERE search_id IS NOT NULL)),
    (SELECT coalesce(array_agg(DISTINCT ref), '{}') FROM shown WHERE found_by = 'number'),
    (SELECT coalesce(array_agg(DISTINCT ref), '{}') FROM shown WHERE search_id = %(page)s)
"""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one account may search; the file says what each is."""

    per_minute: int
    pages_without_opening: int
    people_per_hour: int
    numbers_of_nobody: int
    numbers_in_a_row: int
    gap: int


@cache
def limits() -> Limits:
    """The limits of consent/search_limits.toml."""
    return Limits(**tomllib.loads(PATH.read_text(encoding="utf-8")))


def refusal(by: Actor, search_id: UUID) -> tuple[str, frozenset[UUID]]:
    """Why this account may not search now, in a sentence that is also logged; "" when it may.

    And whom this page of the account has shown within the hour: each is logged once a page.
    """
    reached, shown = _reached(by, search_id)
    if not reached:
        return "", shown
    log.record(AccessEntry.Action.LIMIT, {}, by=by, search_id=search_id, reason=reached)
    sentence = "".join((
        _(REASONS[reached]),
        _("いまは検索できません。この記録は、あとで責任者が確認します。"),
        _("しばらく待ってから、もう一度お試しください。"),
    ))  # fmt: skip
    return sentence, shown


def _reached(by: Actor, search_id: UUID) -> tuple[str, frozenset[UUID]]:
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNTS, {"account": by.account_id, "now": timezone.now(), "page": search_id}
        )
        answers, pages, people, misses, numbered, shown = cursor.fetchone()
    most = limits()
    counted = {
        "per_minute": answers,
        "pages_without_opening": pages,
        "people_per_hour": people,
        "numbers_of_nobody": misses,
    }
    reached = (name for name, count in counted.items() if count >= getattr(most, name))
    return next(reached, "") or _in_a_row(numbered, most), frozenset(shown)


def _in_a_row(refs: list[UUID], most: Limits) -> str:
    if len(refs) < most.numbers_in_a_row:
        return ""
    longest = max(_runs(register.numbers_of(refs), most.gap), default=0)
    return "numbers_in_a_row" if longest >= most.numbers_in_a_row else ""


def _runs(numbers: Iterable[str], gap: int) -> Iterable[int]:
    """The lengths of runs in which each number follows the one before at most `gap` apart."""
    ordered = sorted(int(number) for number in numbers if number.isdecimal())
    steps = (after - before <= gap for before, after in zip(ordered, ordered[1:], strict=False))
    yield from (sum(1 for _ in run) + 1 for near, run in groupby(steps) if near)
