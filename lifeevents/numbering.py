"""受付番号: the day and a running number, `20261122-0001`."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from django.db import connection
from django.db.models.functions import Length

from lifeevents.models import Bundle

_DASHES = re.compile("[‐-―−ー]")
_NUMBER = re.compile(r"\d{8}-\d{4,}")
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


def read(text: str) -> str:
    """The 受付番号 that was typed or scanned, in any width and with any dash; blank if it is none."""
    plain = _DASHES.sub("-", unicodedata.normalize("NFKC", text)).strip()
    return plain if _NUMBER.fullmatch(plain) else ""
