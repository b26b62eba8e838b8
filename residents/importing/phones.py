"""Telephone numbers as search keys: kept in step with the feed 連絡先."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db import connection

from residents.importing import latest, search_keys

FEED = "contact"
_COPY = {"key": "COPY residents_searchkey (ref, kind, key) FROM STDIN"}
_CONTACTS = """
SELECT holding.ref, holding.record::text
FROM residents_holding holding
JOIN changed ON changed.ref = holding.ref
JOIN residents_resident resident ON resident.ref = holding.ref
WHERE holding.feed = %(feed)s AND holding.gone_at IS NULL AND holding.active
    AND (holding.active_until IS NULL OR holding.active_until > current_date)
"""


def refresh_new() -> None:
    """Give people new in the register the numbers that 連絡先 already holds of them."""
    _copy(f"{_CONTACTS} AND changed.new ORDER BY holding.ref")


def refresh_changed() -> None:
    """Replace the numbers of everyone whose 連絡先 changed or ended (temporary table `changed`)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM residents_searchkey key USING changed"
            " WHERE key.ref = changed.ref AND key.kind = 'phone'"
        )
    _copy(f"{_CONTACTS} ORDER BY holding.ref")


def _copy(select: str) -> None:
    latest.rebuild(select, {"feed": FEED}, _keys, _COPY)


def _keys(ref: UUID, rows: list[tuple[Any, ...]]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    found = {key for row in rows for key in search_keys.of_contact(json.loads(row[-1]))}
    for kind, key in sorted(found):
        yield "key", (ref, kind, key)
