"""A town grown to the size of a city inside the database, for measuring search at full size.

Every copy of a household takes another household's 氏, other days of birth and another house number,
so names, towns and dates stay as common as they are in the town. What is searched is right; the rows
as exported (`record`) stay those of the original.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db import connection, transaction

from residents import record_items

_INDEXES = """
SELECT indexname, indexdef FROM pg_indexes
WHERE tablename = ANY(%s) AND NOT EXISTS (
    SELECT FROM pg_constraint WHERE conindid = (schemaname || '.' || indexname)::regclass
)
"""
_FIRST_COPY = 500_000_000  # 宛名番号 and 世帯番号 from which on copies are numbered
_TABLES = ["residents_identity", "residents_resident", "residents_searchkey"]
_PLAN = """
CREATE TEMP TABLE family ON COMMIT DROP AS
SELECT DISTINCT ON (household_number) household_number,
    dense_rank() OVER (ORDER BY household_number) - 1 AS place,
    split_part(kana_key, ' ', 1) AS kana_key, split_part(name_key, ' ', 1) AS name_key,
    split_part(name_kana, '　', 1) AS name_kana, split_part(name, '　', 1) AS name
FROM residents_resident WHERE kind = '1' AND name LIKE '%%　%%'
ORDER BY household_number, number;
CREATE UNIQUE INDEX ON family (place);
CREATE TEMP TABLE copy ON COMMIT DROP AS
SELECT gen_random_uuid() AS ref, base.ref AS of, base.place, turn, family.place AS home
FROM (SELECT *, row_number() OVER (ORDER BY number) AS place FROM residents_resident) base
LEFT JOIN family ON family.household_number = base.household_number
CROSS JOIN generate_series(1, %(turns)s) turn
LIMIT %(wanted)s;
CREATE INDEX ON copy (of);
ANALYZE family, copy;
"""
_GROW = """
INSERT INTO residents_identity (ref, number, created_at)
SELECT ref, lpad((%(first)s + turn * %(base)s + place)::text, 10, '0'), now() FROM copy;
INSERT INTO residents_resident (
    ref, number, household_number, kind, state, history_no, branch_no, record, row_hash, name,
    name_kana, birth_earliest, birth_latest, sex, relationship_codes, town, gone_at, delivery_id,
    kana_key, name_key, address_key, building_key
)
SELECT copy.ref, lpad((%(first)s + copy.turn * %(base)s + copy.place)::text, 10, '0'),
    CASE WHEN home IS NULL THEN 'x' || copy.ref
        ELSE lpad((%(first)s + copy.turn * %(base)s + home)::text, 10, '0') END,
    kind, state, history_no, branch_no, record, row_hash,
    coalesce(family.name || '　' || nullif(split_part(r.name, '　', 2), ''), r.name),
    coalesce(family.name_kana || '　' || nullif(split_part(r.name_kana, '　', 2), ''), r.name_kana),
    birth_earliest + shift, birth_latest + shift, sex, relationship_codes, town, gone_at,
    delivery_id,
    coalesce(family.kana_key || ' ' || nullif(split_part(r.kana_key, ' ', 2), ''), r.kana_key),
    coalesce(family.name_key || ' ' || nullif(split_part(r.name_key, ' ', 2), ''), r.name_key),
    regexp_replace(address_key, '[0-9]+$', ((copy.turn * 13 + copy.place) %% 80 + 1)::text),
    building_key
FROM copy
JOIN residents_resident r ON r.ref = copy.of
CROSS JOIN LATERAL (SELECT ((copy.place * 31 + copy.turn * 17) %% 365 - 182)::int AS shift) moved
LEFT JOIN family ON r.kind = '1'
    AND family.place = (copy.home * 7919 + copy.turn * 104729) %% %(families)s;
INSERT INTO residents_searchkey (ref, kind, key)
SELECT copy.ref, kind, CASE WHEN kind = 'phone'
    THEN left(key, 4) || lpad(((copy.place * 9973 + copy.turn * 7919) %% 1000000)::text, 6, '0')
    ELSE key END
FROM copy JOIN residents_searchkey k ON k.ref = copy.of;
INSERT INTO residents_protection (
    ref, kind, history_no, starts_on, ends_on, record, row_hash, delivery_id
)
SELECT copy.ref, kind, history_no, starts_on, ends_on, record, row_hash, delivery_id
FROM copy JOIN residents_protection p ON p.ref = copy.of;
"""


def grow(residents: int) -> None:
    """Make the register hold `residents` people, by copies of those it has; indexes come last."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM residents_resident")
        (base,) = cursor.fetchone()
        if residents <= base:
            return
        with transaction.atomic():
            indexes = _drop_indexes(cursor)
            # Foreign keys hold by how the rows are made; checking a million of them takes long.
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(_PLAN, {"turns": residents // base, "wanted": residents - base})
            cursor.execute("SELECT count(*) FROM family")
            (families,) = cursor.fetchone()
            numbers = {"first": _FIRST_COPY, "base": base, "families": families}
            cursor.execute(_GROW, numbers)
            cursor.execute("SET LOCAL session_replication_role = DEFAULT")
            for statement in indexes:
                cursor.execute(statement)


def originals() -> list[dict[str, str]]:
    """The rows, as exported, of those living here who are nobody's copy; "" for what is blank."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT record FROM residents_resident WHERE living_here AND number < %s"
            " ORDER BY number",
            [f"{_FIRST_COPY:010}"],
        )
        return [defaultdict(str, record_items.decode(record)) for (record,) in cursor.fetchall()]


def _drop_indexes(cursor: Any) -> list[str]:
    cursor.execute(_INDEXES, [_TABLES])
    found = cursor.fetchall()
    for name, _ in found:
        cursor.execute(f'DROP INDEX "{name}"')
    return [definition for _, definition in found]
