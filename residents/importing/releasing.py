"""Held deliveries: let go on by two people, or by what they waited for; or given up."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import transaction

from residents.importing import applying, held, lock, order, states
from residents.importing.incoming import Incoming
from residents.importing.progress import Progress, Silence
from residents.importing.refusal import FileRefused
from residents.models import Delivery

_PATIENT = ("gap", "set")  # what ends by itself once the missing 差分 has come
GIVEN_UP = FileRefused("given_up", "保留のまま取りやめました。何も変えていません。")
EXPIRED = FileRefused(
    "expired",
    "保留のまま期限を過ぎたため、取りやめました。何も変えていません。"
    "要るものであれば、送り元から新しいファイルを受け取ってください。",
)


class NotHeld(Exception):
    """There is no such delivery, or it is not held."""


class TwoNeeded(Exception):
    """Fewer than two different people stand behind it."""


def release(set_of: UUID, by: Sequence[int], progress: Progress | None = None) -> list[Delivery]:
    """Apply the held set that this delivery belongs to, as two people decided; in one transaction.

    `by` are their account ids. What has become stale since is refused. The caller holds the import
    lock (delivery_set.working). Raises NotHeld and TwoNeeded.
    """
    if len(set(by)) < 2:
        raise TwoNeeded
    found = _held_set(set_of)
    progress = progress or Silence()
    return [*_apply([Incoming(each) for each in found], progress, by), *go_on(progress)]


def give_up(set_of: UUID, by: Sequence[int], refusal: FileRefused = GIVEN_UP) -> list[Delivery]:
    """Refuse the held set that this delivery belongs to: it will not be applied. Raises NotHeld."""
    found = _held_set(set_of)
    with transaction.atomic():
        for each in found:
            _refuse(Incoming(each), refusal, by)
    return found


def go_on(progress: Progress) -> list[Delivery]:
    """Apply the sets whose missing 差分 has come, and refuse what a newer 全件 covers.

    A set goes on when nobody needs to look at any of it, and nobody else imports a feed of it: that
    import ends here, too. The caller holds the import lock, and is the one who applies.
    """
    done: list[Delivery] = []
    left: set[UUID] = set()
    while found := _patient_set(left):
        with lock.these_alone({each.feed for each in found}) as are_free:
            if are_free:
                done += _apply([Incoming(each) for each in found], progress, ())
            else:
                left.add(found[0].set_id)
    return done


def _held_set(set_of: UUID) -> list[Delivery]:
    held_ones = Delivery.objects.filter(state=Delivery.State.HELD)
    chosen = held_ones.filter(pk=set_of).first()
    if chosen is None:
        raise NotHeld
    return list(held_ones.filter(set_id=chosen.set_id))


def _patient_set(but: Collection[UUID]) -> list[Delivery]:
    """The first held set but these in which something is no longer as it was when it was held."""
    held_ones = Delivery.objects.filter(state=Delivery.State.HELD).exclude(set_id__in=but)
    waiting = held_ones.order_by("as_of", "sequence")
    for set_id in dict.fromkeys(waiting.values_list("set_id", flat=True)):
        members = sorted(waiting.filter(set_id=set_id), key=lambda each: Incoming(each).place)
        stale = [each for each in members if _is_past(each)]
        if stale:
            return stale if len(stale) < len(members) else members
        if all(each.reason in _PATIENT for each in members) and _is_turn(members):
            return members
    return []


def _is_past(delivery: Delivery) -> bool:
    try:
        order.check(delivery)
    except FileRefused:
        return True
    return False


def _is_turn(members: Sequence[Delivery]) -> bool:
    return all(order.check(each, members[:place]) is None for place, each in enumerate(members))


def _apply(found: list[Incoming], progress: Progress, by: Sequence[int]) -> list[Delivery]:
    found.sort(key=lambda each: each.place)
    moving: list[Incoming] = []
    with transaction.atomic():
        for each in found:
            try:
                order.check(each.delivery, [other.delivery for other in moving])
                _refuse_other_basis(each.delivery)
            except FileRefused as refusal:
                _refuse(each, FileRefused("superseded", refusal.message), by)
            else:
                moving.append(each)
    _stage_again(moving, progress, by)
    return [each.delivery for each in found]


def _stage_again(moving: list[Incoming], progress: Progress, by: Sequence[int]) -> None:
    refs = [each.delivery.pk for each in moving]
    with transaction.atomic():
        held.stage(refs)
        held.drop(refs)
        for each in moving:
            states.move(each.delivery, Delivery.State.STAGED, by=by)
        applying.apply(moving, progress, by)


def _refuse(each: Incoming, refusal: FileRefused, by: Sequence[int]) -> None:
    held.drop([each.delivery.pk])
    held.forget(each.delivery.pk)
    each.refuse(refusal, by)


def _refuse_other_basis(delivery: Delivery) -> None:
    """What was read of a 全件 is how it differs from `basis`; another basis would make it wrong."""
    if delivery.whole or delivery.kind != Delivery.Kind.FULL:
        return
    applied = Delivery.objects.filter(feed=delivery.feed, state=Delivery.State.APPLIED)
    last = applied.order_by("-applied_at", "-as_of", "-sequence").values_list("pk", flat=True)
    if last.first() != delivery.basis:
        raise FileRefused(
            "basis", "保留のあいだに台帳が変わりました。同じファイルを取り込み直してください。"
        )
