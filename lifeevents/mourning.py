"""What the register tells of the family of someone who died: 続柄, 届出人の資格, the spouse (pure)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

from lifeevents import roles
from lifeevents.entries import Event
from lifeevents.groups import as_held
from lifeevents.rules.world import World
from lifeevents.seating import Seat
from residents.facts import Known, Origin, PartialDate, Source, Value

BY_FAMILY = Origin(Source.DERIVED, "世帯の続柄から")
MARRIED_CODES = frozenset({"11", "12"})
SPOUSE_WORDS = {"1": "夫", "2": "妻"}
PARENT_WORDS = {"1": "父", "2": "母"}
Told = Iterator[tuple[str, str, Value]]


def mourned(event: Event, world: World, seats: Mapping[str, Seat]) -> World:
    """The world with what follows for the deceased and the family in one household; answers stand.

    内縁 (未届) is no marriage and makes nobody a relative, so nothing is said of it.
    """
    if event.starts_from != roles.DECEASED:
        return world
    people = dict(world.people)
    for key, fact, value in _told(world, seats):
        if not isinstance(people[key].facts.get(fact), Known):
            people[key] = replace(people[key], facts={**people[key].facts, fact: value})
    return replace(world, people=people)


def _told(world: World, seats: Mapping[str, Seat]) -> Told:
    members = {key: as_held(seats[key]) for key in world.groups["household.before"]}
    [dead] = world.groups["deceased"][:1] or [""]
    for key in members:
        held = seats[key].roles
        if "spouse" in held and _is_married(members[key].codes, members[dead].codes):
            yield dead, "marital", Known("married", BY_FAMILY)
            yield from _age_of_spouse(dead, key, world)
            words = SPOUSE_WORDS.get(members[key].sex, "")
        elif "children" in held:
            words = "子"
        elif "parents" in held:
            words = PARENT_WORDS.get(members[key].sex, "")
        else:
            continue
        yield key, "reports_as", Known("relative_with", BY_FAMILY)
        if words:
            yield key, "relation_to_deceased", Known(words, BY_FAMILY)


def _is_married(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether either stands there as the other's 夫 or 妻 and not as 未届."""
    return any(codes and codes[-1] in MARRIED_CODES for codes in (one, other))


def _age_of_spouse(dead: str, spouse: str, world: World) -> Told:
    died, born = _day(world.fact("died_on", dead)), _day(world.fact("birth_date", spouse))
    if died and born:
        age = died.year - born.year - ((died.month, died.day) < (born.month, born.day))
        yield dead, "spouse_age", Known(age, BY_FAMILY)


def _day(value: Value) -> date | None:
    if isinstance(value, Known) and isinstance(value.value, PartialDate):
        return value.value.exact
    return None
