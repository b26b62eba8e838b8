"""How long one family's proposals and the next question take, for real households of a town.

Opening the records is measured apart: the limits are for what follows from them (performance.md).
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from datetime import date
from uuid import UUID

from consent import door, engagements
from consent.actors import Actor, actor_of
from counter.bench.database import Town
from counter.bench.figures import Goal, Measured, milliseconds, spread
from lifeevents import asking, guidance, proposals, seating, situation, versions
from lifeevents.entries import Catalogue
from lifeevents.guidance import Described
from lifeevents.seating import Seat
from lifeevents.situation import Said, Situation

GOALS = {"family_cpu_ms": Goal("<=", 5), "next_question_ms": Goal("<=", 20)}
EVENT, ON = "birth", date(2026, 11, 22)
BORN = {("n1", "birth_date"): Said("2026-11-10")}
FAMILIES, ROUNDS = 40, 5


def run(town: Town) -> Measured:
    """Propose 出生 for families of the town, each in five rounds; the median round of each counts."""
    by = actor_of(town.clerk, terminal="bench", channel="command")
    catalogue = versions.current()[1].for_event(EVENT)
    opening, families = [], []
    for ref in _parents(town, by):
        started = time.perf_counter()
        families.append(_seats(ref, catalogue, by))
        opening.append(time.perf_counter() - started)
    proposing = _rounds(families, lambda seats: _propose(seats, catalogue))
    ready = [_propose(seats, catalogue) for seats in families]
    asked = _rounds(ready, lambda found: asking.open_questions(found[0], catalogue, found[1]))
    procedures = len(catalogue.procedures_of(EVENT, ON))
    return Measured(
        figures={
            "families": len(families),
            "procedures": procedures,
            "opening": spread(opening),
            "proposing_cpu": spread(proposing),
            "next_question_cpu": spread(asked),
            "guidance_of_nothing_known_cpu": spread(_rounds([EVENT], lambda _: _guide(catalogue))),
        },
        ratios={
            "family_cpu_ms": milliseconds(statistics.median(proposing)),
            "next_question_ms": milliseconds(statistics.median(asked)),
        },
    )


def _parents(town: Town, by: Actor) -> Iterator[UUID]:
    """Mothers of an age at which children are born, in households of every size."""
    mothers = [
        row["宛名番号"]
        for row in town.people
        if row["性別"] == "2"
        and row["続柄コード1"] in ("02", "12")
        and "1982" <= row["生年月日"][:4] <= "2004"
    ]
    for number in mothers[:: max(1, len(mothers) // FAMILIES)][:FAMILIES]:
        ref = door.find_number(number, by=by)
        if ref:
            yield ref


def _seats(ref: UUID, catalogue: Catalogue, by: Actor) -> tuple[Seat, ...]:
    event = catalogue.events[EVENT]
    ground = engagements.begin("trial", [ref], reference="", by=by)
    company = seating.gather(event, ref, (), engagement=ground.pk, by=by)
    engagements.close(ground.pk)
    return seating.arrange(event, company, ref, newcomers=("n1",))


def _propose(
    seats: tuple[Seat, ...], catalogue: Catalogue
) -> tuple[Situation, tuple[proposals.Proposed, ...]]:
    event = catalogue.events[EVENT]
    vocabulary = catalogue.vocabulary(door.vocabulary())
    now = situation.build(event, catalogue, seats, BORN, on=ON, vocabulary=vocabulary)
    return now, proposals.propose(now, catalogue)


def _guide(catalogue: Catalogue) -> None:
    """The hardest case for questions: parents and a sibling of whom nothing is told."""
    people = tuple(Described(role, role) for role in ("newborn", "mother", "father", "siblings"))
    guidance.guide(
        catalogue.events[EVENT], people, {}, on=ON, catalogue=catalogue, register=door.vocabulary()
    )


def _rounds(families: list, work: Callable) -> list[float]:
    """CPU seconds of each family: the median of its rounds, which alternate between the families."""
    spent: list[list[float]] = [[] for _family in families]
    for _round in range(ROUNDS):
        for place, family in enumerate(families):
            started = time.process_time()
            work(family)
            spent[place].append(time.process_time() - started)
    return [statistics.median(each) for each in spent]
