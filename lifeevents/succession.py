"""Who heads a household whose head is gone, and 続柄 of the others towards the new one (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from lifeevents import kinship, roles
from lifeevents.entries import Event
from lifeevents.groups import as_held
from lifeevents.rules.world import World
from lifeevents.seating import Seat
from residents.facts import Known, Origin, Reason, Source, Unknown, Value

LEFT_BEHIND = {
    roles.DECEASED: ("household.after", "head"),
    roles.MOVER: ("remaining", "head_of_rest"),
}
"""Of which group an event may take the head, and the group its rules find the next one in."""
TOWARDS_NEXT = Origin(Source.DERIVED, "新しい世帯主との続柄")


def succeeded(event: Event, world: World, seats: Mapping[str, Seat]) -> World:
    """The world with 続柄 of those left behind towards their next head, open where nothing tells.

    `old_head` is who is gone, whatever they become where they go.
    Nothing changes where the head stays, or where none was registered (世帯主未設定).
    """
    group, role = LEFT_BEHIND.get(event.starts_from, ("", ""))
    left = world.groups.get(group, ())
    before = {key: as_held(seats[key]) for key in world.groups["household.before"]}
    was = next((key for key, member in before.items() if member.codes == kinship.HEAD), None)
    if was is None or was in left or not set(left) <= set(before):
        return world
    heads = world.groups.get(role, ())
    head = before[heads[0]] if len(heads) == 1 else None
    people = dict(world.people)
    for key in left:
        if not _is_answered(people[key].facts.get("relationship")):
            codes = kinship.towards(head, before[key]) if head else ()
            facts = {**people[key].facts, "relationship": _in_words(codes)}
            people[key] = replace(people[key], facts=facts)
    return replace(world, people=people, groups={**world.groups, "old_head": (was,)})


def _in_words(codes: tuple[str, ...]) -> Value:
    if not codes:
        return Unknown(Reason.NOT_ASKED)
    return Known(kinship.in_words(codes), TOWARDS_NEXT)


def _is_answered(value: Value | None) -> bool:
    """Whether somebody was asked; わからない is an answer, too."""
    if isinstance(value, Unknown):
        return value.reason == Reason.DONT_KNOW
    return value is not None and value.origin.source is Source.ANSWER
