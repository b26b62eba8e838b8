"""A ledger's row: 宛名番号, who wrote it when, and the items of the feed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta

from residents.town.ages import DAY
from residents.town.numbers import Checked, Plain
from residents.town.people import Gone, Person

Row = dict[str, str]
Rows = Iterator[tuple[str, Row]]

LATEST, OLDER = "0", "1"


class Office:
    """The city office on one day: the day, its clerks and the numbers it gives out.

    `later`: of the days after the first export, whose numbers never meet those of the first.
    """

    def __init__(self, rng: random.Random, on: date, later: bool = False) -> None:
        self.rng = rng
        self.on = on
        self.persons = Checked(10_000 + later * 600_000_000)
        self.households = Checked(500_000 + later * 600_000_000)
        self.nhi = Plain(20_000 + later * 60_000_000, 8)
        self.pension = Plain(100_000 + later * 600_000, 6)
        self.late = Plain(1_000_000 + later * 60_000_000, 8)
        self.care = Plain(100_000 + later * 6_000_000_000, 10)
        self.allowance = Plain(10_000 + later * 600_000, 6)
        self.support = Plain(1_000 + later * 600_000, 6)
        self.medical = Plain(3_000_000 + later * 6_000_000, 7)
        self.seal = Plain(40_000 + later * 600_000, 6)
        self.handbook = Plain(12_000 + later * 600_000, 6)
        self.case = Plain(2_000 + later * 600_000, 6)
        self.plate = Plain(1_000 + later * 6_000, 4)

    def age(self, person: Person) -> int:
        """Somebody's age today, or on the day of leaving the register."""
        return person.age(person.until(self.on))

    def row(self, person: Person, written: date, items: Row, flag: str = LATEST) -> Row:
        """A row about that person, written on that day or soon after it (never in the future)."""
        return {"宛名番号": person.number, **items, **self.stamp(written), "最新フラグ": flag}

    def stamp(self, written: date) -> Row:
        """Who wrote a row, and when."""
        rng = self.rng
        day = min(self.on, written + timedelta(days=int(rng.random() * 6)))
        seconds = 31_500 + int(rng.random() * 30_600)
        return {
            "操作者ID": f"KT{1000 + int(rng.random() * 40)}",
            "操作年月日": day.isoformat(),
            "操作時刻": f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}",
        }


def iso(day: date | None) -> str:
    """A DATE item; blank for none."""
    return day.isoformat() if day else ""


def reason(gone: Gone | None, moved: str, died: str, other: str) -> str:
    """The ledger's own code for why somebody left, by 消除事由; blank if still here."""
    if gone is None:
        return ""
    return {"2": moved, "3": died}.get(gone.state, other)


def last_day(person: Person, on: date) -> date:
    """The last full day somebody could have done something here."""
    return person.until(on) - DAY


def ended(person: Person) -> str:
    """The day somebody left the register, as a DATE item."""
    return iso(person.gone.on) if person.gone else ""
