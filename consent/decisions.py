"""What operators do with deliveries together: release a held one, give it up, take an applied one back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from consent import operators, recall
from consent.models import Account
from consent.recall import Recall
from residents.importing import releasing, undoing
from residents.importing.delivery_set import working as working
from residents.importing.releasing import NotHeld as NotHeld
from residents.importing.undoing import LaterOnes as LaterOnes
from residents.importing.undoing import NotApplied as NotApplied
from residents.importing.undoing import TooLate as TooLate
from residents.models import Delivery


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What was undone, newest first; whose 支援措置 stayed standing; who had seen the wrong values."""

    deliveries: tuple[Delivery, ...]
    protected: tuple[UUID, ...]
    recall: Recall


def release(delivery: UUID, accounts: Sequence[Account]) -> list[Delivery]:
    """Apply the held set this delivery belongs to; returns what became of each.

    Raises NotTwoOperators, NotHeld, ImportBusy and ImportFailed.
    """
    with working():
        return released(delivery, accounts)


def give_up(delivery: UUID, account: Account) -> list[Delivery]:
    """Refuse the held set this delivery belongs to; one operator is enough, since nothing changes.

    Raises NotTwoOperators, NotHeld and ImportBusy.
    """
    with working():
        return given_up(delivery, account)


def take_back(
    delivery: UUID, accounts: Sequence[Account], *, also_later: bool = False
) -> TakenBack:
    """Undo an applied delivery, and say who had opened the records it changed since then.

    Raises NotTwoOperators, NotApplied, LaterOnes, TooLate, ImportBusy and ImportFailed.
    """
    with working():
        return taken_back(delivery, accounts, also_later=also_later)


def released(delivery: UUID, accounts: Sequence[Account]) -> list[Delivery]:
    """`release` for a caller who is `working()`."""
    return releasing.release(delivery, _decided_by(accounts))


def given_up(delivery: UUID, account: Account) -> list[Delivery]:
    """`give_up` for a caller who is `working()`."""
    if not operators.is_operator(account):
        raise operators.NotTwoOperators(f"{account.username}は運用担当の操作者ではありません。")
    return releasing.give_up(delivery, [account.pk])


def taken_back(
    delivery: UUID, accounts: Sequence[Account], *, also_later: bool = False
) -> TakenBack:
    """`take_back` for a caller who is `working()`."""
    by = _decided_by(accounts)
    deliveries = undoing.to_undo(delivery)
    seen = recall.since(deliveries)
    undone = undoing.roll_back(delivery, by, also_later=also_later)
    return TakenBack(undone.deliveries, undone.protected, seen)


def _decided_by(accounts: Sequence[Account]) -> list[int]:
    first, second = operators.two(*(account.username for account in accounts))
    return [first.pk, second.pk]
