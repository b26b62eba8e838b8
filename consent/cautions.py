"""確認 (trust R5): before staff speak, show, sign or hand over where someone stands under 支援措置.

One confirmation for each kind of action and 受付, each its own line in the access log.
"""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from consent import log
from consent.actors import Actor
from consent.measure_sent import STANDING
from consent.models import AccessEntry, Engagement
from consent.passage import passage
from residents import register
from residents.models import ManualProtection, Protection


class Caution(StrEnum):
    """A kind of action that can tell where a protected person is; what the log says of it."""

    SPEAK = "口頭・画面の確認"
    SIGN = "申請の内容を見せる前の確認"
    HAND_OVER = "書類を渡す前の確認"


def needed(engagement: UUID) -> bool:
    """Whether anyone of this engagement, or who lives with them, stands under 支援措置."""
    with passage():
        return bool(_protected(Engagement.objects.get(pk=engagement)))


def confirm(engagement: UUID, caution: Caution, *, by: Actor) -> None:
    """Note that `by` has confirmed it; also once the engagement is closed, as when papers are printed."""
    with passage():
        ground = Engagement.objects.select_related("purpose").get(pk=engagement)
        subjects = dict.fromkeys(_protected(ground), ["basic"])
        log.record(
            AccessEntry.Action.PROTECT, subjects, by=by, engagement=ground, reason=caution.value
        )


def _protected(ground: Engagement) -> list[UUID]:
    """On whose account the banner stands there."""
    mates = register.housemates(ground.refs)
    everyone = {*ground.refs}.union(*mates.values())
    sent = Protection.objects.filter(STANDING, pk__in=everyone).values_list("pk")
    entered = ManualProtection.objects.filter(identity__in=everyone).values_list("identity")
    return sorted({ref for (ref,) in sent.union(entered)})
