"""世帯 after an import: who is the head of each household that a changed person is or was in."""

from __future__ import annotations

from django.db import connection

from residents.household import HEAD
from residents.importing import tables

# Should there be two heads, the one with the lower 宛名番号.
_HEADS = """
SELECT member.household_number AS number, (min(ARRAY[member.number, member.ref::text]) FILTER (
    WHERE member.state = '1' AND member.relationship_codes = ARRAY[%(head)s]
))[2]::uuid AS head
FROM residents_resident member
WHERE member.gone_at IS NULL AND member.household_number <> ''
"""
# They find no room in the memory that statements of the desk are given, and would go by way of the disk.
_EVERY = f"""
SET LOCAL work_mem = '512MB';
INSERT INTO residents_household (number, head_id) {_HEADS} GROUP BY member.household_number
"""
# A household that is as it was is not even locked: that would write a page of it to the log.
_REFRESH = f"""
INSERT INTO residents_household (number, head_id)
SELECT number, head FROM (
    {_HEADS} AND member.household_number IN (SELECT number FROM moved)
    GROUP BY member.household_number
) now
WHERE NOT EXISTS (
    SELECT FROM residents_household held
    WHERE held.number = now.number AND held.head_id IS NOT DISTINCT FROM now.head
)
ON CONFLICT (number) DO UPDATE SET head_id = excluded.head_id;
DELETE FROM residents_household household USING moved
WHERE household.number = moved.number AND NOT EXISTS (
    SELECT FROM residents_resident member
    WHERE member.household_number = moved.number AND member.gone_at IS NULL
);
"""


def fill() -> None:
    """Make the households of everyone, in a transaction; there are none yet."""
    with tables.bare("residents_household"), connection.cursor() as cursor:
        cursor.execute(_EVERY, {"head": HEAD})


def refresh() -> None:
    """Set the heads (続柄 世帯主, 住登者; none is allowed) and drop households without anyone.

    Looks at the households in the temporary table `moved`.
    """
    with connection.cursor() as cursor:
        cursor.execute(_REFRESH, {"head": HEAD})
