"""How often may be asked: counted in the database, so that all server processes count together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection
from django.utils.crypto import salted_hmac
from rest_framework.request import Request
from rest_framework.throttling import ScopedRateThrottle

if TYPE_CHECKING:
    from rest_framework.views import APIView  # which reads the settings that name this module


class SharedThrottle(ScopedRateThrottle):
    """So many requests of one asker in the time that begins with the first of them.

    Who asks (address or account) is kept as a keyed hash, and only until that time is over.
    """

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Count this request; False once there were too many."""
        self.scope = view.throttle_scope
        rate = self.get_rate()
        if rate is None:
            return True
        most, seconds = self.parse_rate(rate)
        asker = salted_hmac("counter.api.throttling", self.get_cache_key(request, view))
        count, self.left = _counted(asker.hexdigest(), seconds)
        return count <= most

    def wait(self) -> float:
        """How many seconds until this asker may ask again."""
        return self.left


def _counted(key: str, seconds: int) -> tuple[int, float]:
    """Count one more request; how many there are now, and for how many seconds they still count."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"key": key, "seconds": seconds})
        count, left = cursor.fetchone()
        if count == 1:
            cursor.execute(_FORGET)
    return count, float(left)


# One statement, so that requests at the same moment are each counted.
_COUNT = """
INSERT INTO counter_request_count AS counted (key, count, until)
VALUES (%(key)s, 1, clock_timestamp() + make_interval(secs => %(seconds)s))
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN counted.until <= clock_timestamp() THEN 1 ELSE counted.count + 1 END,
    until = CASE WHEN counted.until <= clock_timestamp() THEN excluded.until ELSE counted.until END
RETURNING count, extract(epoch FROM until - clock_timestamp())
"""
_FORGET = """
DELETE FROM counter_request_count WHERE key IN (
    SELECT key FROM counter_request_count WHERE until <= clock_timestamp() FOR UPDATE SKIP LOCKED
)
"""
