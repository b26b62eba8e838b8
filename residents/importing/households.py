"""世帯 after an import: who is the head of each household that a changed person is or was in."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from residents.household import HEAD

_REFRESH = """
DROP TABLE IF EXISTS touched;
CREATE TEMP TABLE touched ON COMMIT DROP AS
SELECT household_before AS number FROM changed WHERE household_before IS NOT NULL
UNION SELECT household_number FROM fresh_resident
UNION SELECT household_number FROM residents_resident WHERE gone_at = %(as_of)s;
INSERT INTO residents_household (number, head_id)
SELECT DISTINCT ON (touched.number) touched.number, head.ref
FROM touched
JOIN residents_resident member
    ON member.household_number = touched.number AND member.gone_at IS NULL
LEFT JOIN residents_resident head
    ON head.ref = member.ref AND head.state = '1' AND head.relationship_codes = ARRAY[%(head)s]
WHERE touched.number <> ''
ORDER BY touched.number, head.number
ON CONFLICT (number) DO UPDATE SET head_id = excluded.head_id
WHERE residents_household.head_id IS DISTINCT FROM excluded.head_id;
DELETE FROM residents_household household USING touched
WHERE household.number = touched.number AND NOT EXISTS (
    SELECT FROM residents_resident member
    WHERE member.household_number = touched.number AND member.gone_at IS NULL
);
"""


def refresh(as_of: datetime) -> None:
    """Set the heads (続柄 世帯主, 住登者; none is allowed) and drop households without anyone.

    Reads the temporary tables `changed` and `fresh_resident` of the applying transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute(_REFRESH, {"as_of": as_of, "head": HEAD})
