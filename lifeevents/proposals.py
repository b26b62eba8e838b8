"""Proposals: every procedure of a life event for every subject, with verdict, reason and deadline (pure)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from lifeevents.entries import Catalogue, Procedure
from lifeevents.rules import deadline
from lifeevents.rules.calendar import closed as is_closed
from lifeevents.rules.evaluate import evaluate
from lifeevents.rules.verdict import Tri, Verdict
from lifeevents.situation import BUNDLE, HOUSEHOLD, Situation


@dataclass(frozen=True, slots=True)
class Proposed:
    """One (procedure, subject) pair: `subject` is a seat's key, "household" or "bundle"."""

    procedure: Procedure
    subject: str
    verdict: Verdict
    deadline: date | None
    documents: tuple[str, ...]

    @property
    def due(self) -> bool:
        """Whether the procedure is needed."""
        return self.verdict.value is Tri.YES

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why, one sentence each; two facts that are said in the same words are said once."""
        return tuple(dict.fromkeys(because.text for because in self.verdict.because))


def propose(
    situation: Situation, catalogue: Catalogue, closed: Callable[[date], bool] = is_closed
) -> tuple[Proposed, ...]:
    """Every procedure in force, inherited ones included, for each of its subjects; all verdicts."""
    return tuple(
        _proposed(procedure, subject, situation, closed)
        for procedure in catalogue.procedures_of(situation.event.code, situation.world.on)
        for subject in subjects_of(procedure, situation)
    )


def subjects_of(procedure: Procedure, situation: Situation) -> tuple[str, ...]:
    """Whom a procedure is for: the members of its group, the household or the bundle."""
    if procedure.for_ in (BUNDLE, HOUSEHOLD):
        return (procedure.for_,)
    return situation.world.groups.get(procedure.for_, ())


def _proposed(
    procedure: Procedure, subject: str, situation: Situation, closed: Callable[[date], bool]
) -> Proposed:
    verdict = evaluate(procedure.rule, situation.world, subject)
    needed = verdict.value is not Tri.NO
    return Proposed(
        procedure,
        subject,
        verdict,
        _due(procedure, subject, situation, closed) if needed else None,
        tuple(_documents(procedure, subject, situation)) if needed else (),
    )


def _due(
    procedure: Procedure, subject: str, situation: Situation, closed: Callable[[date], bool]
) -> date | None:
    """The last day, counted from the fact of whom the procedure names (出生日 of the newborn …)."""
    whose = subject
    if procedure.deadline_of not in ("self", ""):
        members = situation.world.groups.get(procedure.deadline_of, ())
        whose = members[0] if members else procedure.deadline_of
    return deadline.due(procedure.deadline, situation.world, whose, closed)


def _documents(procedure: Procedure, subject: str, situation: Situation) -> Iterator[str]:
    """What to bring; a document whose condition is not decided yet is named, to be on the safe side."""
    for document in procedure.documents:
        if (
            document.when is None
            or evaluate(document.when, situation.world, subject).value is not Tri.NO
        ):
            yield document.name
