"""Names people have: surnames as common as in life, given names by sex and decade of birth."""

from __future__ import annotations

import csv
import random
from collections.abc import Collection
from functools import cache
from itertools import accumulate
from typing import NamedTuple

from residents.town.places import DATA

FIRST_DECADE, LAST_DECADE = 1920, 2020
TRIES = 4


class Name(NamedTuple):
    """One part of a name and its reading."""

    text: str
    kana: str


Weighted = tuple[list[Name], list[int]]


def surname(rng: random.Random) -> Name:
    """A 氏, 佐藤 the most often; 髙橋, 𠮷田 and names with a variation selector at believable rates."""
    names, weights = _surnames()
    return rng.choices(names, cum_weights=weights)[0]


def given(rng: random.Random, sex: str, year: int, taken: Collection[Name] = ()) -> Name:
    """A 名 of that sex and birth year that no brother or sister (`taken`) has, if one is found."""
    decade = min(LAST_DECADE, max(FIRST_DECADE, year // 10 * 10))
    names, weights = _given_names()[sex, decade]
    for _ in range(TRIES):
        name = rng.choices(names, cum_weights=weights)[0]
        if name not in taken:
            break
    return name


@cache
def _surnames() -> Weighted:
    with (DATA / "surnames.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = [Name(row["氏"], row["フリガナ"]) for row in rows]
    return names, list(accumulate(int(row["人数（千人）"]) for row in rows))


@cache
def _given_names() -> dict[tuple[str, int], Weighted]:
    found: dict[tuple[str, int], tuple[list[Name], list[int]]] = {}
    with (DATA / "given_names.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            names, weights = found.setdefault((row["性別"], int(row["年代"])), ([], []))
            names.append(Name(row["名"], row["フリガナ"]))
            weights.append(int(row["重み"]))
    return {key: (names, list(accumulate(weights))) for key, (names, weights) in found.items()}
