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
from consent.measure_period import Phase, answer_due, grace_ends, phase
from consent.models import AccessEntry, CoveredPerson, Measure, MeasureStep, MeasureTransfer
from consent.passage import passage
from consent.sealing import unseal
from residents import register
from residents.facts import Known
from residents.models import Protection

MOST = 200


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
    state: Phase
    waits_for: str = ""

    @property
    def grace_ends(self) -> date:
        """The last day on which the applicant is still asked after the period."""
        return grace_ends(self.ends_on)


@dataclass(frozen=True, slots=True)
class Transfer:
    """One transfer; `late` when the other side should have answered by now."""

    pk: int
    measure: UUID
    who: Named
    direction: str
    words: Mapping[str, str] = field(repr=False)
    sent_on: date
    due: date
    late: bool
    acknowledged_on: date | None


@dataclass(frozen=True, slots=True)
class Board:
    """What is due: unanswered transfers, periods (both kinds), second people; and those entered here."""

    transfers: tuple[Transfer, ...]
    alerts: tuple[Line, ...]
    waiting: tuple[Line, ...]
    standing: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One measure whole, with the words of its 相手方 unsealed."""

    measure: Measure
    people: tuple[Named, ...]
    against: tuple[Mapping[str, str], ...] = field(repr=False)
    transfers: tuple[Transfer, ...] = ()
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
        found = Measure.objects.filter(ended_at=None).prefetch_related("covered", "transfers")
        entered = list(found)
        soon = day + relativedelta(months=1)
        sent = Protection.objects.exclude(kind=Protection.Kind.ENDED).filter(ends_on__lte=soon)
        ending = list(sent.order_by("ends_on").values_list("pk", "kind", "ends_on")[:MOST])
        firsts = {each.pk: _first(each) for each in entered}
        named = _named({*(person.ref for person in firsts.values()), *(row[0] for row in ending)})
        log.record(
            AccessEntry.Action.PROTECT, dict.fromkeys(named, ["basic"]), by=by, reason="一覧"
        )
    lines = [_line(each, named[firsts[each.pk].ref], day) for each in entered]
    core = [
        Line(None, named[ref], 0, dict(Protection.Kind.choices).get(kind, kind), ends_on, state)
        for ref, kind, ends_on in ending
        if ends_on and (state := phase(ends_on, day)) != Phase.STANDING
    ]
    due = [*core, *(line for line in lines if line.state != Phase.STANDING)]
    open_ones = [
        _transfer(each, named[firsts[measure.pk].ref], day)
        for measure in entered
        for each in measure.transfers.all()
        if each.acknowledged_on is None
    ]
    return Board(
        tuple(sorted(open_ones, key=lambda each: each.due)),
        tuple(sorted(due, key=lambda line: line.ends_on)),
        tuple(line for line in lines if line.waits_for),
        tuple(lines),
    )


def _line(measure: Measure, who: Named, day: date) -> Line:
    return Line(
        pk=measure.pk,
        who=who,
        others=sum(person.left_at is None for person in measure.covered.all()) - 1,
        kind=measure.get_kind_display(),
        ends_on=measure.ends_on,
        state=phase(measure.ends_on, day),
        waits_for="end" if measure.asked_by_id else "" if measure.decided_by_id else "decision",
    )


def _transfer(each: MeasureTransfer, who: Named, day: date) -> Transfer:
    due = answer_due(each.sent_on)
    return Transfer(
        pk=each.pk,
        measure=each.measure_id,
        who=who,
        direction=each.direction,
        words=unseal(each.sealed),
        sent_on=each.sent_on,
        due=due,
        late=each.acknowledged_on is None and due < day,
        acknowledged_on=each.acknowledged_on,
    )


def contact(pk: UUID, *, by: Actor) -> Mapping[str, str]:
    """The safe contact of a measure, logged by itself. Raises NoSuchMeasure, measures.MayNotProtect."""
    with passage():
        measures.refuse_others(by)
        measure = Measure.objects.filter(pk=pk).first()
        if measure is None:
            raise NoSuchMeasure
        people = dict.fromkeys(measures.standing_for(measure), ["contact"])
        log.record(AccessEntry.Action.PROTECT, people, by=by, reason="安全な連絡先の閲覧")
        return measures.contact_of(measure)


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
    day, first = timezone.localdate(), people[0]
    transfers = tuple(_transfer(each, first, day) for each in measure.transfers.all())
    return Sheet(measure, people, against, transfers, tuple(measure.steps.select_related("by")))


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
