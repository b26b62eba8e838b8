"""How long the clerk's one search box takes, in the database and as a page, for each shape of query."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from django.db import connection
from django.test import Client
from django.urls import reverse

from consent import door
from consent.actors import Actor, actor_of
from counter.bench.database import Town
from counter.bench.figures import Goal, Measured, milliseconds, p95, spread

GOALS = {
    "db_p95_ms": Goal("<=", 15),
    "page_p95_ms": Goal("<=", 50),
    "index_to_table": Goal("<=", 1),
}
PEOPLE, ROUNDS = 20, 5
SEARCHED = ("residents_resident", "residents_searchkey")

Row = dict[str, str]
SHAPES: dict[str, Callable[[Row], str]] = {
    "number": lambda row: row["宛名番号"],
    "household_number": lambda row: row["世帯番号"],
    "kana_two": lambda row: row["氏名_フリガナ"][:2],
    "kana_surname": lambda row: row["氏名_フリガナ"].split("\u3000")[0],
    "kana_full": lambda row: row["氏名_フリガナ"],
    "kana_two_and_birth": lambda row: f"{row['氏名_フリガナ'][:2]} {row['生年月日']}",
    "kanji_surname": lambda row: row["氏名"].split("\u3000")[0],
    "kanji_full": lambda row: row["氏名"],
    "birth": lambda row: row["生年月日"],
    "town": lambda row: row["住所_町字"],
    "kana_and_town": lambda row: f"{row['氏名_フリガナ'][:2]} {row['住所_町字']}",
}


def run(town: Town) -> Measured:
    """Search for people of the town in every shape, alternating the shapes within each round."""
    by = actor_of(town.clerk, terminal="bench", channel="desk")
    people = town.people[:: max(1, len(town.people) // PEOPLE)][:PEOPLE]
    in_database: dict[str, list[float]] = {shape: [] for shape in SHAPES}
    for row in people * ROUNDS:
        for shape, query in SHAPES.items():
            in_database[shape].append(_in_database(query(row), by))
    pages = _pages(town, people)
    worst = max(in_database, key=lambda shape: p95(in_database[shape]))
    return Measured(
        figures={
            "residents": town.residents,
            "shapes": {shape: spread(times) for shape, times in in_database.items()},
            "worst_shape": worst,
            "page": spread(pages),
        },
        ratios={
            "db_p95_ms": milliseconds(p95(in_database[worst])),
            "page_p95_ms": milliseconds(p95(pages)),
            "index_to_table": _index_to_table(),
        },
    )


def _in_database(query: str, by: Actor) -> float:
    """Seconds the database took to find; writing the log line is the page's."""
    with _timed_selects() as spent:
        door.search(query, by=by, search_id=uuid4())
    return sum(spent)


@contextmanager
def _timed_selects() -> Any:
    spent: list[float] = []

    def timed(execute: Callable, sql: Any, params: Any, many: bool, context: Any) -> Any:
        started = time.perf_counter()
        found = execute(sql, params, many, context)
        if SEARCHED[0] in str(sql):
            spent.append(time.perf_counter() - started)
        return found

    with connection.execute_wrapper(timed):
        yield spent


def _pages(town: Town, people: tuple[Row, ...]) -> list[float]:
    """Seconds of the whole page with its log line, one user, every shape in turn."""
    client = Client(headers={"host": "localhost"})
    client.force_login(town.clerk)
    shapes = list(SHAPES.values())
    spent = []
    for place, row in enumerate(people * ROUNDS):
        query = shapes[place % len(shapes)](row)
        started = time.perf_counter()
        answer = client.post(reverse("desk:search"), {"q": query}, secure=True)
        spent.append(time.perf_counter() - started)
        assert answer.status_code == 200
    return spent


def _index_to_table() -> float:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(pg_indexes_size(name::regclass))::float / sum(pg_table_size(name::regclass))"
            " FROM unnest(%s::text[]) AS name",
            [list(SEARCHED)],
        )
        return round(cursor.fetchone()[0], 2)
