"""The rows of one household through the days, and which of them a day has touched."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from residents.feed import feed
from residents.town.ledger import LATEST, OLDER, Office, Row, Rows, iso

# feed: the item with the last day, the item with the reason, its codes for 転出, 死亡 and others
ENDINGS = {
    "nhi": ("国保資格喪失年月日", "国保資格喪失事由", ("41", "44", "42")),
    "late_elderly": ("被保険者資格喪失年月日", "被保険者資格喪失事由コード", ("41", "42", "49")),
    "ltc": ("資格喪失日", "", ()),
    "pension": ("資格喪失年月日", "資格喪失事由", ("49", "43", "49")),
    "child_allow": ("支給終了年月日", "消滅事由", ("01", "05", "06")),
    "child_support": ("支給終了年月日", "", ()),
    "child_medical": ("資格終了年月日", "終了事由", ("01", "01", "01")),
    "childcare": ("認定終了年月日", "", ()),
    "school": ("終了年月日", "", ()),
    "disability": ("返還日", "", ()),
    "seal": ("廃止年月日", "廃止事由", ("01", "02", "03")),
    "light_vehicle": ("廃車年月日", "", ()),
    "welfare": ("廃止年月日", "", ()),
    "contact": ("同意終了年月日", "", ()),
}
MOVED, DIED, OTHER = range(3)
_ALSO = {"disability": {"資格状態コード": "50"}}


class Book:
    """Every row about the people of one household, by feed; `touched` is what today has written."""

    def __init__(self, rows: Rows) -> None:
        self.rows: dict[str, list[Row]] = defaultdict(list)
        self.touched: list[tuple[str, Row]] = []
        for code, row in rows:
            self.rows[code].append(row)

    def lines(self) -> Iterator[tuple[str, Row]]:
        """Every row as it stands, which is what 全件 has."""
        for code, rows in self.rows.items():
            for row in rows:
                yield code, row

    def new_day(self) -> None:
        """Forget what was touched."""
        self.touched = []

    def add(self, code: str, row: Row) -> None:
        """A row that was not there before."""
        self.rows[code].append(row)
        self.touched.append((code, row))

    def amend(self, code: str, old: Row, items: Row) -> Row:
        """Change a row under the same key."""
        new = {**old, **items}
        rows = self.rows[code]
        rows[next(place for place, row in enumerate(rows) if row is old)] = new
        self.touched = [each for each in self.touched if each[1] is not old]
        self.touched.append((code, new))
        return new

    def supersede(self, code: str, old: Row, items: Row) -> Row:
        """Write the next 履歴番号; the row before it stays as history."""
        self.amend(code, old, {"最新フラグ": OLDER})
        version, *branches = [name for name in feed(code).versions if name != "課税年度"]
        number = {version: str(int(old[version]) + 1), **dict.fromkeys(branches, "1")}
        new = {**old, **items, **number, "最新フラグ": LATEST}
        self.add(code, new)
        return new

    def latest(self, code: str, number: str) -> list[Row]:
        """The newest row of each record somebody has in a feed."""
        rows = self.rows.get(code, ())
        return [row for row in rows if row["宛名番号"] == number and row["最新フラグ"] == LATEST]

    def running(self, code: str, number: str, on: date) -> list[Row]:
        """Those that are not ended by that day."""
        until = ENDINGS[code][0]
        return [row for row in self.latest(code, number) if (row.get(until) or "9") > iso(on)]

    def end(self, code: str, row: Row, office: Office, why: int) -> None:
        """Enter the last day and the reason."""
        until, reason, codes = ENDINGS[code]
        items = {until: iso(office.on), **office.stamp(office.on), **_ALSO.get(code, {})}
        if reason:
            items[reason] = codes[why]
        if code == "nhi":
            items["国保適用終了年月日"] = iso(office.on)
        self.amend(code, row, items)

    def end_all(self, number: str, office: Office, why: int) -> None:
        """Somebody leaves the register: every other ledger closes its records."""
        for code in ENDINGS:
            for row in self.running(code, number, office.on):
                self.end(code, row, office, why)
