"""Files an operator hands over in the browser: kept in memory alone, read through the dropper, then gone.

No temporary file is made, for it would hold what must never be stored (個人番号). The import runs in a
thread of the web server, since only this process has the bytes; it tells how far it is by a connection
of its own, because its transaction is not seen before its end.
"""

from __future__ import annotations

import io
import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import IO
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from consent import operators
from consent.actors import Actor
from consent.deliveries import Delivered, of_ids
from consent.models import Account, Upload
from residents.importing import parcel
from residents.importing.arrival import Arrival
from residents.importing.delivery_set import import_set
from residents.importing.refusal import ImportBusy, ImportFailed

MOST_BYTES = 256 << 20
"""Of one hand-over; it stays in memory until it is read, so that more belongs into the watched folder."""
SILENT = timedelta(minutes=10)
"""An upload that has not moved for so long was cut off."""
_EVERY, _PATIENCE = 0.5, 600  # seconds
_KEY = 4_101_150_002
_MOVE = "UPDATE consent_upload SET doing = %s, reached = %s, moved_at = now() WHERE id = %s"
_CUT_OFF = (
    "途中で止まりました。「届いたデータ」で何が反映されたかを確かめ、もう一度送ってください。"
    "同じファイルが2度反映されることはありません。"
)
_NOT_ALL = "ファイルが最後まで届きませんでした。何も取り込んでいません。もう一度送ってください。"
_log = logging.getLogger(__name__)
State = Upload.State


class MayNotHandOver(Exception):
    """This account does not run the import."""


class Busy(Exception):
    """Another hand-over is under way; two would need twice the memory."""


@dataclass(frozen=True, slots=True)
class Handed:
    """One file of a hand-over, whole in memory."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a hand-over is, in per cent of the bytes of its phase, and what became of its files."""

    id: UUID
    state: str
    doing: str
    percent: int
    message: str
    deliveries: tuple[Delivered, ...]

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in (State.DONE, State.FAILED)


def begin(pk: UUID, size: int, *, by: Actor) -> bool:
    """Note that files are coming; False when this very hand-over was begun before.

    Raises MayNotHandOver and Busy.
    """
    account = Account.objects.filter(pk=by.account_id).first()
    if account is None or not operators.is_operator(account):
        raise MayNotHandOver
    running = Upload.objects.filter(
        state__in=[State.COMING, State.READING], moved_at__gt=timezone.now() - SILENT
    )
    with transaction.atomic():
        _one_by_one()
        if Upload.objects.filter(pk=pk).exists():
            return False
        if running.exists():
            raise Busy
        Upload.objects.create(pk=pk, by=account, size=size, doing="受け取っています")
    return True


def came(pk: UUID, reached: int) -> None:
    """Note how many bytes have come."""
    Upload.objects.filter(pk=pk).update(reached=reached, moved_at=timezone.now())


def refuse(pk: UUID, message: str) -> None:
    """End a hand-over of which nothing is read, and say why."""
    Upload.objects.filter(pk=pk).update(state=State.FAILED, message=message)


def cut_off(pk: UUID) -> None:
    """End a hand-over whose files did not all come, so that the next need not wait; others stay."""
    Upload.objects.filter(pk=pk, state=State.COMING).update(state=State.FAILED, message=_NOT_ALL)


def carry(pk: UUID, files: Sequence[Handed]) -> threading.Thread:
    """Import the files in a thread; each ZIP is a set, all others are one."""
    Upload.objects.filter(pk=pk).update(
        state=State.READING, doing="確かめています", reached=0, moved_at=timezone.now()
    )
    thread = threading.Thread(target=_in_thread, args=(pk, list(files)), daemon=True)
    thread.start()
    return thread


def standing(pk: UUID) -> Standing | None:
    """How far a hand-over is; None where there is none."""
    found = Upload.objects.filter(pk=pk).first()
    if found is None:
        return None
    state, message = str(found.state), found.message
    if state in (State.COMING, State.READING) and found.moved_at < timezone.now() - SILENT:
        state, message = str(State.FAILED), _CUT_OFF
    percent = min(100 * found.reached // found.size, 100) if found.size else 0
    return Standing(found.pk, state, found.doing, percent, message, tuple(of_ids(found.deliveries)))


def _one_by_one() -> None:
    """Let two who begin at the same moment see each other, until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_KEY])


def _in_thread(pk: UUID, files: list[Handed]) -> None:
    try:
        if not _has_ended(pk, files):
            connection.close()  # it may be what broke
            refuse(pk, _CUT_OFF)
    finally:
        connection.close()


def _has_ended(pk: UUID, files: list[Handed]) -> bool:
    try:
        _import(pk, files)
    except Exception as error:  # noqa: BLE001
        # What a file holds may stand in the text of any error.
        _log.error("hand-over %s broke off: %s", pk, type(error).__name__)  # noqa: TRY400
        return False
    return True


def _import(pk: UUID, files: list[Handed]) -> None:
    sets = parcel.handed_over([_arrival(each) for each in files])
    total = sum(each.size for members in sets for each in members)
    Upload.objects.filter(pk=pk).update(size=total)
    told = _Told(pk)
    ids: list[UUID] = []
    try:
        for members in sets:
            done = _patiently(members, told)
            ids += [each for each in done if each not in ids]
            Upload.objects.filter(pk=pk).update(deliveries=ids)
    except ImportBusy:
        refuse(pk, "ほかの取込が終わりませんでした。終わってから、もう一度送ってください。")
    except ImportFailed as failure:
        refuse(
            pk,
            f"データベースの異常で取り込めませんでした（{failure}）。この組では何も変えていません。",
        )
    else:
        Upload.objects.filter(pk=pk).update(state=State.DONE, reached=total)
    finally:
        told.close()


def _patiently(members: list[Arrival], told: _Told) -> list[UUID]:
    """Import one set, waiting while another import runs. Raises ImportBusy in the end."""
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            return [each.pk for each in import_set(members, told)]
        except ImportBusy:
            if time.monotonic() > until:
                raise
            told.say("ほかの取込が終わるのを待っています")
            time.sleep(1)


def _arrival(each: Handed) -> Arrival:
    # BytesIO shares these bytes as long as nobody writes: opening is no copy.
    return Arrival(each.name, len(each.content), timezone.now(), lambda: io.BytesIO(each.content))


class _Told:
    """Progress of an import, written where the page sees it at once."""

    def __init__(self, pk: UUID) -> None:
        self._pk, self._doing, self._read, self._at = pk, "", 0, 0.0
        self._connection = connection.copy()

    def say(self, line: str) -> None:
        """Say what is being done."""
        self._doing = line
        self._write(self._read)

    @contextmanager
    def reading(self, name: str, size: int, raw: IO[bytes]) -> Iterator[Callable[[], None]]:
        """Count one file's bytes on top of those before it."""
        self.say(f"読込中　{name}")

        def advance() -> None:
            if time.monotonic() - self._at > _EVERY:
                self._write(self._read + (size if raw.closed else raw.tell()))

        yield advance
        self._read += size
        self._write(self._read)

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()

    def _write(self, reached: int) -> None:
        self._at = time.monotonic()
        with self._connection.cursor() as cursor:
            cursor.execute(_MOVE, [self._doing[:300], reached, self._pk])
