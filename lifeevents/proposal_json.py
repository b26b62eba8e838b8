"""Proposals and questions as JSON: what `propose --json` prints and the API answers (pure)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lifeevents.asking import Ask
from lifeevents.proposals import Proposed
from lifeevents.seating import Seat
from lifeevents.situation import BUNDLE, HOUSEHOLD, Situation


def document(
    situation: Situation, proposed: Iterable[Proposed], asks: Iterable[Ask], *, catalogue: str
) -> dict[str, Any]:
    """Everything that follows from one situation; `catalogue` is the digest of its version."""
    return {
        "event": situation.event.code,
        "on": situation.world.on.isoformat(),
        "catalogue": catalogue,
        "subjects": _subjects(situation.seats.values()),
        "proposals": [_proposal(each) for each in proposed],
        "questions": [_question(each) for each in asks],
    }


def _subjects(seats: Iterable[Seat]) -> list[dict[str, Any]]:
    people = [
        {
            "id": seat.key,
            "kind": "resident" if seat.ref else "participant",
            "role": _role(seat),
            "number": _number(seat),
        }
        for seat in seats
    ]
    shared = [{"id": s, "kind": s, "role": s, "number": None} for s in (HOUSEHOLD, BUNDLE)]
    return [*people, *shared]


def _role(seat: Seat) -> str:
    """What they are in the event; that somebody stands here counts only for who is nothing else."""
    own = [role for role in seat.roles if role != "applicant"]
    return next(reversed(own or seat.roles), "member")


def _number(seat: Seat) -> str | None:
    value = seat.record.facts.get("number") if seat.record else None
    return getattr(value, "value", None)


def _proposal(each: Proposed) -> dict[str, Any]:
    deadline = each.procedure.deadline
    return {
        "procedure": each.procedure.code,
        "name": each.procedure.name,
        "subject": each.subject,
        "verdict": each.verdict.value.value,
        "because": [{"fact": why.fact, "text": why.text} for why in each.verdict.because],
        "missing": [fact for fact, _ in each.verdict.missing],
        "deadline": each.deadline.isoformat() if each.deadline else None,
        "deadline_text": deadline.text if deadline else "",
        "documents": list(each.documents),
    }


def _question(each: Ask) -> dict[str, Any]:
    question = each.question
    return {
        "fact": question.fact,
        "subject": each.subject,
        "text": question.text,
        "type": "text" if question.type == "name" else str(question.type),
        "choices": [{"value": c.value, "label": c.label} for c in question.choices],
    }
