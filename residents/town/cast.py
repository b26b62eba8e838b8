"""The people written by hand (data/cast.toml): showcase households and cases every town needs."""

from __future__ import annotations

import random
import tomllib
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from residents.town.foreigners import nationalities, wide
from residents.town.names import Name
from residents.town.people import (
    CHILD,
    HEAD,
    HUSBAND,
    WIFE,
    Foreign,
    Household,
    Person,
    Protection,
    Work,
)
from residents.town.places import DATA, Address, in_building, lot_in, town_named, towns
from residents.town.work import income_from_salary

SPOUSES = (HUSBAND, WIFE)


@dataclass(frozen=True, slots=True)
class Showcase:
    """One household to show: 宛名番号 of who stands at the counter, and what there is to see."""

    key: str
    number: str
    household_number: str
    title: str
    shows: str

    def as_dict(self) -> dict[str, str]:
        """For showcase.json."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Part:
    """A household of the cast and what the file says about it."""

    household: Household
    document: dict[str, Any]

    @property
    def showcase(self) -> bool:
        """Whether it is listed in showcase.json; the others only stand for a rare case."""
        return bool(self.document.get("showcase"))

    @property
    def on_welfare(self) -> bool:
        """Whether it lives on 生活保護."""
        return bool(self.document.get("welfare"))

    def shown(self) -> Showcase:
        """Its entry in showcase.json, once numbers have been given."""
        who = self.household.members[self.document["number_of"] - 1]
        return Showcase(
            self.document["key"],
            who.number,
            self.household.number,
            self.document["title"],
            self.document["shows"],
        )


def cast(rng: random.Random) -> list[Part]:
    """Every household of the file, in its order."""
    document = tomllib.loads((DATA / "cast.toml").read_text(encoding="utf-8"))
    return [Part(_household(rng, each), each) for each in document["household"]]


def _household(rng: random.Random, given: dict[str, Any]) -> Household:
    members = [_person(each) for each in given["members"]]
    home = _home(given)
    household = Household(members, home, sure=bool(given.get("showcase")))
    household.owns = bool(given.get("owns"))
    household.certified = bool(given.get("certified"))
    household.arrived = given.get("arrived")
    if household.arrived:
        city, town, lot = given["from"]
        household.arrived_from = _elsewhere(city, lot)
        household.previous_head = given.get("previous_head", members[0].name)
    household.moved = given.get("moved")
    if household.moved:
        town, lot = given["moved_from"]
        household.moved_from = lot_in(town_named(town), lot=lot)
    _relate(household, given)
    if "protection" in given:
        for member in members:
            member.protection = Protection(**given["protection"])
    return household


def _relate(household: Household, given: dict[str, Any]) -> None:
    members = household.members
    if "parents" in given:
        household.couples = [(members[a - 1], members[b - 1]) for a, b in given["couples"]]
        household.parents = [members[place - 1] for place in given["parents"]]
        household.children = [members[place - 1] for place in given["children"]]
        return
    spouse = next((each for each in members if each.relation in SPOUSES), None)
    head = next(each for each in members if each.relation == HEAD)
    household.children = [each for each in members if each.relation == CHILD]
    household.couples = [(head, spouse)] if spouse else []
    if household.children:
        household.parents = [head, spouse] if spouse else [head]


def _home(given: dict[str, Any]) -> Address:
    address = lot_in(town_named(given["town"]), chome=given.get("chome", 0), lot=given["lot"])
    return in_building(address, *given["building"]) if "building" in given else address


def _elsewhere(city: str, lot: str) -> Address:
    _, _, away, _ = towns()
    return lot_in(next(town for town in away if town.city == city), lot=lot)


def _person(given: dict[str, Any]) -> Person:
    foreign = given.get("foreign")
    if foreign:
        family = Name(
            wide(" ".join(part for part in _roman(foreign) if part)), foreign["family"][1]
        )
        called = Name("", foreign["given"][1])
    else:
        family, called = Name(*given["family"]), Name(*given["given"])
    person = Person(
        sex=given["sex"],
        birth=given["birth"],
        family=family,
        given=called,
        relation=tuple(given["relation"]),
        birth_raw=given.get("birth_raw", ""),
        birth_text=given.get("birth_text", ""),
        former=Name(*given["former"]) if "former" in given else None,
        foreign=_foreign(foreign) if foreign else None,
        work=Work(given.get("work", "none")),
        salary=given.get("salary", 0),
    )
    person.income = given.get("income", income_from_salary(person.salary))
    return person


def _roman(given: dict[str, Any]) -> tuple[str, str]:
    return given["family"][0], given["given"][0]


def _foreign(given: dict[str, Any]) -> Foreign:
    of = next((each for each in nationalities()[0] if each.name == given["nationality"]), None)
    has_kanji = len(given["family"]) > 2
    alias = Name(*given["alias"]) if "alias" in given else None
    priorities = {(True, True): "08", (True, False): "04", (False, True): "06"}
    until: date = given["until"]
    return Foreign(
        nationality=given["nationality"],
        country_code=of.code if of else given["code"],
        language=of.language if of else given["language"],
        roman=wide(" ".join(part for part in _roman(given) if part)),
        kanji=f"{given['family'][2]}　{given['given'][2]}" if has_kanji else "",
        category="01",
        status=given["status"],
        years=given["years"],
        until=until,
        arrived=given["arrived"],
        alias=alias,
        priority=priorities.get((has_kanji, alias is not None), "02"),
    )
