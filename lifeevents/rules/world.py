"""The people, groups and facts that one life event's rules look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from lifeevents.rules.judge import operand
from lifeevents.rules.nodes import Expr
from lifeevents.rules.sight import Atom, Reading, Sight
from residents.facts import (
    Fact,
    FactType,
    Known,
    Of,
    Origin,
    PartialDate,
    Reason,
    Source,
    Unknown,
    Value,
)

BUNDLE, HOUSEHOLD = "bundle", "household"
HOMES = {Of.BUNDLE: BUNDLE, Of.HOUSEHOLD: HOUSEHOLD}
NOT_HELD = Unknown(Reason.NOT_HELD)


@dataclass(frozen=True)
class Person:
    """One resident or participant: what sentences call them, and what is held about them."""

    id: str
    label: str
    facts: Mapping[str, Value]
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True)
class World:
    """Everything rules may look at, on the event's date; its mappings never change afterwards."""

    on: date
    event: str
    people: Mapping[str, Person]
    groups: Mapping[str, tuple[str, ...]]
    bundle: Mapping[str, Value]
    household: Mapping[str, Value] = field(default_factory=dict)
    derived: Mapping[str, Expr] = field(default_factory=dict)
    vocabulary: Mapping[str, Fact] = field(default_factory=dict)

    def fact(self, key: str, person_id: str | None) -> Value:
        """A fact as it is held, else as it is derived, else Unknown with its reason.

        `person_id` is a person's id, "bundle" or "household"; a fact declared to be about the
        bundle or the household is read there, whoever is asked about.
        """
        home = self.home(key, person_id or BUNDLE)
        held = self.held(key, home)
        if isinstance(held, Known) or key not in self.derived:
            return held
        low, high, _, vague = Sight(self, operand).read(key, home)
        if low is None:
            reasons = (self.held(*atom) for atom in vague)
            return next((reason for reason in reasons if isinstance(reason, Unknown)), NOT_HELD)
        declared = self.vocabulary.get(key)
        origin = Origin(Source.DERIVED, declared.label if declared else key)
        if low == high:
            return Known(low, origin)
        dated = declared is not None and declared.type is FactType.DATE
        return Known(PartialDate(low, high, ""), origin) if dated else NOT_HELD

    def home(self, key: str, person_id: str) -> str:
        """Whose fact it is: one declared for the bundle or the household is never a person's."""
        declared = self.vocabulary.get(key)
        return HOMES.get(declared.of, person_id) if declared else person_id

    def held(self, key: str, home: str) -> Value:
        """What the register or an answer says, without deriving anything."""
        if home == BUNDLE:
            return self.bundle.get(key, NOT_HELD)
        if home == HOUSEHOLD:
            return self.household.get(key, NOT_HELD)
        person = self.people.get(home)
        return person.facts.get(key, NOT_HELD) if person else NOT_HELD

    @cached_property
    def readings(self) -> dict[Atom, Reading]:
        """Held facts as readings, each made once."""
        return {}
