"""Making the town: households one after another until the register has its people."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import accumulate
from pathlib import Path

from residents.town import (
    accounts,
    children,
    homes,
    insurance,
    life,
    property,
    register,
    welfare,
)
from residents.town.book import Book
from residents.town.cast import Part, Showcase, cast
from residents.town.delivery import Written
from residents.town.exports import Exports
from residents.town.institutions import Institutions
from residents.town.ledger import Office, Rows
from residents.town.people import Household
from residents.town.places import elsewhere
from residents.town.structures import (
    KINDS,
    couple_young,
    family,
    single_middle,
    single_parent,
    single_young,
)
from residents.town.work import employ, insure

DEFAULT_DAY = date(2026, 11, 1)
EXPORTED_AT = time(3, 0)
FEWEST, FEWEST_WITH_RARE_CASES = 40, 200
LEFT, WIDOWED = 0.022, 0.09
COMING = 0.0004  # households a day for each resident
LEAVING = (single_young, single_young, single_middle, couple_young, family, single_parent)
SHOWCASE = "showcase.json"
LEDGERS: tuple[Callable[[Office, Household], Rows], ...] = (
    register.rows,
    register.protection,
    property.residence_tax,
    insurance.nhi,
    insurance.late_elderly,
    insurance.ltc,
    insurance.pension,
    children.child_allow,
    children.child_support,
    children.child_medical,
    children.school,
    children.childcare,
    welfare.disability,
    welfare.seal,
    property.light_vehicle,
    property.property_tax,
    welfare.welfare,
    accounts.contact,
)


class TooFew(Exception):
    """Fewer residents were asked for than the showcase alone has."""


class TooEarly(Exception):
    """The day asked for is before people of the showcase came or were born."""


@dataclass(frozen=True, slots=True)
class Made:
    """What was made: how many people are in the register, the files, and whom to show."""

    residents: int
    removed: int
    households: int
    files: list[Written]
    showcase: list[Showcase]


def make(folder: Path, residents: int, seed: int, on: date = DEFAULT_DAY, days: int = 0) -> Made:
    """Write day00 of a town with exactly that many people in the register (住登者), and days after it.

    day00 is 全件 of every feed; day01 and on have 差分 against the day before as well. The same number,
    seed and day give the same bytes, day00 the same for any `days`. Removed people (転出者, 死亡者) and
    older versions come on top. Raises TooFew below 40 people, TooEarly before the default day.
    """
    if residents < FEWEST:
        raise TooFew
    if on < DEFAULT_DAY:
        raise TooEarly
    office = Office(random.Random(seed), on)
    later = Office(random.Random(f"{seed} later"), on, later=True)
    shown: list[Showcase] = []
    present = removed = households = 0
    with ExitStack() as stack:
        exports = Exports(stack, folder, datetime.combine(on, EXPORTED_AT), days)
        for household, part in _households(office, residents):
            _number(office, household)
            if part and part.showcase:
                shown.append(part.shown())
            present += len(household.present)
            removed += len(household.members) - len(household.present)
            households += bool(household.present)
            _let_live(later, household, exports, Book(_ledgers(office, household)), bool(part))
        _let_come(later, exports, residents, on)
    _write_showcase(folder, shown)
    return Made(present, removed, households, exports.days[0].written, shown)


def _ledgers(office: Office, household: Household) -> Rows:
    for ledger in LEDGERS:
        yield from ledger(office, household)


def _let_live(
    later: Office,
    household: Household,
    exports: Exports,
    book: Book,
    unchanging: bool,
    first: int = 0,
) -> None:
    """Write a household's rows for every day from `first` on; the people of the cast stay as they are."""
    exports.write(first, book)
    for day in range(first + 1, len(exports.days)):
        later.on = exports.day_before(day)
        book.new_day()
        if not unchanging and household.present:
            life.a_day(later, household, book)
        exports.write(day, book)


def _let_come(later: Office, exports: Exports, residents: int, on: date) -> None:
    """転入 of whole households, each day anew."""
    rng = later.rng
    for day in range(1, len(exports.days)):
        for _ in range(round(residents * COMING + rng.random() - 0.5)):
            later.on = exports.day_before(day)
            household = rng.choice(LEAVING)(rng, later.on)
            household.arrived, household.arrived_from = later.on, elsewhere(rng)
            household.previous_head = household.head.name
            employ(rng, household, later.on)
            _number(later, household)
            book = Book(iter(()))
            for code, row in _ledgers(later, household):
                book.add(code, row)
            _let_live(later, household, exports, book, unchanging=False, first=day)


def _households(office: Office, residents: int) -> Iterator[tuple[Household, Part | None]]:
    left = residents
    for part in _cast(office, residents):
        left -= len(part.household.present)
        yield part.household, part
    rng, institutions = office.rng, Institutions(office.rng, residents)
    builders = [builder for _, builder in KINDS]
    weights = list(accumulate(weight for weight, _ in KINDS))
    while left > 0:
        if rng.random() < LEFT:
            yield _left_the_city(office), None
        household = institutions.household(rng, office.on)
        if household is None:
            household = rng.choices(builders, cum_weights=weights)[0](rng, office.on)
        if len(household.members) > left:
            household = single_middle(rng, office.on)
        _live(office, household)
        left -= len(household.present)
        yield household, None


def _live(office: Office, household: Household) -> None:
    rng, on = office.rng, office.on
    homes.settle(rng, household, on)
    if household.couples and household.head.age(on) > 66 and rng.random() < WIDOWED:
        homes.lose_partner(rng, household, on)
    welfare.put_on_welfare(rng, household, on)
    employ(rng, household, on)
    homes.protect(rng, household, on)
    for person in household.members:
        homes.blur(rng, person, on)


def _left_the_city(office: Office) -> Household:
    """A household as it was on the day it left."""
    rng = office.rng
    day = homes.leaving_day(rng, office.on)
    household = rng.choice(LEAVING)(rng, day)
    homes.settle(rng, household, day)
    homes.move_out(rng, household, day)
    employ(rng, household, day)
    return household


def _cast(office: Office, residents: int) -> Iterator[Part]:
    for part in cast(office.rng):
        if not part.showcase and residents < FEWEST_WITH_RARE_CASES:
            continue
        if part.on_welfare:
            welfare.give(part.household, office.on)
        insure(office.rng, part.household, office.on)
        yield part


def _number(office: Office, household: Household) -> None:
    household.number = office.households.next()
    for person in household.members:
        person.number = office.persons.next()


def _write_showcase(folder: Path, shown: list[Showcase]) -> None:
    text = json.dumps([each.as_dict() for each in shown], ensure_ascii=False, indent=2)
    (folder / SHOWCASE).write_text(text + "\n", encoding="utf-8")
