"""What happens next, from a checklist: done here, finished at a counter, or to be known (pure)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from lifeevents.handing_in import items_of
from lifeevents.models import Application
from lifeevents.online import Reach

Json = dict[str, Any]
VISITS = (Reach.COUNTER, Reach.VISIT, Reach.OF_ANOTHER)
IDENTITY = "本人確認書類"
STATES = {
    Application.State.SUBMITTED: Reach.HANDED_IN,
    Application.State.PENDING: Reach.UNDECIDED,
    Application.State.GUIDED: Reach.TOLD,
}
"""What the counter's own words mean on a checklist it has finished."""


def of(checklist: list[Json]) -> dict[str, Any]:
    """Lists for a page: `handed_in`, `visits` by department, `unsure` and `told`, `until`, `bring`."""
    items = items_of({"checklist": checklist})
    visiting = [each for each in items if reach_of(each) in VISITS]
    days = [date.fromisoformat(each["deadline"]) for each in visiting if each["deadline"]]
    bring = list(dict.fromkeys(name for each in visiting for name in each["documents"]))
    return {
        "handed_in": [_line(each) for each in items if reach_of(each) == Reach.HANDED_IN],
        "visits": [_line(each) for each in visiting],
        "groups": [(how, _of(how, visiting)) for how in VISITS if _of(how, visiting)],
        "unsure": _once(each for each in items if reach_of(each) == Reach.UNDECIDED),
        "told": _once(each for each in items if reach_of(each) == Reach.TOLD),
        "until": min(days, default=None),
        "bring": bring,
        "names_identity": any(IDENTITY in name for name in bring),
        "places": _places(checklist),
    }


def _of(how: str, items: list[Json]) -> list[Json]:
    return [_line(each) for each in items if reach_of(each) == how]


def reach_of(item: Json) -> str:
    """How far one item of a frozen checklist gets; the counter's own say it by their state."""
    return str(item.get("reach") or STATES[Application.State(item["state"])])


def _line(item: Json) -> dict[str, Any]:
    return {
        **item,
        "day": date.fromisoformat(item["deadline"]) if item["deadline"] else None,
        "how": reach_of(item),
    }


def _once(items: Iterable[Json]) -> list[dict[str, Any]]:
    """Each procedure once, however many people it may be for."""
    found: dict[str, dict[str, Any]] = {}
    for each in items:
        found.setdefault(each["procedure"], _line(each))
    return list(found.values())


def _places(checklist: list[Json]) -> list[dict[str, str]]:
    """The counters to come to."""
    return [
        {"name": each["department"], "place": each["place"]}
        for each in checklist
        if any(reach_of(item) in VISITS for item in each["items"])
    ]
