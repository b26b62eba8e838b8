"""A resident or a holding as its table has it, from what the rows of one record say; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from residents import names
from residents.facts import parse_partial_date
from residents.feed import Active, Feed
from residents.importing import search_keys

Record = Mapping[str, str]
RELATIONSHIPS = tuple(f"続柄コード{place}" for place in range(1, 5))

RESIDENT = (
    "number, household_number, kind, state, history_no, branch_no, record, row_hash, name, "
    "name_kana, birth_earliest, birth_latest, sex, relationship_codes, town, delivery_id, "
    "kana_key, name_key, address_key, building_key"
)
HOLDING = (
    "feed, record_key, version, record, row_hash, active_from, active_until, active, delivery_id"
)


def resident(
    feed: Feed, delivery: str, number: str, row_hash: bytes, text: str, record: Record
) -> tuple[Any, ...]:
    """The columns RESIDENT of the person whose latest row is `record`; `text` is how it is stored."""
    history_no, branch_no = (int(record[name]) for name in feed.versions)
    said = record.get
    codes = [code for code in map(said, RELATIONSHIPS) if code]
    return (
        number,
        said("世帯番号", ""),
        said("住民種別", ""),
        said("住民状態", ""),
        history_no,
        branch_no,
        text,
        row_hash,
        names.shown_name(record),
        names.shown_kana(record),
        *span(said("生年月日", "")),
        said("性別", ""),
        array(codes),
        said("住所_町字", ""),
        delivery,
        *search_keys.columns(record),
    )


def holding(
    feed: Feed, delivery: str, record_key: str, row_hash: bytes, text: str, record: Record
) -> tuple[Any, ...]:
    """The columns HOLDING of one record of a feed, from its latest row."""
    return (
        feed.code,
        record_key,
        array([record[name] for name in feed.versions]),
        text,
        row_hash,
        *bounds(feed.active, record),
        delivery,
    )


def bounds(active: Active, record: Record) -> tuple[date | None, date | None, bool]:
    """From and until when a record counts as held, and whether its codes let it count at all.

    An incomplete date is read in favour of holding. Without a start nothing is held yet; the open
    ends 0000-01-01 and 9999-12-31 are no bound.
    """
    start = record.get(active.start, "")
    first, _ = span(start)
    _, last = span(record.get(active.until, ""))
    begun = bool(start) or not active.start
    counts = all(record.get(name, "") in codes for name, codes in active.where.items())
    return first, last, begun and counts


def array(values: Sequence[str]) -> str:
    """A text[] literal; several times faster than leaving a list to the driver."""
    quoted = (value.replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return "{" + ",".join(f'"{value}"' for value in quoted) + "}"


@lru_cache(maxsize=1 << 16)
def span(text: str) -> tuple[date | None, date | None]:
    """The first and last day a DATE item may mean; (None, None) if it means none."""
    day = parse_partial_date(text)
    return (day.earliest, day.latest) if day else (None, None)
