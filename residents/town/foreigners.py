"""外国人住民 of the demo town: names in ローマ字 and 漢字, 通称, 在留資格 and its period."""

from __future__ import annotations

import random
import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import accumulate
from typing import Any

from residents.town import names
from residents.town.ages import between, birth_at, shift
from residents.town.names import Name
from residents.town.people import CHILD, FEMALE, HEAD, MALE, WIFE, Foreign, Household, Person
from residents.town.places import DATA, at_home

ACT_FROM = date(2012, 7, 9)  # 外国人住民 entered 住民基本台帳
SPECIAL_PERMANENT, PERMANENT = "T60", "X14"
OPEN_ENDED = (SPECIAL_PERMANENT, PERMANENT)
TRAINEE = ("T21", "T23", "T71")
SETTLED = ("X14", "T60", "T61", "T63", "T26", "T25")
FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {0x20: 0x3000, 0x27: 0x2019}


@dataclass(frozen=True, slots=True)
class Nationality:
    """One nationality's names and reasons to stay."""

    name: str
    code: str
    language: str
    weight: int
    stays: dict[str, int]
    family: list[list[str]]
    men: list[list[str]]
    women: list[list[str]]
    special: bool = False


@cache
def nationalities() -> tuple[tuple[Nationality, ...], tuple[int, ...]]:
    """Every nationality of data/foreigners.toml with cumulative weights."""
    document: dict[str, Any] = tomllib.loads((DATA / "foreigners.toml").read_text(encoding="utf-8"))
    found = tuple(Nationality(**each) for each in document["nationality"])
    return found, tuple(accumulate(each.weight for each in found))


def nationality(rng: random.Random) -> Nationality:
    """One nationality, as often as its weight."""
    found, weights = nationalities()
    return rng.choices(found, cum_weights=weights)[0]


def stay_of(rng: random.Random, of: Nationality, among: tuple[str, ...] = ()) -> str:
    """A 在留資格等コード people of that nationality have, only from `among` if given."""
    codes = [code for code in of.stays if not among or code in among] or list(of.stays)
    return rng.choices(codes, [of.stays[code] for code in codes])[0]


def adult(
    rng: random.Random, of: Nationality, sex: str, years: float, status: str, on: date
) -> Person:
    """A grown-up with that 在留資格."""
    family = rng.choice(of.family)
    given = rng.choice(of.men if sex == MALE else of.women)
    birth = birth_at(rng, years, on)
    arrived = between(rng, on - timedelta(days=1500 if status in TRAINEE else 6500), on)
    foreign = _foreign(rng, of, family, given, status, max(arrived, shift(birth, 18)), on)
    if status == SPECIAL_PERMANENT:
        foreign.arrived = max(ACT_FROM, birth)
    person = _person(sex, birth, family, given, foreign)
    return with_alias(rng, person) if rng.random() < _alias_rate(of, status) else person


def child_of(rng: random.Random, parent: Person, of: Nationality, sex: str, birth: date) -> Person:
    """A child born here to that parent: the same family name, 家族滞在 or what the parent holds."""
    assert parent.foreign
    roman = parent.foreign.roman.split("　")[0]
    family = next((each for each in of.family if each[0].startswith(_narrow(roman))), of.family[0])
    status = parent.foreign.status if parent.foreign.status in OPEN_ENDED else "T44"
    given = rng.choice(of.men if sex == MALE else of.women)
    foreign = _foreign(rng, of, family, given, status, birth, shift(birth, 1))
    foreign.until = parent.foreign.until
    return _person(sex, birth, family, given, foreign)


def household(rng: random.Random, on: date) -> Household:
    """外国人住民: mostly alone, some with wife or husband and children."""
    of = nationality(rng)
    if of.special and rng.random() < 0.6 or rng.random() < 0.3:
        return _family(rng, on, of)
    status = stay_of(rng, of)
    sex = FEMALE if rng.random() < 0.5 else MALE
    high = 70 if status in OPEN_ENDED else 38
    person = adult(rng, of, sex, rng.uniform(19, high), status, on)
    person.relation = HEAD
    return Household([person], at_home(rng, 0.9))


def wide(text: str) -> str:
    """Latin letters as the standard holds them: full-width capitals, full-width space."""
    return text.upper().translate(FULL_WIDTH)


def with_alias(rng: random.Random, person: Person, alias: Name | None = None) -> Person:
    """The same person with a 通称 (住民基本台帳法施行令30条の16)."""
    assert person.foreign
    if alias is None:
        family, given = names.surname(rng), names.given(rng, person.sex, person.birth.year)
        alias = Name(f"{family.text}　{given.text}", f"{family.kana}　{given.kana}")
    person.foreign.alias = alias
    person.foreign.priority = "08" if person.foreign.kanji else "06"
    return person


def _family(rng: random.Random, on: date, of: Nationality) -> Household:
    status = stay_of(rng, of, SETTLED)
    years = rng.uniform(27, 50)
    man = adult(rng, of, MALE, years, status, on)
    woman = adult(rng, of, FEMALE, years - 2, status if status in OPEN_ENDED else "T44", on)
    man.relation, woman.relation = HEAD, WIFE
    children: list[Person] = []
    for _ in range(rng.choice((0, 1, 2))):
        birth = between(rng, on - timedelta(days=int((years - 24) * 365)), on)
        sex = MALE if rng.random() < 0.5 else FEMALE
        child = child_of(rng, man, of, sex, birth)
        child.relation = CHILD
        children.append(child)
    children.sort(key=lambda child: child.birth)
    return Household(
        [man, woman, *children],
        at_home(rng, 0.6),
        parents=[man, woman],
        children=children,
        couples=[(man, woman)],
    )


def _alias_rate(of: Nationality, status: str) -> float:
    if status == SPECIAL_PERMANENT:
        return 0.85
    return 0.3 if len(of.family[0]) > 2 or status in OPEN_ENDED else 0.03


def _foreign(
    rng: random.Random,
    of: Nationality,
    family: list[str],
    given: list[str],
    status: str,
    arrived: date,
    on: date,
) -> Foreign:
    kanji = f"{family[2]}　{given[2]}" if len(family) > 2 and len(given) > 2 else ""
    years = 0 if status in OPEN_ENDED else rng.choice((1, 3, 5))
    until = None
    if years:
        until = between(rng, on + timedelta(days=20), shift(on, years))
    return Foreign(
        nationality=of.name,
        country_code=of.code,
        language=of.language,
        roman=wide(f"{family[0]} {given[0]}".strip()),
        kanji=kanji,
        category="02" if status == SPECIAL_PERMANENT else "01",
        status=status,
        years=f"{years:02}" if years else "",
        until=until,
        arrived=min(max(arrived, ACT_FROM), on),
        priority="04" if kanji else "02",
    )


def _person(sex: str, birth: date, family: list[str], given: list[str], foreign: Foreign) -> Person:
    return Person(
        sex=sex,
        birth=birth,
        family=Name(foreign.roman, family[1]),
        given=Name("", given[1]),
        relation=(),
        foreign=foreign,
    )


def _narrow(text: str) -> str:
    return text.translate({wide_: narrow for narrow, wide_ in FULL_WIDTH.items()})
