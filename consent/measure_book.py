"""Reading 支援措置 for those who answer for them: what runs out, what waits, and one measure whole.

Names leave the register here for whom a measure concerns alone; each reading is one AccessEntry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from dateutil.relativedelta import relativedelta
from django.utils import timezone

from consent import log, measure_sent, measures
from consent.actors import Actor
from consent.measure_lines import Line, Named, has_against, named, sent_lines
from consent.measure_period import Phase, answer_due, phase
from consent.measure_sent import STANDING
from consent.models import AccessEntry, CoveredPerson, Measure, MeasureStep, MeasureTransfer
from consent.passage import passage
from consent.sealing import unseal
from residents.models import Protection

MOST = 200


class NoSuchMeasure(Exception):
    """No measure of that id."""


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
    """What is due: unanswered transfers, periods (both kinds), second people; and those entered here.

    `sent` is how many people the core system has sent a measure for, `unknown` how many of them have
    no 相手方.
    """

    transfers: tuple[Transfer, ...]
    alerts: tuple[Line, ...]
    waiting: tuple[Line, ...]
    standing: tuple[Line, ...]
    sent: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Sent:
    """What the core system sent, those without 相手方 first; `more` than are listed, perhaps."""

    lines: tuple[Line, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """One measure whole, with the words of its 相手方 unsealed.

    Its period is as it is sent now, where the core system sends it; None where none is.
    """

    measure: Measure
    kind: str
    starts_on: date | None
    ends_on: date | None
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
        sent, soon = Protection.objects.filter(STANDING), day + relativedelta(months=1)
        ending = sent.exclude(kind=Protection.Kind.ENDED).filter(ends_on__lte=soon)
        core = sent_lines(list(ending.order_by("ends_on")[:MOST]), day)
        firsts = {each.pk: _first(each) for each in entered}
        refs = {*(person.ref for person in firsts.values()), *(line.who.ref for line in core)}
        names = named(refs)
        log.record(
            AccessEntry.Action.PROTECT, dict.fromkeys(names, ["basic"]), by=by, reason="一覧"
        )
        counts = sent.count(), sent.exclude(has_against()).count()
    lines = [_line(each, names[firsts[each.pk].ref], day) for each in entered if not each.from_core]
    core = [replace(line, who=names[line.who.ref]) for line in core if line.state != Phase.STANDING]
    due = [*core, *(line for line in lines if line.state != Phase.STANDING)]
    open_ones = [
        _transfer(each, names[firsts[measure.pk].ref], day)
        for measure in entered
        for each in measure.transfers.all()
        if each.acknowledged_on is None
    ]
    return Board(
        tuple(sorted(open_ones, key=lambda each: each.due)),
        tuple(sorted(due, key=lambda line: line.ends_on or date.max)),
        tuple(line for line in lines if line.waits_for),
        tuple(lines),
        *counts,
    )


def sent(*, by: Actor, on: date | None = None) -> Sent:
    """What the core system lets stand, and whether its 相手方 is known. Raises MayNotProtect."""
    day = on or timezone.localdate()
    with passage():
        measures.refuse_others(by)
        known = Protection.objects.filter(STANDING).annotate(known=has_against())
        rows = list(known.order_by("known", "ends_on", "pk")[: MOST + 1])
        lines = sent_lines(rows[:MOST], day)
        names = named({line.who.ref for line in lines})
        log.record(
            AccessEntry.Action.PROTECT,
            dict.fromkeys(names, ["basic"]),
            by=by,
            reason="連携された措置の一覧",
        )
    return Sent(
        tuple(replace(line, who=names[line.who.ref]) for line in lines), more=len(rows) > MOST
    )


def may_be_together(ref: UUID, *, by: Actor) -> tuple[Named, ...]:
    """Whom the measure sent for this person may cover too, the person first. Raises MayNotProtect."""
    with passage():
        measures.refuse_others(by)
        refs = [ref, *measure_sent.together(ref)]
        names = named(refs)
        log.record(
            AccessEntry.Action.PROTECT,
            dict.fromkeys(names, ["basic"]),
            by=by,
            reason="連携された措置の対象者の閲覧",
        )
    return tuple(names[each] for each in refs)


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
        names = named({person.ref for person in covered})
        period = measure_sent.period_of(measure)
        against = tuple(unseal(each.sealed) for each in measure.adverse.order_by("pk"))
        log.record(
            AccessEntry.Action.PROTECT, dict.fromkeys(names, ["basic"]), by=by, reason="内容の閲覧"
        )
    people = tuple(
        Named(
            person.ref,
            names[person.ref].number,
            names[person.ref].name,
            person.is_applicant,
            person.left_at is not None,
        )
        for person in covered
    )
    day, first = timezone.localdate(), people[0]
    transfers = tuple(_transfer(each, first, day) for each in measure.transfers.all())
    steps = tuple(measure.steps.select_related("by"))
    return Sheet(measure, *period, people, against, transfers, steps)


def _first(measure: Measure) -> CoveredPerson:
    """The applicant, or who is first of those it still covers."""
    standing = [person for person in measure.covered.all() if person.left_at is None]
    return (standing or list(measure.covered.all()))[0]
