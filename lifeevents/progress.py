"""What became of a finished bundle's procedures, for whoever asks how far it is.

Which procedures were due, and until when, follows from the register. So it is read on the ground of
the bundle's snapshot: through the door, with a line in the access log.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from consent import door
from consent.actors import Actor
from consent.models import AccessEntry
from lifeevents import snapshots, versions
from lifeevents.models import Application, Bundle


class AtTheCounter(Exception):
    """The door does not open for this resident today; they are told at the counter, and not why."""


@dataclass(frozen=True, slots=True)
class Filed:
    """One procedure of a bundle: what it is called, who handles it, how far it is, until when."""

    procedure: str
    name: str
    department: str
    state: str
    deadline: date | None


def filed(bundle: Bundle, *, by: Actor) -> list[Filed]:
    """The procedures of a bundle by deadline, those without one last; none before it is finished.

    Writes one AccessEntry naming everyone they rest on. Raises AtTheCounter.
    """
    if bundle.state != Bundle.State.FINISHED:
        return []
    try:
        snapshots.content(bundle, by=by, action=AccessEntry.Action.LOOK)
    except (door.CounterOnly, door.NotInEngagement) as closed:
        raise AtTheCounter from closed
    catalogue = versions.of(bundle)
    return [
        Filed(
            procedure=each.procedure,
            name=catalogue.procedures[each.procedure].name,
            department=catalogue.departments[each.department].name,
            state=Application.State(each.state).value,
            deadline=each.deadline,
        )
        for each in bundle.applications.order_by("deadline", "procedure", "subject")
    ]
