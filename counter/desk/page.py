"""The page of a bundle: steps across the top, the step on the left, the checklist on the right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from counter.desk import checklist
from counter.desk.access import DeskRequest, may_reveal
from counter.desk.forms import REASONS
from counter.desk.screen import show
from lifeevents import handing_in
from lifeevents.models import Bundle
from lifeevents.people import PersonView
from lifeevents.sitting import Sitting

STEPS = tuple(Bundle.Step)


@dataclass(frozen=True, slots=True)
class Step:
    """One of the steps across the top."""

    code: str
    name: str
    state: str
    reachable: bool


@dataclass(frozen=True, slots=True)
class Address:
    """Where the household lives, or that it must not be shown."""

    text: str
    masked: bool


def show_step(
    request: DeskRequest,
    sitting: Sitting,
    template: str,
    context: dict[str, Any],
    *,
    seen: str = "",
    status: int = 200,
) -> HttpResponse:
    """Render one step of a bundle; `seen` is the checklist as the earlier page showed it."""
    bundle, people = sitting.bundle, list(sitting.people.values())
    listed = checklist.build(sitting.proposals, seen, handing_in.filed_before(bundle))
    address = _address(people)
    common = {
        "bundle": bundle,
        "sitting": sitting,
        "steps": _steps(bundle),
        "step_name": bundle.get_step_display(),
        "people": people,
        "address": address,
        "protection_expired": any(person.protection_expired for person in people),
        "checklist": listed,
        "announce": _announce(listed),
        "minutes": minutes_of(bundle),
        "since": served_since(bundle),
    }
    if address.masked:
        common |= {"may_reveal": may_reveal(request.user), "reveal_reasons": REASONS}
    return show(request, template, common | context, status=status)


def minutes_of(bundle: Bundle) -> int:
    """How long the person has been, or was, served."""
    until = bundle.finished_at or timezone.now()
    return int((until - served_since(bundle)).total_seconds() // 60)


def served_since(bundle: Bundle) -> datetime:
    """When serving began here; who applied online is served from 本人確認 on."""
    if bundle.filed_by_id is None:
        return bundle.started_at
    identified = bundle.identified.get("at")
    return datetime.fromisoformat(identified) if identified else timezone.now()


def _steps(bundle: Bundle) -> list[Step]:
    now = STEPS.index(Bundle.Step(bundle.step))
    states = ["done"] * now + ["current"] + ["later"] * len(STEPS)
    return [
        Step(step.value, str(step.label), state, reachable=state == "done")
        for step, state in zip(STEPS, states, strict=False)
    ]


def _address(people: list[PersonView]) -> Address:
    """The applicant's address; that of whoever lives in the household when the applicant has none."""
    residents = [person for person in people if not person.is_new]
    residents.sort(key=lambda person: "applicant" not in person.roles)
    if not residents:
        return Address("", masked=False)
    return Address(residents[0].address, masked=residents[0].masked)


def _announce(listed: checklist.Checklist) -> str:
    """What the last answer changed, for those who hear the page."""
    if not listed.changed:
        return ""
    words = {checklist.YES: _("必要"), checklist.UNKNOWN: _("未確定"), checklist.NO: _("不要")}
    return "、".join(
        f"{item.proposal.name}：{words[item.proposal.verdict]}" for item in listed.changed
    )
