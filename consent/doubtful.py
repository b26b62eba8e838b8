"""結び付きの点検: whom the core systems may have linked wrongly, for people to look into (trust AC-9.4).

Nothing is linked here but a card, by four equal attributes (consent.binding); 宛名番号 is taken as it
comes. What looks wrong in it is told by 宛名番号 alone, and mended where it was made.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from consent import engagements, log, operators
from consent.actors import Actor
from consent.models import AccessEntry, Account
from consent.passage import passage
from residents import feed
from residents.models import Identity

PURPOSE = "import_check"
MOST = 200
_ALIKE = """
SELECT array_agg(ref ORDER BY number) FROM residents_resident
WHERE living_here AND name_key <> '' AND address_key <> '' AND birth_earliest = birth_latest
GROUP BY name_key, birth_earliest, sex, address_key HAVING count(*) > 1
ORDER BY min(number) LIMIT %s
"""
_BEFORE_BIRTH = """
SELECT holding.ref, holding.feed FROM residents_holding holding
JOIN residents_resident resident ON resident.ref = holding.ref
WHERE holding.gone_at IS NULL AND holding.active_from < resident.birth_earliest
ORDER BY resident.number, holding.feed LIMIT %s
"""


class MayNotSee(Exception):
    """This account does not run the import."""


@dataclass(frozen=True, slots=True)
class Doubtful:
    """`alike`: 宛名番号 of one 氏名, 生年月日, 性別 and 住所. `before_birth`: (宛名番号, whose record).

    Such a record began before its person was born, so it may be another's. At most MOST of each.
    """

    alike: tuple[tuple[str, ...], ...]
    before_birth: tuple[tuple[str, str], ...]


def read(*, by: Actor) -> Doubtful:
    """What to look into, as of now; everyone named is in the log line. Raises MayNotSee."""
    account = Account.objects.filter(pk=by.account_id).first()
    if account is None or not operators.is_operator(account):
        raise MayNotSee
    with passage():
        groups = [tuple(refs) for (refs,) in _rows(_ALIKE)]
        early = [(ref, code) for ref, code in _rows(_BEFORE_BIRTH)]
        refs = {ref for group in groups for ref in group} | {ref for ref, _ in early}
        number = _numbers(refs, by)
    names = {code: each.name for code, each in feed.feeds().items()}
    return Doubtful(
        tuple(tuple(number[ref] for ref in group) for group in groups),
        tuple((number[ref], names.get(code, code)) for ref, code in early),
    )


def _rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [MOST])
        return list(cursor.fetchall())


def _numbers(refs: Iterable[UUID], by: Actor) -> dict[UUID, str]:
    found = dict(Identity.objects.filter(pk__in=refs).values_list("pk", "number"))
    ground = engagements.begin(PURPOSE, [*found], reference="結び付きの点検", by=by)
    seen: dict[UUID, list[str]] = dict.fromkeys(found, [])
    log.record(AccessEntry.Action.LOOK, seen, by=by, engagement=ground)
    engagements.close(ground.pk)
    return found
