"""「この世帯なら」: one procedure tried on an invented family, before and after a change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from counter.office.access import OfficeRequest
from counter.office.words import events_of
from lifeevents import editions, wording
from lifeevents.editions import Edition, Outcome
from lifeevents.rules import dates
from lifeevents.rules.verdict import Tri
from residents import wareki

CHOSEN = "office_family"
"""Under which the session keeps the sample family chosen last."""
LOOKS = {Tri.YES: "yes", Tri.NO: "no", Tri.UNKNOWN: "unknown"}


@dataclass(frozen=True, slots=True)
class Tried:
    """What the procedure comes to for one person; `was` is the verdict before, where it differs."""

    who: str
    look: str
    verdict: str
    was: str
    reasons: tuple[str, ...]
    deadline: date | None
    documents: tuple[str, ...]


def panel(
    request: OfficeRequest,
    code: str,
    edition: Edition,
    before: Edition | None = None,
    event: str = "",
) -> dict[str, Any]:
    """The sample families to choose from, the one chosen, and what the procedure comes to for it."""
    events = events_of(code, edition)
    offered = editions.situations(edition, [event] if event in events else events)
    asked = request.GET.get("family")
    if asked in offered:
        request.session[CHOSEN] = asked
    name = request.session.get(CHOSEN)
    if name not in offered:
        name = next(iter(offered), None)
    if name is None:
        return {"offered": [], "name": ""}
    return {
        "offered": list(offered),
        "name": name,
        "people": _people(offered[name], edition),
        "on": date.fromisoformat(offered[name]["on"]),
        "tried": _tried(code, name, edition, before),
    }


def _tried(code: str, name: str, edition: Edition, before: Edition | None) -> list[Tried]:
    now = _of(code, editions.outcomes(edition, name))
    then = _of(code, editions.outcomes(before, name, edition)) if before else now
    return [_one(who, outcome, then.get(who)) for who, outcome in now.items()]


def _of(code: str, found: Mapping[tuple[str, str], Outcome]) -> dict[str, Outcome]:
    return {who: outcome for (each, who), outcome in found.items() if each == code}


def _one(who: str, outcome: Outcome, was: Outcome | None) -> Tried:
    changed = was is None or was.verdict is not outcome.verdict
    before = wording.VERDICTS[was.verdict] if was else _("手続なし")
    return Tried(
        who=wording.SHARED.get(who, who),
        look=LOOKS[outcome.verdict],
        verdict=wording.VERDICTS[outcome.verdict],
        was=before if changed else "",
        reasons=outcome.reasons,
        deadline=outcome.deadline,
        documents=outcome.documents,
    )


def _people(stated: Mapping[str, Any], edition: Edition) -> list[str]:
    """Who belongs to the family, each with what the sample says of them."""
    on = date.fromisoformat(stated["on"])
    people = [*stated["household"], *stated.get("elsewhere", ()), *stated.get("newcomers", ())]
    return [_person(person, on, edition) for person in people]


def _person(person: Mapping[str, Any], on: date, edition: Edition) -> str:
    born = wareki.parse(str(person.get("birth_date", "")))
    told = [_("%(age)s歳") % {"age": dates.age(born, on)}] if born and born <= on else []
    called = wording.names(edition)
    told += [called.fact(f"holds.{system}") for system in person.get("holds", ())]
    return f"{person['id']}（{'・'.join(told)}）" if told else str(person["id"])
