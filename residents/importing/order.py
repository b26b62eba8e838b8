"""Whether it is a delivery's turn: nothing older than what is applied, nothing twice, no 差分 missing.

連番 counts the 差分 of a feed: 1 begins a new row of them, and what is higher waits for the one before
it. A 全件 needs nothing before it and covers everything older.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from residents.feed import Extent, Target, feed
from residents.importing import file_name
from residents.importing.arrival import Arrival
from residents.importing.refusal import FileHeld, FileRefused, FileReplayed
from residents.models import Delivery

_SAME = (Delivery.State.APPLIED, Delivery.State.HELD)
_STALE = ("stale", "superseded")
_SKEW = timedelta(days=1)  # of two clocks
_LEAP, _FIRST_LEAP = timedelta(days=31), timedelta(days=3652)  # after the last file, before any
_LAST = (datetime.max.replace(tzinfo=UTC), True, 0)


def check(delivery: Delivery, before: Iterable[Delivery] = ()) -> FileHeld | None:
    """None when it is its turn, or why it must wait. Raises FileRefused, FileReplayed.

    `before` are the deliveries of the same set that come first; they count as applied.
    """
    _refuse_replay(delivery)
    last = _last(delivery, before)
    _refuse_stale(delivery, last)
    if ahead := _ahead(delivery, last):
        return ahead
    if delivery.kind == Delivery.Kind.FULL:
        return None
    return _held_before(delivery) or _gap(delivery, _last_changes(delivery, before))


def same_file(delivery: Delivery) -> tuple[object, ...]:
    """What two deliveries of the same file have in common."""
    return delivery.feed, delivery.kind, delivery.as_of, delivery.sha256


def _refuse_replay(delivery: Delivery) -> None:
    same = Delivery.objects.filter(
        feed=delivery.feed,
        kind=delivery.kind,
        as_of=delivery.as_of,
        sha256=delivery.sha256,
        state__in=_SAME,
    )
    if found := same.exclude(pk=delivery.pk).order_by("state").first():
        raise FileReplayed(found.pk, held=found.state == Delivery.State.HELD)


def _refuse_stale(delivery: Delivery, last: Delivery | None) -> None:
    if last is None:
        if delivery.kind == Delivery.Kind.FULL or _protects(delivery):
            return
        raise FileRefused(
            "no_full",
            "この連携データの全件をまだ取り込んでいません。先に全件を取り込んでください。",
        )
    if _is_after(delivery, last):
        return
    kind = last.get_kind_display()
    raise FileRefused(
        "stale", f"これより新しい{kind}が反映済みです（{last.file_name}）。何も変えていません。"
    )


def _is_after(delivery: Delivery, last: Delivery) -> bool:
    """A 全件 corrects one of the same moment; a 差分 of that moment is in it already."""
    if delivery.as_of != last.as_of:
        return delivery.as_of > last.as_of
    match delivery.kind == Delivery.Kind.FULL, last.kind == Delivery.Kind.FULL:
        case True, False:
            return True
        case False, True:
            return False
        case True, True:
            return delivery.sequence >= last.sequence
    return delivery.sequence > last.sequence


def _ahead(delivery: Delivery, last: Delivery | None) -> FileHeld | None:
    """A wrong clock or a mistyped year; applied, it would make every file that follows too old."""
    now = timezone.now()
    leap = max(now + _SKEW, last.as_of + _LEAP if last else now + _FIRST_LEAP)
    if delivery.as_of <= leap:
        return None
    return FileHeld(
        "future",
        f"ファイル名の日時（{timezone.localtime(delivery.as_of):%Y-%m-%d %H:%M}）が先の日付です。"
        "反映すると、これより前の日時のファイルは古いものとして取り込めなくなります。"
        "送り元の時計とファイル名を確かめ、正しいファイルを受け取り直してください。",
    )


def _held_before(delivery: Delivery) -> FileHeld | None:
    """A 差分 does not overtake an earlier one: that one would be too old afterwards."""
    held = Delivery.objects.filter(
        feed=delivery.feed, kind=Delivery.Kind.CHANGES, state=Delivery.State.HELD
    ).exclude(set_id=delivery.set_id)
    earlier = min(held, key=moment, default=None)
    if earlier is None or moment(earlier) > moment(delivery):
        return None
    return FileHeld(
        "gap",
        f"これより前の差分（{earlier.file_name}）が保留中です。それが反映されるか、"
        "次の全件を取り込むまで待ちます。",
    )


def _gap(delivery: Delivery, last: Delivery | None) -> FileHeld | None:
    """A 差分 of a new moment may begin at 1 again; one of the same moment goes on counting."""
    wanted = last.sequence + 1 if last else 1
    begins = delivery.sequence == 1 and (last is None or last.as_of != delivery.as_of)
    if begins or delivery.sequence == wanted:
        return None
    return FileHeld(
        "gap",
        f"連番{wanted:03}の差分がまだ届いていません。届くか、次の全件を取り込むまで待ちます。"
        "待たずに反映するには、2人の確認で保留を解いてください。",
    )


def _last(delivery: Delivery, before: Iterable[Delivery]) -> Delivery | None:
    applied = Delivery.objects.filter(feed=delivery.feed, state=Delivery.State.APPLIED)
    last = applied.order_by("as_of", "applied_at").last()
    return _newest(last, (each for each in before if each.feed == delivery.feed))


def _last_changes(delivery: Delivery, before: Iterable[Delivery]) -> Delivery | None:
    """The 差分 dealt with last: one that came too late is in a newer 全件, so nothing of it is missing."""
    dealt = Delivery.objects.filter(
        Q(state=Delivery.State.APPLIED) | Q(reason__in=_STALE),
        feed=delivery.feed,
        kind=Delivery.Kind.CHANGES,
        as_of__lte=delivery.as_of,
    )
    last = dealt.exclude(pk=delivery.pk).order_by("as_of", "sequence").last()
    return _newest(
        last,
        (
            each
            for each in before
            if each.feed == delivery.feed and each.kind == Delivery.Kind.CHANGES
        ),
    )


def _newest(last: Delivery | None, before: Iterable[Delivery]) -> Delivery | None:
    newest: Delivery | None = last
    for each in before:
        if newest is None or (each.as_of, each.sequence) >= (newest.as_of, newest.sequence):
            newest = each
    return newest


def _protects(delivery: Delivery) -> bool:
    """支援措置 counts at once, whatever came before it."""
    return feed(delivery.feed).target is Target.PROTECTION


def moment(delivery: Delivery) -> tuple[datetime, bool, int]:
    """Where a delivery stands among those of its feed: a 全件 has the 差分 of the same moment in it."""
    return delivery.as_of, delivery.kind == Delivery.Kind.FULL, delivery.sequence


def first_moment(files: Iterable[Arrival]) -> tuple[datetime, bool, int]:
    """Where a set stands among others, by the oldest file in it, whatever its folder is called.

    A newer set that came first would make an older 差分 too old.
    """
    return min(map(_moment_named, files), default=_LAST)


def _moment_named(arrival: Arrival) -> tuple[datetime, bool, int]:
    try:
        name = file_name.read(arrival.name)
    except FileRefused:
        return _LAST
    return name.as_of, name.extent is Extent.FULL, name.sequence
