"""Guards: which facts of whom a shown value rests on, so that a snapshot can be masked later (pure)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from lifeevents.rules.judge import operand
from lifeevents.rules.sight import Sight
from lifeevents.situation import Situation
from residents.facts import Known, Source


@dataclass(frozen=True, slots=True)
class Guard:
    """One fact of one resident: what door.look must allow before a value resting on it is shown.

    `category` is "" for what the person said for this bundle: no permission or agreement withholds
    it, but a place of a protected person stays masked.
    """

    ref: UUID
    fact: str
    category: str

    def as_dict(self) -> dict[str, str]:
        """The plain JSON a snapshot keeps."""
        return {"ref": str(self.ref), "fact": self.fact, "category": self.category}


def guards_of(fact: str, subject: str, situation: Situation) -> tuple[Guard, ...]:
    """What guards a subject's fact; for a derived one everything it was derived from."""
    return tuple(dict.fromkeys(_guards(fact, subject, situation)))


def _guards(fact: str, subject: str, situation: Situation) -> Iterator[Guard]:
    world = situation.world
    atom = (fact, world.home(fact, subject))
    held = world.held(*atom)
    if not isinstance(held, Known) and fact in world.derived:
        for grounds, person in Sight(world, operand).read(*atom)[2]:
            if (grounds, person) != atom:
                yield from _guards(grounds, person, situation)
        return
    ref = situation.owners.get((atom[1], fact))
    if ref and isinstance(held, Known):
        said = held.origin.source is Source.ANSWER
        yield Guard(ref, fact, "" if said else world.vocabulary[fact].category)
