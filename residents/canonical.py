"""The register written out: one CSV per feed of the latest rows, always in the same order."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from django.db.models import QuerySet
from django.db.models.functions import Collate

from residents.feed import Feed, Target, feeds
from residents.models import Holding, Protection, Resident

_CHUNK = 2000


def write(folder: Path) -> dict[str, int]:
    """Write {feed code}.csv for every feed into `folder` and return the rows of each.

    The columns are the feed's items in list order, the rows those the last 全件 had, by 宛名番号 and
    record; refs are left out. Two equal registers give equal bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return {each.code: _write_feed(folder / f"{each.code}.csv", each) for each in feeds().values()}


def _write_feed(path: Path, feed: Feed) -> int:
    with path.open("w", encoding="utf-8", newline="") as file:
        return _write_rows(file, feed)


def _write_rows(file: TextIO, feed: Feed) -> int:
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(feed.columns)
    count = 0
    for record in _records(feed):
        writer.writerow([record.get(name, "") for name in feed.columns])
        count += 1
    return count


def _records(feed: Feed) -> Iterator[dict[str, str]]:
    rows: QuerySet[Any]
    match feed.target:
        case Target.RESIDENT:
            rows = Resident.objects.filter(gone_at__isnull=True).order_by(_bytewise("number"))
        case Target.PROTECTION:
            rows = Protection.objects.order_by(_bytewise("identity__number"))
        case Target.HOLDING:
            held = Holding.objects.filter(feed=feed.code, gone_at__isnull=True)
            rows = held.order_by(_bytewise("identity__number"), _bytewise("record_key"))
    return rows.values_list("record", flat=True).iterator(_CHUNK)


def _bytewise(field: str) -> Collate:
    """Ordered alike on every server, whatever its locale."""
    return Collate(field, "C")
