"""What the core systems delivered and how old it is, for those who run the import; nobody's data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Case, Max, QuerySet, When
from django.utils import timezone

from residents import feed, retention
from residents.importing import lock, states
from residents.models import Delivery, InboxLook
from residents.retention_rules import Rule, read

LATE, STOPPED = 1.5, 3
"""How many times its rhythm a feed may be old before it counts as late, or as no longer coming."""
LONG = timedelta(days=7)
"""A delivery held for longer is pointed out; the rule `held_delivery` says when it is given up."""
SILENT = timedelta(minutes=10)
"""The inbox is looked at every minute; after so long without a look something is wrong."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """One file of a feed and what became of it; `message` never quotes a value of a row.

    The counts of a held one are what it would do.
    """

    id: UUID
    feed: str
    name: str
    kind: str
    file_name: str
    as_of: datetime
    state: str
    state_name: str
    rows: int
    new: int
    changed: int
    gone: int
    unchanged: int
    rejected: int
    dropped_columns: tuple[str, ...]
    reason: str
    message: str
    seconds: float
    file_size: int
    received_at: datetime
    applied_at: datetime | None

    @property
    def goes_on(self) -> date | None:
        """The day whose night gives it up because it was held too long; None where it is not held."""
        if self.state != Delivery.State.HELD:
            return None
        return held_rule().goes_on(self.received_at)


@dataclass(frozen=True, slots=True)
class Inbox:
    """Whether the place the core systems deliver to is looked at.

    `wrong` is why it could not be read at the last look, since `since`; `is_silent`, that nobody has
    looked since `at` though no import runs that would explain it.
    """

    at: datetime
    wrong: str
    since: datetime | None
    is_silent: bool


@dataclass(frozen=True, slots=True)
class Freshness:
    """How old what the register holds of a feed is, against how often it should come."""

    feed: str
    name: str
    every: timedelta
    as_of: datetime | None
    age: timedelta | None
    state: str
    last: Delivered | None


def state_names() -> list[tuple[str, str]]:
    """The states a delivery can be in, with their names."""
    return [(str(value), str(label)) for value, label in Delivery.State.choices]


def names() -> dict[str, str]:
    """What each feed is called, in the feeds' order."""
    return {code: each.name for code, each in feed.feeds().items()}


ORDERS = {
    "": ("-waits", "-received_at", "feed"),
    "feed": ("feed", "-received_at"),
    "as_of": ("-as_of", "feed"),
    "rows": ("-rows", "-received_at"),
    "rejected": ("-rejected", "-received_at"),
}
"""How the board may be sorted; as usual, what waits for people stands first."""


def board(
    *, of: str = "", state: str = "", order: str = "", skip: int = 0, most: int = 50
) -> list[Delivered]:
    """The deliveries of one feed and in one state where these are named; in one of ORDERS."""
    waits = Case(When(state=Delivery.State.HELD, then=1), default=0)
    found = Delivery.objects.annotate(waits=waits).order_by(*ORDERS[order], "pk")
    found = found.filter(feed=of) if of else found
    found = found.filter(state=state) if state else found
    return [_delivered(each) for each in found[skip : skip + most]]


def held() -> int:
    """How many deliveries wait for people."""
    return Delivery.objects.filter(state=Delivery.State.HELD).count()


def held_long(now: datetime | None = None) -> int:
    """How many of them have waited so long that they are pointed out."""
    held_ones = Delivery.objects.filter(state=Delivery.State.HELD)
    return held_ones.filter(received_at__lt=(now or timezone.now()) - LONG).count()


def held_rule() -> Rule:
    """The rule that gives up what was held too long."""
    return next(each for each in read(retention.PATH).rules if each.code == "held_delivery")


def inbox(now: datetime | None = None) -> Inbox | None:
    """How the inbox of the settings is; None where it was never looked at."""
    found = InboxLook.objects.filter(place=str(settings.INBOX)).first()
    if found is None:
        return None
    late = found.at < (now or timezone.now()) - SILENT
    is_silent = late and not Delivery.objects.filter(state__in=states.UNFINISHED).exists()
    return Inbox(found.at, found.wrong, found.wrong_since, is_silent)


def is_applying() -> bool:
    """Whether an import, a release or a rollback changes the register at this moment."""
    return lock.is_applying()


def of_ids(ids: Sequence[UUID], *, but: UUID | None = None) -> list[Delivered]:
    """These deliveries in this order, all but one."""
    found = Delivery.objects.in_bulk([each for each in ids if each != but])
    return [_delivered(found[each]) for each in ids if each in found]


def one(pk: UUID) -> Delivered | None:
    """A delivery; None where there is none."""
    found = Delivery.objects.filter(pk=pk).first()
    return _delivered(found) if found else None


def freshness(now: datetime | None = None) -> list[Freshness]:
    """Every feed with the age of what was applied of it last, and its newest delivery of any state."""
    newest = Delivery.objects.order_by("feed", "-received_at").distinct("feed")
    return _every_feed(now, {each.feed: _delivered(each) for each in newest})


def in_force(
    now: datetime | None = None, held: Mapping[str, datetime] | None = None
) -> list[Freshness]:
    """The same without the newest delivery: for every screen that shows register data.

    `held` says as of when each feed is, where the screen knows; else one query does.
    """
    return _every_feed(now, {}, held)


def applied_last() -> QuerySet[Delivery, Any]:
    """{feed, applied} of every feed that was ever applied: as of when it is."""
    found = Delivery.objects.filter(state=Delivery.State.APPLIED).order_by().values("feed")
    return found.annotate(applied=Max("as_of"))


def _every_feed(
    now: datetime | None,
    last: Mapping[str, Delivered],
    held: Mapping[str, datetime] | None = None,
) -> list[Freshness]:
    at = now or timezone.now()
    if held is None:
        held = {row["feed"]: row["applied"] for row in applied_last()}
    return [
        _freshness(each, held.get(code), last.get(code), at) for code, each in feed.feeds().items()
    ]


def _freshness(
    each: feed.Feed, as_of: datetime | None, last: Delivered | None, at: datetime
) -> Freshness:
    age = at - as_of if as_of else None
    if age is None:
        state = "never"
    elif age > STOPPED * each.every:
        state = "stopped"
    else:
        state = "late" if age > LATE * each.every else "fresh"
    return Freshness(each.code, each.name, each.every, as_of, age, state, last)


def _delivered(found: Delivery) -> Delivered:
    would = found.summary if found.state == Delivery.State.HELD else {}
    return Delivered(
        id=found.pk,
        feed=found.feed,
        name=names().get(found.feed, found.feed),
        kind=found.get_kind_display(),
        file_name=found.file_name,
        as_of=found.as_of,
        state=str(found.state),
        state_name=found.get_state_display(),
        rows=found.rows,
        new=would.get("new", found.new),
        changed=would.get("changed", found.changed),
        gone=would.get("gone", found.gone),
        unchanged=would.get("unchanged", found.unchanged),
        rejected=found.rejected,
        dropped_columns=tuple(found.dropped_columns),
        reason=found.reason,
        message=found.message,
        seconds=found.seconds,
        file_size=found.file_size,
        received_at=found.received_at,
        applied_at=found.applied_at,
    )
