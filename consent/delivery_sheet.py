"""One delivery whole, for the operator who decides about it: what it would change, and what was done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from consent import deciding
from consent.deliveries import Delivered, of_ids, one
from consent.models import Account, Decision
from residents.models import Delivery, DeliveryStep

Kind = Decision.Kind
_OPEN = (Decision.State.ASKED, Decision.State.CONFIRMED)


@dataclass(frozen=True, slots=True)
class Changes:
    """What a delivery changes, or would: records, of `before` held, and by column."""

    new: int
    changed: int
    gone: int
    unchanged: int
    before: int
    columns: tuple[tuple[str, int], ...]
    odd_characters: int


@dataclass(frozen=True, slots=True)
class Step:
    """One step of its way, and the accounts that took it (none: by itself)."""

    at: datetime
    state: str
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """What may be asked for now, and every delivery it is about; `also` are the others among them."""

    kind: str
    together: tuple[UUID, ...]
    also: tuple[Delivered, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """`open` is the decision that waits; `past` are those that are over, the newest first."""

    delivery: Delivered
    changes: Changes | None
    steps: tuple[Step, ...]
    choices: tuple[Choice, ...]
    open: Decision | None
    open_also: tuple[Delivered, ...]
    past: tuple[Decision, ...]


def sheet(pk: UUID) -> Sheet | None:
    """The delivery of that id; None where there is none."""
    found = Delivery.objects.filter(pk=pk).first()
    told = one(pk)
    if found is None or told is None:
        return None
    people = Decision.objects.select_related("asked_by", "confirmed_by")
    concerning = list(people.filter(together__contains=[pk]))
    waiting = next((each for each in concerning if each.state in _OPEN), None)
    return Sheet(
        delivery=told,
        changes=_changes(found.summary),
        steps=_steps(found),
        choices=() if waiting else tuple(_choices(found)),
        open=waiting,
        open_also=tuple(of_ids(waiting.together, but=pk)) if waiting else (),
        past=tuple(each for each in concerning if each.state not in _OPEN),
    )


def _choices(found: Delivery) -> list[Choice]:
    choices = []
    for kind in Kind:
        members = deciding.concerned(kind, found)
        if members:
            ids = [each.pk for each in members]
            choices.append(Choice(str(kind), tuple(ids), tuple(of_ids(ids, but=found.pk))))
    return choices


def _changes(summary: dict[str, object]) -> Changes | None:
    """None where nothing was reckoned yet: a held 差分 that waits for the one before it."""
    if "before" not in summary:
        return None
    counts: dict[str, int] = {
        name: value for name, value in summary.items() if isinstance(value, int)
    }
    columns = summary.get("columns")
    return Changes(
        new=counts.get("new", 0),
        changed=counts.get("changed", 0),
        gone=counts.get("gone", 0),
        unchanged=counts.get("unchanged", 0),
        before=counts.get("before", 0),
        columns=_most_first(columns) if isinstance(columns, dict) else (),
        odd_characters=counts.get("odd_characters", 0),
    )


def _most_first(columns: dict[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(columns.items(), key=lambda each: (-each[1], each[0])))


def _steps(found: Delivery) -> tuple[Step, ...]:
    steps = list(DeliveryStep.objects.filter(delivery=found).order_by("pk"))
    names = _names({pk for each in steps for pk in each.by})
    return tuple(
        Step(each.at, each.get_state_display(), tuple(names.get(pk, "") for pk in each.by))
        for each in steps
    )


def _names(accounts: Sequence[int] | set[int]) -> dict[int, str]:
    return {each.pk: str(each) for each in Account.objects.filter(pk__in=accounts)}
