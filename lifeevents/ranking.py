"""第何子 of a newborn, where two records of the town say the same of the children before (pure).

A household alone cannot tell: a child may live elsewhere. 児童手当 counts those, too; so where it is paid for
exactly the children who live here, all older than the newborn, the newborn comes next. Anything else is
asked, or left for the pen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from lifeevents.rules.world import World
from lifeevents.seating import Seat
from residents.facts import Known, Origin, PartialDate, Source, Value

RANK = "child_rank"
PAID_FOR = "child_allow.children"
ORIGIN = "児童手当の対象児童数と世帯の子の数から"
Owners = Mapping[tuple[str, str], UUID]


def ranked(world: World, seats: Mapping[str, Seat]) -> tuple[World, Owners]:
    """The world with 第何子 of its one newborn, and on whose record it rests; as it is where unsure."""
    newborns = world.groups.get("newborn", ())
    paid = [
        (key, count)
        for key in world.groups["parents"]
        if isinstance(count := world.fact(PAID_FOR, key), Known)
    ]
    if RANK not in world.vocabulary or len(newborns) != 1 or len(paid) != 1:
        return world, {}
    [newborn], [(parent, count)] = newborns, paid
    before = _children_before(newborn, world)
    ref = seats[parent].ref
    if before is None or ref is None or before != count.value:
        return world, {}
    person = world.people[newborn]
    if person.facts.get(RANK):  # somebody was asked
        return world, {}
    told: Value = Known(before + 1, Origin(Source.DERIVED, ORIGIN, count.origin.as_of))
    people = {**world.people, newborn: replace(person, facts={**person.facts, RANK: told})}
    return replace(world, people=people), {(newborn, RANK): ref}


def _children_before(newborn: str, world: World) -> int | None:
    """How many children up to 18 live here, all born before; None where that is not known of each."""
    born = _born(newborn, world)
    counted = 0
    for key in world.groups["siblings"]:
        counts, other = world.fact("counts_as_child", key), _born(key, world)
        if born is None or other is None or not isinstance(counts, Known):
            return None
        if other.latest >= born.earliest:
            return None
        counted += bool(counts.value)
    return counted if born else None


def _born(key: str, world: World) -> PartialDate | None:
    value = world.fact("birth_date", key)
    return value.value if isinstance(value, Known) else None
