"""How long a first 全件, the next night's and its rollback take, against COPY of the same file alone.

Everybody has one row of 32 columns. Of the night 0.5 % changed, 0.1 % are new and 0.1 % gone.
"""

from __future__ import annotations

import csv
import random
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db import connection

from counter.bench.figures import Goal, Measured
from residents import feed, record_items
from residents.importing import parcel, undoing
from residents.importing.delivery_set import import_set, working
from residents.importing.progress import Silence
from residents.layout import ItemType

GOALS = {
    "night_to_copy": Goal("<=", 1.1),
    "first_to_copy": Goal("<=", 6),
    "peak_mb": Goal("<=", 400),
    "rollback_to_night": Goal("<=", 1),
}
ROUNDS, _MUCH = 5, 1_000_000
AT = datetime(2026, 11, 1, 3, 0, 0)
COLUMNS = (
    "宛名番号", "個人履歴番号", "個人履歴番号_枝番号", "世帯番号", "住民種別", "住民状態", "異動年月日",
    "異動届出年月日", "異動事由", "氏名", "氏名_フリガナ", "氏名優先区分", "性別", "生年月日", "続柄コード1",
    "続柄表記", "住所_市区町村コード", "住所_町字コード", "住所_都道府県", "住所_市区郡町村名", "住所_町字",
    "住所_番地号表記", "住所_方書", "住所_郵便番号", "住民となった年月日", "転入前住所_都道府県",
    "転入前住所_市区郡町村名", "転入前住所_町字", "操作者ID", "操作年月日", "操作時刻", "最新フラグ",
)  # fmt: skip
SURNAMES = [
    "佐藤 サトウ",
    "鈴木 スズキ",
    "高橋 タカハシ",
    "田中 タナカ",
    "渡邉 ワタナベ",
    "伊藤 イトウ",
]
SURNAMES += [
    "髙木 タカギ",
    "𠮷田 ヨシダ",
    "五十嵐 イガラシ",
    "長谷川 ハセガワ",
    "林 ハヤシ",
    "森 モリ",
]
GIVEN = ["翔太 ショウタ", "美咲 ミサキ", "健 ケン", "さくら サクラ", "大輔 ダイスケ", "陽子 ヨウコ"]
GIVEN += ["一郎 イチロウ", "結衣 ユイ", "蓮 レン", "葵 アオイ", "幸子 サチコ", "学 マナブ"]
TOWNS = [
    f"{name}町{place}丁目"
    for name in ("北進", "緑", "中央", "東陵")
    for place in "一二三四五六七八"
]

_SQL = {ItemType.DATE: "date", ItemType.TIME: "time", ItemType.NUMBER: "integer"}
_TYPES = {
    each.name: _SQL.get(each.type, f"varchar({each.length})")
    for each in feed.feed(feed.REGISTER).items
}
Import = Callable[[], None]


class _Stages(Silence):
    """When each stage began, by the first word of what the import says."""

    def __init__(self) -> None:
        self.began: dict[str, float] = {}

    def say(self, line: str) -> None:
        """Note the first time a stage is named."""
        self.began.setdefault(line.partition("\u3000")[0], time.perf_counter())


def run(residents: int) -> Measured:
    """Measure everything ROUNDS times, one after the other.

    The first time what the register holds is compared. A city larger than a million is measured once.
    """
    rounds: list[dict[str, float]] = []
    with TemporaryDirectory() as folder:
        first, night = _write(Path(folder), residents)
        for place in range(ROUNDS if residents <= _MUCH else 1):
            rounds.append(_round(first, night, compare=not place))
        size = first.stat().st_size
    seconds = {name: _median(each[name] for each in rounds) for name in rounds[0]}
    return Measured(
        figures={"residents": residents, "file_mb": round(size / 1e6, 1), "seconds": seconds},
        ratios={
            "night_to_copy": _median(each["night"] / each["copy"] for each in rounds),
            "first_to_copy": _median(each["first"] / each["logged_copy"] for each in rounds),
            "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
            "rollback_to_night": _median(each["rollback"] / each["night"] for each in rounds),
        },
    )


def _round(first: Path, night: Path, *, compare: bool) -> dict[str, float]:
    taken = {
        "copy": _timed(lambda: _copy(night, "UNLOGGED")),
        "logged_copy": _timed(lambda: _copy(first, "")),
    }
    _empty()
    _import(first, "first", taken)
    changed = _import(night, "night", taken)
    if compare:
        _copy(night, "UNLOGGED")
        _compare()
    taken["rollback"] = _timed(lambda: _undo(changed))
    return taken


def _import(path: Path, name: str, taken: dict[str, float]) -> Any:
    stages = _Stages()
    begun = time.perf_counter()
    (delivery,) = import_set(parcel.arrivals(path), stages)
    ended = time.perf_counter()
    if delivery.state != "applied":
        raise RuntimeError(f"{name}: {delivery.reason} {delivery.message}")
    applying = stages.began["反映中"]
    taken |= {
        name: ended - begun,
        f"{name}_reading": applying - begun,
        f"{name}_applying": ended - applying,
    }
    return delivery.pk


def _empty() -> None:
    """A register that knows nobody: refs outlive any rollback."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE residents_identity, residents_delivery CASCADE")


def _undo(delivery: Any) -> None:
    with working():
        undoing.roll_back(delivery, (1, 2))


def _timed(act: Import) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def _median(values: Iterator[float]) -> float:
    return round(statistics.median(values), 3)


def _copy(path: Path, kind: str) -> None:
    """COPY the file into a table: unlogged of text columns, or logged, typed and with a key."""
    columns = ", ".join(f'"{name}" {_TYPES[name] if not kind else "text"}' for name in COLUMNS)
    key = "" if kind else ', PRIMARY KEY ("宛名番号")'
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_copy")
        cursor.execute(f"CREATE {kind} TABLE bench_copy ({columns}{key})")
        with (
            path.open("rb") as file,
            cursor.copy("COPY bench_copy FROM STDIN (FORMAT csv, HEADER true)") as stream,
        ):
            while chunk := file.read(1 << 20):
                stream.write(chunk)


def _compare() -> None:
    """The register must hold exactly what the file does. Raises RuntimeError."""
    said = ", ".join(f"COALESCE(\"{name}\", '')" for name in COLUMNS)
    places = record_items.known().positions
    held = ", ".join(f"split_part(record, chr(31), {places[name] + 1})" for name in COLUMNS)
    file = f"SELECT {said} FROM bench_copy"
    register = f"SELECT {held} FROM residents_resident WHERE gone_at IS NULL"
    with connection.cursor() as cursor:
        for one, other in ((file, register), (register, file)):
            cursor.execute(f"SELECT count(*) FROM ({one} EXCEPT ALL {other}) differing")
            if differing := cursor.fetchone()[0]:
                raise RuntimeError(f"The register and the file differ in {differing} rows.")


def _write(folder: Path, residents: int) -> tuple[Path, Path]:
    juki = feed.feed(feed.REGISTER)
    names = [juki.file_name(feed.Extent.FULL, AT + timedelta(days=day)) for day in (0, 1)]
    first, night = (folder / name for name in names)
    chance = random.Random(1)
    with (
        first.open("w", encoding="utf-8", newline="") as one,
        night.open("w", encoding="utf-8", newline="") as two,
    ):
        before, after = csv.writer(one), csv.writer(two)
        before.writerow(COLUMNS)
        after.writerow(COLUMNS)
        for number in range(residents):
            row = _row(number, chance)
            before.writerow(row)
            if number % 1000 == 0:  # gone
                continue
            if number % 200 == 1:  # moved
                row[1], row[21] = "2", f"{number % 97 + 1}番99号"
            after.writerow(row)
        for number in range(residents, residents + residents // 1000):
            after.writerow(_row(number, chance))
    return first, night


def _row(number: int, chance: random.Random) -> list[str]:
    surname, surname_kana = SURNAMES[number // 3 % len(SURNAMES)].split()
    given, given_kana = chance.choice(GIVEN).split()
    head = number % 3 == 0
    born = f"{1930 + chance.randrange(95)}-{chance.randrange(12) + 1:02}-{number % 28 + 1:02}"
    town = TOWNS[number // 3 % len(TOWNS)]
    return [
        f"{number + 1:010}", "1", "0", f"{number // 3 + 1:010}", "1", "1", "2020-04-01", "2020-04-05",
        "01", f"{surname}\u3000{given}", f"{surname_kana}\u3000{given_kana}", "",
        str(number % 2 + 1), born, "02" if head else "20", "世帯主" if head else "子", "012084",
        f"{number // 3 % 900:07}", "北海道", "北見市", town, f"{number // 3 % 40 + 1}番{number % 30 + 1}号",
        f"コーポ{town[:2]}{number // 3 % 300}号室" if number % 5 == 0 else "", f"{900000 + number % 99:07}",
        "2025-12-31", "東京都", "杉並区", "清水一丁目", f"OP{number % 50:04}", "2025-12-31", "10:15:00", "1",
    ]  # fmt: skip
