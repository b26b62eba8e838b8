"""Before-images: rows as they were before a delivery, and putting them back.

A row the delivery made has none: it is known by `delivery_id`, and undoing deletes it.
"""

from __future__ import annotations

from functools import cache
from uuid import UUID

from django.db import connection

from residents import feed
from residents.feed import Target
from residents.models import BeforeImage, Delivery, Holding, Protection, Resident

Table = BeforeImage.Table

_KEEP = """
INSERT INTO residents_beforeimage (delivery_id, "table", ref, row)
SELECT %s, %s, kept.ref, to_jsonb(kept) FROM {table} kept WHERE kept.{key} IN ({which})
"""
_KEEP_KEYS = """
INSERT INTO residents_beforeimage (delivery_id, "table", ref, row)
SELECT %s, %s, changed.ref, COALESCE(
    (SELECT jsonb_agg(jsonb_build_array(kept.kind, kept.key)) FROM residents_searchkey kept
     WHERE kept.ref = changed.ref AND kept.kind <> 'phone'), '[]')
FROM changed WHERE NOT changed.new
"""
_RESTORE = """
UPDATE {table} restored SET {columns}
FROM (
    SELECT was.* FROM residents_beforeimage image,
        jsonb_populate_record(NULL::{table}, image.row) was
    WHERE image.delivery_id = %s AND image."table" = %s
) was
WHERE restored.{key} = was.{key} {condition}
"""
_KEYS = """
DELETE FROM residents_searchkey key USING residents_beforeimage image
WHERE image.delivery_id = %(delivery)s AND image."table" = 'residents_searchkey'
    AND key.ref = image.ref AND key.kind <> 'phone';
INSERT INTO residents_searchkey (ref, kind, key)
SELECT image.ref, was->>0, was->>1
FROM residents_beforeimage image, jsonb_array_elements(image.row) was
WHERE image.delivery_id = %(delivery)s AND image."table" = 'residents_searchkey';
"""
_COLUMNS = """
SELECT column_name FROM information_schema.columns
WHERE table_schema = current_schema() AND table_name = %s AND is_generated = 'NEVER'
"""


def keep(delivery: UUID, table: Table, which: str, *, key: str = "ref") -> None:
    """Keep the rows of a table whose `key` the query `which` gives, as they are now."""
    with connection.cursor() as cursor:
        cursor.execute(_KEEP.format(table=table.value, key=key, which=which), [delivery, table])


def keep_keys(delivery: UUID) -> None:
    """Keep what everyone in `changed` is found by now."""
    with connection.cursor() as cursor:
        cursor.execute(_KEEP_KEYS, [delivery, Table.KEY])


def restore(delivery: UUID, table: Table, *, key: str = "ref", condition: str = "") -> None:
    """Put the kept rows of a table back, where `condition` (on `restored` and `was`) allows."""
    columns = ", ".join(f"{name} = was.{name}" for name in _columns(table) if name != f'"{key}"')
    statement = _RESTORE.format(table=table.value, key=key, columns=columns, condition=condition)
    with connection.cursor() as cursor:
        cursor.execute(statement, [delivery, table])


def restore_keys(delivery: UUID) -> None:
    """Let everyone be found by what they were found by before."""
    with connection.cursor() as cursor:
        cursor.execute(_KEYS, {"delivery": delivery})


def refs_changed(delivery: Delivery) -> list[UUID]:
    """Whose records this applied delivery made, changed or ended."""
    target = feed.feed(delivery.feed).target
    made = _MODELS[target]._default_manager.filter(delivery=delivery)
    column = "pk" if target is not Target.HOLDING else "identity_id"
    kept = BeforeImage.objects.filter(delivery=delivery)
    return sorted({*made.values_list(column, flat=True), *kept.values_list("ref", flat=True)})


_MODELS = {Target.RESIDENT: Resident, Target.HOLDING: Holding, Target.PROTECTION: Protection}


@cache
def _columns(table: Table) -> tuple[str, ...]:
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS, [table.value])
        return tuple(f'"{name}"' for (name,) in cursor.fetchall())
