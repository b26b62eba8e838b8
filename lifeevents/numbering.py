"""受付番号: the day and a running number, `20261122-0001`."""

from __future__ import annotations

from datetime import date

from django.db import connection
from django.db.models.functions import Length

from lifeevents.models import Bundle

LOCK = 0x6B616B61  # "kaka": one counter a town, so one lock


def next_number(day: date) -> str:
    """The next free 受付番号 of a day; must run inside a transaction, which holds the counter's lock."""
    prefix = f"{day:%Y%m%d}-"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    last = (
        Bundle.objects.filter(number__startswith=prefix)
        .order_by(Length("number").desc(), "-number")
        .values_list("number", flat=True)
        .first()
    )
    running = int(last.removeprefix(prefix)) if last else 0
    return f"{prefix}{running + 1:04d}"
