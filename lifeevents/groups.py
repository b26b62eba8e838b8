"""Groups an event defines by rules: 請求者, 父母 of those who move, the next head … (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from lifeevents import kinship
from lifeevents.entries import Event, Role
from lifeevents.kinship import Member
from lifeevents.rules.evaluate import evaluate
from lifeevents.rules.verdict import Tri
from lifeevents.rules.world import World
from lifeevents.seating import Seat
from residents.facts import Known


def gathered(event: Event, world: World, seats: Mapping[str, Seat]) -> World:
    """The world with the event's ruled groups, in the order written; a later one may build on an earlier."""
    for name, role in event.roles.items():
        found = _members(role, world, seats)
        world = replace(world, groups={**world.groups, name: found})
    return world


def _members(role: Role, world: World, seats: Mapping[str, Seat]) -> tuple[str, ...]:
    members = world.groups.get(role.over, ())
    fitting = {Tri.YES, Tri.UNKNOWN} if role.maybe else {Tri.YES}
    chosen = tuple(m for m in members if evaluate(role.where, world, m).value in fitting)
    if role.relation:
        return _related(role.relation, chosen, world, seats)
    return chosen if role.many else chosen[:1] or members[:1]


def _related(
    relation: str, chosen: tuple[str, ...], world: World, seats: Mapping[str, Seat]
) -> tuple[str, ...]:
    """Who stands so to the chosen, by 続柄 towards one head: as before the event, else as after it."""
    before = world.groups["household.before"]
    if set(chosen) <= set(before):
        members = {key: as_held(seats[key]) for key in before}
    else:
        members = {key: _as_now(key, world) for key in world.groups["household.after"]}
    found: list[str] = []
    for key in chosen:
        match relation:
            case "parents":
                found += kinship.parents_of(key, members)
            case "children":
                found += kinship.children_of(key, members)
            case _:
                spouse = kinship.spouse_of(key, members)
                found += [spouse] if spouse else []
    return tuple(dict.fromkeys(found))


def as_held(seat: Seat) -> Member:
    """A resident's sex and 続柄 codes as the register holds them."""
    facts = seat.record.facts if seat.record else {}
    return _member(facts.get("sex"), facts.get("relationship_codes"))


def _as_now(key: str, world: World) -> Member:
    return _member(world.fact("sex", key), world.fact("relationship_codes", key))


def _member(sex: object, codes: object) -> Member:
    known = tuple(codes.value) if isinstance(codes, Known) else ()
    return Member(str(sex.value) if isinstance(sex, Known) else "", known)
