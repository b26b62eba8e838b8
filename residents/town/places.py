"""Where people live: the towns of 北見市, and elsewhere where they came from or went to."""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass, replace
from functools import cache
from itertools import accumulate
from pathlib import Path

DATA = Path(__file__).parent / "data"
CITY = "北見市"
CITY_CODE = "012084"

WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
KANJI_DIGITS = "〇一二三四五六七八九"
BUILDINGS = (
    ("コーポ", "コーポ"),
    ("メゾン", "メゾン"),
    ("ハイツ", "ハイツ"),
    ("グランドハイム", "グランドハイム"),
    ("パークサイド", "パークサイド"),
    ("サンライズ", "サンライズ"),
    ("ドミール", "ドミール"),
    ("エルム", "エルム"),
)
GROUNDS = (
    ("若葉", "ワカバ"),
    ("白樺", "シラカバ"),
    ("緑", "ミドリ"),
    ("はまなす", "ハマナス"),
    ("北斗", "ホクト"),
    ("すずらん", "スズラン"),
    ("山の手", "ヤマノテ"),
    ("中央", "チュウオウ"),
)


@dataclass(frozen=True, slots=True)
class Town:
    """One 町字 of the postal list."""

    postal: str
    code: str
    prefecture: str
    city: str
    name: str
    kana: str
    has_chome: bool


@dataclass(frozen=True, slots=True)
class Address:
    """An address in the standard's parts, or a country (`country`) for one abroad.

    町字コード stays blank: the postal list does not carry the ABR 町字ID, and a guessed one would
    be wrong data.
    """

    code: str = ""
    prefecture: str = ""
    city: str = ""
    town: str = ""
    lot: str = ""
    building: str = ""
    building_kana: str = ""
    postal: str = ""
    country: str = ""
    country_code: str = ""

    def items(self, prefix: str) -> dict[str, str]:
        """The address as items of that prefix; blank parts are left out."""
        parts = {
            "市区町村コード": self.code,
            "都道府県": self.prefecture,
            "市区郡町村名": self.city,
            "町字": self.town,
            "番地号表記": self.lot,
            "方書": self.building,
            "郵便番号": self.postal,
            "国名等": self.country,
            "国名コード": self.country_code,
        }
        return {f"{prefix}_{name}": text for name, text in parts.items() if text}


@cache
def towns() -> tuple[tuple[Town, ...], tuple[int, ...], tuple[Town, ...], tuple[int, ...]]:
    """The towns of the city and those elsewhere, each with cumulative weights (ours, not counted)."""
    home: list[tuple[Town, int]] = []
    away: list[tuple[Town, int]] = []
    with (DATA / "places.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            town = Town(
                row["郵便番号"],
                row["市区町村コード"],
                row["都道府県"],
                row["市区郡町村名"],
                row["町字"],
                row["町字フリガナ"],
                row["丁目"] == "1",
            )
            (home if town.code == CITY_CODE else away).append((town, int(row["重み"])))
    return (
        tuple(town for town, _ in home),
        tuple(accumulate(weight for _, weight in home)),
        tuple(town for town, _ in away),
        tuple(accumulate(weight for _, weight in away)),
    )


def town_named(name: str, city: str = CITY) -> Town:
    """The town of that name in that city. Raises StopIteration when the list has none."""
    home, _, away, _ = towns()
    return next(town for town in home + away if town.name == name and town.city == city)


def at_home(rng: random.Random, flat: float = 0.3) -> Address:
    """An address in the city; `flat` is the chance of living in a 集合住宅."""
    home, weights, _, _ = towns()
    return _address(rng, rng.choices(home, cum_weights=weights)[0], flat)


def elsewhere(rng: random.Random, flat: float = 0.5) -> Address:
    """An address in another municipality."""
    _, _, away, weights = towns()
    return _address(rng, rng.choices(away, cum_weights=weights)[0], flat)


def lot_in(town: Town, *, chome: int = 0, lot: str, building: str = "") -> Address:
    """The address of a given lot, for the people who are written by hand."""
    name = f"{town.name}{kanji_number(chome)}丁目" if chome else town.name
    return Address(town.code, town.prefecture, town.city, name, lot, building, "", town.postal)


def in_building(address: Address, name: str, kana: str) -> Address:
    """The same lot, in a named building or institution."""
    return replace(address, building=name, building_kana=kana)


def wide(number: int) -> str:
    """A number in full-width digits, as 番地号表記 is written."""
    return str(number).translate(WIDE)


def kanji_number(number: int) -> str:
    """1–19 in kanji, as 町字 writes 丁目."""
    return ("十" if number >= 10 else "") + (KANJI_DIGITS[number % 10] if number % 10 else "")


def _address(rng: random.Random, town: Town, flat: float) -> Address:
    chome = 1 + int(rng.random() * 6) if town.has_chome else 0
    lot = f"{wide(1 + int(rng.random() * (40 if chome else 480)))}番地"
    if rng.random() < 0.8:
        lot += wide(1 + int(rng.random() * 40))
    address = lot_in(town, chome=chome, lot=lot)
    if rng.random() >= flat:
        return address
    first, second = rng.choice(BUILDINGS), rng.choice(GROUNDS)
    room = wide(100 * (1 + int(rng.random() * 4)) + 1 + int(rng.random() * 8))
    return in_building(
        address,
        f"{first[0]}{second[0]}{room}号室",
        f"{first[1]}{second[1]}{room}ゴウシツ",
    )
