"""The checklist of a bundle: what is due, by department, with deadline, documents and reasons (pure)."""

from __future__ import annotations

from typing import Any

from lifeevents.guards import guards_of
from lifeevents.models import Application
from lifeevents.opened import Opened
from lifeevents.people import label_of
from lifeevents.proposals import Proposed
from lifeevents.rules.verdict import Tri

SUBMITTED, GUIDED, PENDING = (
    Application.State.SUBMITTED,
    Application.State.GUIDED,
    Application.State.PENDING,
)


def state_of(each: Proposed) -> Application.State:
    """What becomes of a proposal at the end: handed in here, told about, or still open."""
    if each.verdict.value is Tri.UNKNOWN:
        return PENDING
    return SUBMITTED if each.procedure.kind == "application" else GUIDED


def checklist(opened: Opened) -> list[dict[str, Any]]:
    """One entry a department with its items, in the departments' order; what is not needed is left out."""
    departments = sorted(opened.catalogue.departments.values(), key=lambda each: each.order)
    wanted = [each for each in opened.proposed if each.verdict.value is not Tri.NO]
    lists = (
        {
            "department": department.name,
            "place": department.place,
            "items": [
                _item(each, opened)
                for each in wanted
                if each.procedure.department == department.code
            ],
        }
        for department in departments
    )
    return [each for each in lists if each["items"]]


def _item(each: Proposed, opened: Opened) -> dict[str, Any]:
    return {
        "procedure": each.procedure.code,
        "name": each.procedure.name,
        "subject": label_of(each.subject, opened),
        "subject_id": each.subject,
        "state": state_of(each).value,
        "deadline": each.deadline.isoformat() if each.deadline else None,
        "deadline_text": each.procedure.deadline.text if each.procedure.deadline else "",
        "documents": list(each.documents),
        "because": list(each.reasons),
        "because_guards": [_guards(reason, each, opened) for reason in each.reasons],
    }


def _guards(reason: str, each: Proposed, opened: Opened) -> list[dict[str, str]]:
    """What a reason tells of whom: a sentence such as 国民健康保険に加入しているため is register data too."""
    told = (because for because in each.verdict.because if because.text == reason)
    return [
        guard.as_dict()
        for because in told
        for guard in guards_of(because.fact, because.person, opened.situation)
    ]
