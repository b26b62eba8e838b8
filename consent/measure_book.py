"""Reading 支援措置 for those who answer for them: what runs out, what waits, and one measure whole.

Names leave the register here for whom a measure concerns alone; each reading is one AccessEntry.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from dateutil.relativedelta import relativedelta
from django.utils import timezone

from consent import log, measures
from consent.actors import Actor
from consent.models import AccessEntry, CoveredPerson, Measure, MeasureStep
from consent.passage import passage
from consent.sealing import unseal
from residents import register
from residents.facts import Known
from residents.models import Protection

MOST = 200
EXPIRED, LAST_MONTH, STANDING = "expired", "last_month", "standing"


class NoSuchMeasure(Exception):
    """No measure of that id."""


@dataclass(frozen=True, slots=True)
class Named:
    """Someone a measure covers; "" where the register has them no more."""

    ref: UUID
    number: str = ""
    name: str = field(default="", repr=False)
    is_applicant: bool = False
    has_left: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One measure in a list; `pk` is None for one the core system sent."""

    pk: UUID | None
    who: Named
    others: int
    kind: str
    ends_on: date
    state: str


@dataclass(frozen=True, slots=True)
class Board:
    """Measures running out or run out (both kinds), ends that wait, and those entered here."""

    alerts: tuple[Line, ...]
    waiting: tuple[Line, ...]
    standing: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One measure whole, with the words of its 相手方 unsealed."""

    measure: Measure
    people: tuple[Named, ...]
    against: tuple[Mapping[str, str], ...] = field(repr=False)
    steps: tuple[MeasureStep, ...] = ()

    @property
    def staying(self) -> tuple[Named, ...]:
        """Whom it covers now."""
        return tuple(each for each in self.people if not each.has_left)


def board(*, by: Actor, on: date | None = None) -> Board:
    """The lists as of a day (today). Raises measures.MayNotProtect."""
    day = on or timezone.localdate()
    with passage():
        measures.refuse_others(by)
        entered = list(Measure.objects.filter(ended_at=None).prefetch_related("covered"))
        soon = day + relativedelta(months=1)
        sent = Protection.objects.exclude(kind=Protection.Kind.ENDED).filter(ends_on__lte=soon)
        ending = list(sent.order_by("ends_on").values_list("pk", "kind", "ends_on")[:MOST])
        firsts = {each.pk: _first(each) for each in entered}
        named = _named({*(person.ref for person in firsts.values()), *(row[0] for row in ending)})
        log.record(
            AccessEntry.Action.PROTECT, dict.fromkeys(named, ["basic"]), by=by, reason="一覧"
        )
    lines = [
        Line(
            pk=each.pk,
            who=named[firsts[each.pk].ref],
            others=sum(person.left_at is None for person in each.covered.all()) - 1,
            kind=each.get_kind_display(),
            ends_on=each.ends_on,
            state=_state(each.ends_on, day),
        )
        for each in entered
    ]
    core = [
        Line(None, named[ref], 0, dict(Protection.Kind.choices).get(kind, kind), ends_on, state)
        for ref, kind, ends_on in ending
        if ends_on and (state := _state(ends_on, day)) != STANDING
    ]
    asked = {each.pk for each in entered if each.asked_by_id}
    alerts = sorted(
        [*core, *(line for line in lines if line.state != STANDING)], key=lambda line: line.ends_on
    )
    waiting = tuple(line for line in lines if line.pk in asked)
    return Board(tuple(alerts), waiting, tuple(lines))


def sheet(pk: UUID, *, by: Actor) -> Sheet:
    """One measure with whom it covers and its 相手方. Raises NoSuchMeasure, measures.MayNotProtect."""
    with passage():
        measures.refuse_others(by)
        measure = Measure.objects.filter(pk=pk).first()
        if measure is None:
            raise NoSuchMeasure
        covered = list(measure.covered.all())
        named = _named({person.ref for person in covered})
        against = tuple(unseal(each.sealed) for each in measure.adverse.order_by("pk"))
        log.record(
            AccessEntry.Action.PROTECT, dict.fromkeys(named, ["basic"]), by=by, reason="内容の閲覧"
        )
    people = tuple(
        Named(
            person.ref,
            named[person.ref].number,
            named[person.ref].name,
            person.is_applicant,
            person.left_at is not None,
        )
        for person in covered
    )
    return Sheet(measure, people, against, tuple(measure.steps.select_related("by")))


def _first(measure: Measure) -> CoveredPerson:
    """The applicant, or who is first of those it still covers."""
    standing = [person for person in measure.covered.all() if person.left_at is None]
    return (standing or list(measure.covered.all()))[0]


def _named(refs: Collection[UUID]) -> dict[UUID, Named]:
    people = register.read(list(refs))
    return {ref: _name(ref, people.get(ref)) for ref in refs}


def _name(ref: UUID, person: register.RegisterPerson | None) -> Named:
    name = person.facts.get("name") if person else None
    if person is None or not isinstance(name, Known):
        return Named(ref)
    return Named(ref, person.number, str(name.value))


def _state(ends_on: date, day: date) -> str:
    if ends_on < day:
        return EXPIRED
    return LAST_MONTH if measures.opens_for_extension(ends_on) <= day else STANDING
