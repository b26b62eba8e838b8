"""The frozen view (trust R2): what whoever lives with a 相手方 sees of those who flee from them.

Their household is shown as it was when the measure was entered, so that neither the measure nor anything
that comes after it can be told from what changes, or from a blank. Whoever had left the household by
then is not in it: that is what anybody's household sees of someone who has moved.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from consent.actors import Actor
from consent.adverse import hidden_from, served
from consent.models import Account, Engagement
from consent.protection import is_masked
from residents import feed, kept, register
from residents.facts import Reason, Unknown, Value
from residents.register import RegisterPerson

OF_FAMILY = frozenset({"basic", "household", "insurance", "child", "school"})
"""What a resident may see of the others in the household; the rest is asked, or seen at the counter."""
_PLACE = ("address", "postal_code", "municipality_code", "town")
_KNOWN_THEN = ("previous_", "school.")


@dataclass(frozen=True, slots=True)
class View:
    """A household as an engagement sees it: `instead` of whom, who lives there, whose place it is.

    `since` is when the first measure was entered. `whole`: nobody else there stands under 支援措置,
    so that the others are not masked on their account.
    """

    number: str
    instead: Mapping[UUID, RegisterPerson]
    members: tuple[UUID, ...]
    home: RegisterPerson
    since: datetime
    whole: bool

    def members_of(self, person: RegisterPerson) -> tuple[UUID, ...]:
        """Whom this person's household has: as it is seen; of another one, nobody who fled there."""
        if person.household_number == self.number:
            return self.members
        return tuple(ref for ref in person.members if ref not in self.instead)

    def unmasks(self, person: RegisterPerson) -> bool:
        """Whether a member is masked for nobody but those who are seen as they were."""
        own = person.household_number == self.number and person.protection is None
        return self.whole and own and person.ref not in self.instead

    def facts_of(self, ref: UUID, categories: Collection[str]) -> dict[str, Value]:
        """The facts of one of `instead`: of these categories what the household knew of them.

        The place is the household's own, so that a new one cannot show; where they were about to go
        and whatever else tells a place was never the household's to know.
        """
        return {
            key: self._fact(ref, key) if fact.category in categories else Unknown(Reason.WITHHELD)
            for key, fact in feed.facts().items()
        }

    def _fact(self, ref: UUID, key: str) -> Value:
        if key.startswith(_PLACE):
            return self.home.facts.get(key, Unknown(Reason.NOT_HELD))
        if is_masked(key) and not key.startswith(_KNOWN_THEN):
            return Unknown(Reason.NOT_HELD)
        return self.instead[ref].facts.get(key, Unknown(Reason.NOT_HELD))


def view(ground: Engagement, by: Actor) -> View | None:
    """What this engagement sees instead of its household; None where nobody there is seen frozen."""
    whom = served(ground, by)
    found = kept.household_of(whom)
    if found is None:
        return None
    shut = hidden_from(ground, found.kept, by=by)
    instead = {ref: person for ref, person in found.kept.items() if ref in shut}
    people = register.read({*found.members, *whom})
    homes = [people[ref] for ref in whom if ref in people and ref not in instead]
    if not instead or not homes:
        return None
    shown = tuple(
        ref for ref in found.members if ref in instead or _lives_in(people.get(ref), found)
    )
    protected = {ref for ref in shown if ref in people and people[ref].protection is not None}
    since = min(found.since[ref] for ref in instead)
    return View(found.number, instead, shown, homes[0], since, protected <= instead.keys())


def lets_in(person: RegisterPerson) -> bool:
    """Whether someone in whose household a measure stands is served online as if there were none."""
    found = _alone(person)
    return found is not None and found.unmasks(person)


def known_by(person: RegisterPerson) -> Mapping[UUID, datetime]:
    """Whom this person sees as they were, and others on whose account they are not masked; since when."""
    found = _alone(person)
    if found is None or person.protection is not None:
        return {}
    others = found.members if found.whole else tuple(found.instead)
    return dict.fromkeys({*others} - {person.ref}, found.since)


def _alone(person: RegisterPerson) -> View | None:
    ground = Engagement(refs=[person.ref], named=[person.ref])
    return view(ground, Actor(0, Account.Kind.SYSTEM, "", "", "", ""))


def _lives_in(person: RegisterPerson | None, found: kept.Household) -> bool:
    return (
        person is not None
        and person.household_number == found.number
        and person.ref in person.members
    )
