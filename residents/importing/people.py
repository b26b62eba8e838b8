"""Applying 住民基本台帳: residents, what they are found by, and their households."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db import connection

from residents import names
from residents.facts import parse_partial_date
from residents.feed import Feed
from residents.importing import households, latest, phones, search_keys
from residents.importing.latest import Counts
from residents.importing.oddities import Oddities
from residents.models import Delivery

_CHANGED = """
CREATE TEMP TABLE changed ON COMMIT DROP AS
SELECT latest.ref, latest.number, latest.row_hash, resident.ref IS NULL AS new,
    resident.household_number AS household_before
FROM latest LEFT JOIN residents_resident resident ON resident.ref = latest.ref
WHERE resident.ref IS NULL OR resident.row_hash <> latest.row_hash
    OR resident.gone_at IS NOT NULL;
ANALYZE changed;
"""
_GOING = """
FROM residents_resident resident
WHERE resident.gone_at IS NULL
    AND NOT EXISTS (SELECT FROM latest WHERE latest.ref = resident.ref)
    AND NOT EXISTS (SELECT FROM blocked WHERE blocked.ref = resident.ref)
"""
_ROWS = """
SELECT changed.ref, changed.number, changed.row_hash, staged.record::text
FROM changed JOIN residents_stagedrow staged ON staged.number = changed.number
WHERE staged.delivery_id = %(delivery)s AND staged.reason = ''
ORDER BY changed.ref, staged.version_key DESC
"""
_COLUMNS = (
    "ref, number, household_number, kind, state, history_no, branch_no, record, row_hash, name, "
    "name_kana, birth_earliest, birth_latest, sex, relationship_codes, town, delivery_id, "
    "kana_key, name_key, address_key, building_key"
)
_FRESH = """
DROP TABLE IF EXISTS fresh_resident, fresh_key;
CREATE TEMP TABLE fresh_resident (LIKE residents_resident) ON COMMIT DROP;
CREATE TEMP TABLE fresh_key (ref uuid, kind text, key text COLLATE "C") ON COMMIT DROP;
"""
_COPIES = {
    "resident": f"COPY fresh_resident ({_COLUMNS}) FROM STDIN",
    "key": "COPY fresh_key (ref, kind, key) FROM STDIN",
}
_SET = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS.split(", ")[1:])
_APPLY = f"""
INSERT INTO residents_resident ({_COLUMNS}, gone_at)
SELECT {_COLUMNS}, NULL FROM fresh_resident
ON CONFLICT (ref) DO UPDATE SET {_SET}, gone_at = NULL
WHERE residents_resident.row_hash <> excluded.row_hash
    OR residents_resident.gone_at IS NOT NULL;
DELETE FROM residents_searchkey key USING changed
WHERE key.ref = changed.ref AND key.kind <> 'phone' AND NOT changed.new;
INSERT INTO residents_searchkey (ref, kind, key) SELECT ref, kind, key FROM fresh_key;
"""


def apply(delivery: Delivery, feed: Feed, oddities: Oddities) -> Counts:
    """Make the residents what the delivery's latest rows say. Raises FileHeld; runs in a transaction.

    Whoever the 全件 lacks keeps their row and is marked gone; nobody is deleted.
    """
    latest.prepare(delivery.pk)
    with connection.cursor() as cursor:
        going = _check_going(cursor, delivery)
        cursor.execute(_CHANGED + _FRESH)
        latest.rebuild(
            _ROWS, {"delivery": delivery.pk}, _Builder(delivery, feed, oddities), _COPIES
        )
        cursor.execute(_APPLY)
        if going:
            cursor.execute(_end(), [delivery.as_of])
        households.refresh(delivery.as_of)
        phones.refresh_new()
        cursor.execute(
            "SELECT count(*) FILTER (WHERE new), count(*) FILTER (WHERE NOT new),"
            " (SELECT count(*) FROM latest) - count(*) FROM changed"
        )
        new, changed, unchanged = cursor.fetchone()
    return Counts(new, changed, going, unchanged)


def _check_going(cursor: Any, delivery: Delivery) -> int:
    if not latest.may_end_records(delivery.pk):
        return 0
    cursor.execute(f"SELECT count(*) {_GOING}")
    (going,) = cursor.fetchone()
    cursor.execute("SELECT count(*) FROM residents_resident WHERE gone_at IS NULL")
    (held,) = cursor.fetchone()
    latest.hold_mass(going, held, "住民")
    return going


def _end() -> str:
    return f"UPDATE residents_resident SET gone_at = %s WHERE ref IN (SELECT resident.ref {_GOING})"


class _Builder:
    """Turns all rows of one person into a resident and search keys."""

    def __init__(self, delivery: Delivery, feed: Feed, oddities: Oddities) -> None:
        self.delivery = delivery
        self.versions = feed.versions
        self.oddities = oddities

    def __call__(
        self, ref: UUID, rows: list[tuple[Any, ...]]
    ) -> Iterator[tuple[str, tuple[Any, ...]]]:
        _, number, row_hash, text = rows[0]
        records = [json.loads(row[-1]) for row in rows]
        self.oddities.note(records[0])
        yield "resident", self._resident(ref, number, row_hash, text, records[0])
        for kind, key in search_keys.also(records):
            yield "key", (ref, kind, key)

    def _resident(
        self,
        ref: UUID,
        number: str,
        row_hash: bytes,
        text: str,
        record: dict[str, str],
    ) -> tuple[Any, ...]:
        birth = parse_partial_date(record.get("生年月日", ""))
        history_no, branch_no = (int(record[name]) for name in self.versions)
        codes = [record.get(f"続柄コード{place}", "") for place in range(1, 5)]
        return (
            ref,
            number,
            record.get("世帯番号", ""),
            record.get("住民種別", ""),
            record.get("住民状態", ""),
            history_no,
            branch_no,
            text,
            row_hash,
            names.shown_name(record),
            names.shown_kana(record),
            birth.earliest if birth else None,
            birth.latest if birth else None,
            record.get("性別", ""),
            latest.array([code for code in codes if code]),
            record.get("住所_町字", ""),
            self.delivery.pk,
            *search_keys.columns(record),
        )
