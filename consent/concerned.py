"""Whom a delivery concerns, for its operators: examples, who stays protected, and who looked (recall).

People are told by 宛名番号 alone, so that the core system's people can look them up; logged as a look.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count

from consent import engagements, log, operators
from consent.actors import Actor
from consent.models import AccessEntry, Account, Decision
from consent.passage import passage
from residents.models import Delivery, Identity

PURPOSE = "import_check"
MOST = 500


class MayNotSee(Exception):
    """This account does not run the import."""


class NoSuchDelivery(Exception):
    """There is no delivery of that id."""


@dataclass(frozen=True, slots=True)
class Look:
    """Someone saw, printed or received records that were taken back; `people` is how many of them."""

    at: datetime
    who: str
    office: str
    channel: str
    action: str
    reference: str
    people: int


@dataclass(frozen=True, slots=True)
class Concerned:
    """宛名番号 of a few examples by kind of change, of who stays protected; and the looks, oldest first."""

    examples: Mapping[str, tuple[str, ...]]
    protected: tuple[str, ...]
    looks: tuple[Look, ...]
    looks_in_all: int
    taken_back: Decision | None


def read(delivery: UUID, *, by: Actor) -> Concerned:
    """Whom a delivery concerns. Raises MayNotSee and NoSuchDelivery."""
    account = Account.objects.filter(pk=by.account_id).first()
    if account is None or not operators.is_operator(account):
        raise MayNotSee
    with passage():
        found = Delivery.objects.filter(pk=delivery).first()
        if found is None:
            raise NoSuchDelivery
        undone = Decision.objects.filter(
            kind=Decision.Kind.TAKE_BACK,
            state=Decision.State.DONE,
            together__contains=[found.pk],
        ).first()
        examples = {
            kind: [UUID(ref) for ref in refs]
            for kind, refs in found.summary.get("examples", {}).items()
        }
        protected = undone.protected[:MOST] if undone else []
        refs = {ref for each in (*examples.values(), protected) for ref in each}
        number = _numbers(refs, found, by)
        return Concerned(
            {kind: _told(refs, number) for kind, refs in examples.items()},
            _told(protected, number),
            _looks(undone.seen[:MOST]) if undone else (),
            len(undone.seen) if undone else 0,
            undone,
        )


def _told(refs: Iterable[UUID], number: Mapping[UUID, str]) -> tuple[str, ...]:
    return tuple(number[ref] for ref in refs if ref in number)


def _numbers(refs: Iterable[UUID], delivery: Delivery, by: Actor) -> Mapping[UUID, str]:
    found = dict(Identity.objects.filter(pk__in=refs).values_list("pk", "number"))
    ground = engagements.begin(PURPOSE, [*found], reference=str(delivery.pk), by=by)
    seen: dict[UUID, list[str]] = dict.fromkeys(found, [])
    log.record(AccessEntry.Action.LOOK, seen, by=by, engagement=ground)
    engagements.close(ground.pk)
    return found


def _looks(entries: list[UUID]) -> tuple[Look, ...]:
    found = AccessEntry.objects.filter(pk__in=entries).annotate(people=Count("subjects"))
    looks = list(found.order_by("at"))
    accounts = Account.objects.filter(pk__in={each.account_id for each in looks})
    names = {each.pk: str(each) for each in accounts}
    return tuple(
        Look(
            each.at,
            names.get(each.account_id, ""),
            each.office,
            each.channel,
            each.get_action_display(),
            each.reference,
            each.people,
        )
        for each in looks
    )
