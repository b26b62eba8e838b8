"""How long the clerk's one search box takes, in the database and as a page, for each shape of query.

People all over the town are searched for, so names and towns are as common as they are: most searches
are for common ones. One connection; plans made and tables read, but each search is made once.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

from django.db import connection
from django.test import Client
from django.urls import reverse

from consent import door
from consent.actors import Actor, actor_of
from consent.models import AccessEntry, Account
from counter.bench.database import Town, clerk
from counter.bench.figures import Goal, Measured, milliseconds, p95, spread
from counter.entry import session
from counter.entry.waiting import BACKEND
from residents import wareki

GOALS = {
    "db_p95_ms": Goal("<=", 15),
    "page_p95_ms": Goal("<=", 50),
    "index_to_table": Goal("<=", 1),
}
PEOPLE = 100  # and as many others before, as towns search all day
A_CLERK_SEARCHES = 25  # and then the next one does: nobody may search that fast for long
SEARCHED = ("residents_resident", "residents_searchkey")

Row = dict[str, str]


class Spent(NamedTuple):
    """Seconds until the answer, and of them what the server's process worked (0 where unknown)."""

    seconds: float
    cpu: float


KANA = "氏名_フリガナ"


def _part(text: str, place: int) -> str:
    return text.split("\u3000")[place]


SHAPES: dict[str, Callable[[Row], str]] = {
    "number": lambda row: row["宛名番号"],
    "household_number": lambda row: row["世帯番号"],
    "telephone": lambda row: f"0901{row['宛名番号'][-4:]}",
    "kana_two": lambda row: row[KANA][:2],
    "kana_surname": lambda row: _part(row[KANA], 0),
    "kana_given": lambda row: _part(row[KANA], 1),
    "kana_full": lambda row: row[KANA],
    "kana_unspaced": lambda row: row[KANA].replace("\u3000", ""),
    "kana_two_and_birth": lambda row: f"{row[KANA][:2]} {row['生年月日']}",
    "kana_and_birth_without_era": lambda row: f"{row[KANA][:2]} {_without_era(row['生年月日'])}",
    "kanji_surname": lambda row: _part(row["氏名"], 0),
    "kanji_full": lambda row: row["氏名"].replace("\u3000", ""),
    "birth": lambda row: row["生年月日"],
    "town": lambda row: row["住所_町字"],
    "town_and_block": lambda row: f"{row['住所_町字']} {row['住所_番地号表記']}",
    "kana_two_and_town": lambda row: f"{row[KANA][:2]} {row['住所_町字']}",
    "kana_and_town": lambda row: f"{_part(row[KANA], 0)} {row['住所_町字']}",
    "kanji_and_town": lambda row: f"{_part(row['氏名'], 0)} {row['住所_町字']}",
    "kanji_and_given": lambda row: f"{_part(row['氏名'], 0)} {_part(row[KANA], 1)}",
    "kanji_given_and_town": lambda row: (
        f"{_part(row['氏名'], 0)} {_part(row[KANA], 1)} {row['住所_町字']}"
    ),
    "kanji_and_building": lambda row: f"{_part(row['氏名'], 0)} {row.get('住所_方書', 'コーポ１')}",
    "given_and_town": lambda row: f"{_part(row[KANA], 1)} {row['住所_町字']}",
}


def _without_era(day: str) -> str:
    """1966-01-15 as clerks type it: 41.1.15."""
    return (
        re.sub(r"^\D+", "", wareki.format(date.fromisoformat(day)))
        .replace("元", "1")
        .translate({ord("年"): ".", ord("月"): ".", ord("日"): None})
    )


def run(town: Town) -> Measured:
    """Search for people of the town in every shape, one shape after the other for each of them."""
    people = list(_searched_for(town))
    clerks = _clerks()
    _read_whole()
    _times_in_database(_queries(people[::2]), clerks)
    queries = _queries(people[1::2])
    in_database = _times_in_database(queries, clerks)
    pages = _pages(queries[:: len(SHAPES) - 1], clerks)  # every shape in turn
    assert not AccessEntry.objects.filter(action=AccessEntry.Action.LIMIT).exists()
    shapes_p95 = {shape: _summed_up(spent) for shape, spent in in_database.items()}
    worst = max(shapes_p95, key=lambda shape: shapes_p95[shape]["p95_ms"])
    return Measured(
        figures={
            "residents": town.residents,
            "shapes": shapes_p95,
            "worst_shape": worst,
            "worst_cpu_p95_ms": max(each["cpu_p95_ms"] for each in shapes_p95.values()),
            "page": spread(pages),
        },
        ratios={
            "db_p95_ms": shapes_p95[worst]["p95_ms"],
            "page_p95_ms": milliseconds(p95(pages)),
            "index_to_table": _index_to_table(),
        },
    )


def _queries(people: Iterable[Row]) -> list[tuple[str, str]]:
    return [(shape, query(row)) for row in people for shape, query in SHAPES.items()]


def _times_in_database(
    queries: Sequence[tuple[str, str]], clerks: Iterator[Account]
) -> dict[str, list[Spent]]:
    """What each search took, by its shape."""
    spent: dict[str, list[Spent]] = {shape: [] for shape in SHAPES}
    for chunk in _batched(queries):
        by = actor_of(next(clerks), terminal="bench", channel="desk")
        for shape, query in chunk:
            spent[shape].append(_in_database(query, by))
    return spent


def _read_whole() -> None:
    """Bring the tables into memory, where those searched all day are."""
    with connection.cursor() as cursor:
        for table in SEARCHED:
            cursor.execute(f"SELECT count(searched) FROM {table} searched")


def _searched_for(town: Town) -> Iterator[Row]:
    """People spread over the town, those with 氏 and 名 and a whole date of birth."""
    whole = [
        row
        for row in town.people
        if "\u3000" in row["氏名"] and "\u3000" in row[KANA] and row["生年月日"][-2:] != "00"
    ]
    yield from whole[:: max(1, len(whole) // PEOPLE // 2)][: 2 * PEOPLE]


def _clerks() -> Iterator[Account]:
    return (clerk(f"bench-{number}") for number in count())


def _batched(queries: Sequence[tuple[str, str]]) -> Iterator[Sequence[tuple[str, str]]]:
    """As many searches as one clerk may make."""
    for start in range(0, len(queries), A_CLERK_SEARCHES):
        yield queries[start : start + A_CLERK_SEARCHES]


def _summed_up(spent: Sequence[Spent]) -> dict[str, float]:
    cpu = p95([each.cpu for each in spent])
    return {**spread([each.seconds for each in spent]), "cpu_p95_ms": milliseconds(cpu)}


def _in_database(query: str, by: Actor) -> Spent:
    """What the database took to find; writing the log line is the page's."""
    with _timed_selects() as spent:
        door.search(query, by=by, search_id=uuid4())
    return Spent(sum(each.seconds for each in spent), sum(each.cpu for each in spent))


@contextmanager
def _timed_selects() -> Iterator[list[Spent]]:
    spent: list[Spent] = []
    work = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")

    def cpu() -> float:
        return int(work.read_text().split()[0]) / 1e9 if work.exists() else 0

    def timed(execute: Callable, sql: Any, params: Any, many: bool, context: Any) -> Any:
        worked, started = cpu(), time.perf_counter()
        found = execute(sql, params, many, context)
        if SEARCHED[0] in str(sql):
            spent.append(Spent(time.perf_counter() - started, cpu() - worked))
        return found

    with connection.execute_wrapper(timed):
        yield spent


def _pages(queries: Sequence[tuple[str, str]], clerks: Iterator[Account]) -> list[float]:
    """Seconds of the whole page with its log line, one user, every shape in turn."""
    spent = []
    for chunk in _batched(queries):
        client = _signed_in(next(clerks))
        for place, (_, query) in enumerate(chunk):
            started = time.perf_counter()
            answer = client.post(reverse("desk:search"), {"q": query}, secure=True)
            if place:  # the first of a session signs in
                spent.append(time.perf_counter() - started)
            assert answer.status_code == 200, answer.status_code
    return spent


def _signed_in(account: Account) -> Client:
    """A client as the entrance leaves it after both factors."""
    client = Client(headers={"host": "localhost"})
    client.force_login(account, BACKEND)
    kept = client.session
    session.begin(kept)
    kept.save()
    return client


def _index_to_table() -> float:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(pg_indexes_size(name::regclass))::float / sum(pg_table_size(name::regclass))"
            " FROM unnest(%s::text[]) AS name",
            [list(SEARCHED)],
        )
        return round(cursor.fetchone()[0], 2)
