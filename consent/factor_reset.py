"""A lost phone: one person asks that an account enrols anew, another confirms (never by e-mail).

Every verb raises MayNotReset for whoever is not 管理者 or 運用担当, or may not decide this one.
"""

from __future__ import annotations

import logging

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from consent import factors
from consent.actors import Actor
from consent.models import Account, FactorReset

ROLES = ("admin", "operator")
log = logging.getLogger(__name__)


class MayNotReset(Exception):
    """Not one of those who may, one's own account, or one's own request."""


@transaction.atomic
def ask(username: str, reason: str, *, by: Actor) -> FactorReset:
    """Ask that a member of staff enrols anew; what was asked before and is open stays as it is.

    Raises Account.DoesNotExist where there is no such member of staff.
    """
    _refuse_others(by)
    account = Account.objects.get(username=username, kind=Account.Kind.STAFF)
    if account.pk == by.account_id:
        raise MayNotReset
    asked, is_new = FactorReset.objects.get_or_create(
        account=account,
        decided_at=None,
        defaults={"reason": reason, "asked_by_id": by.account_id},
    )
    if is_new:
        log.info("Reset %s: account %s asked for account %s.", asked.pk, by.account_id, account.pk)
    return asked


@transaction.atomic
def confirm(pk: int, *, by: Actor) -> None:
    """Take the account's factors away and end its sessions. Raises FactorReset.DoesNotExist."""
    asked = _open(pk, by)
    if by.account_id in (asked.asked_by_id, asked.account_id):
        raise MayNotReset
    _decide(asked, by, confirmed=True)
    factors.take_away(asked.account)
    _end_sessions(asked.account_id)


@transaction.atomic
def drop(pk: int, *, by: Actor) -> None:
    """Leave everything as it is. Raises FactorReset.DoesNotExist."""
    _decide(_open(pk, by), by, confirmed=False)


def may_confirm(asked: FactorReset, *, by: Actor) -> bool:
    """Whether this person is the second one."""
    return by.account_id not in (asked.asked_by_id, asked.account_id)


def _open(pk: int, by: Actor) -> FactorReset:
    _refuse_others(by)
    return FactorReset.objects.select_for_update().get(pk=pk, decided_at=None)


def _decide(asked: FactorReset, by: Actor, *, confirmed: bool) -> None:
    asked.decided_by_id, asked.decided_at = by.account_id, timezone.now()
    asked.confirmed = confirmed
    asked.save()
    word = "confirmed" if confirmed else "dropped"
    log.info("Reset %s: %s by account %s.", asked.pk, word, by.account_id)


def _end_sessions(account_id: int) -> None:
    for session in Session.objects.filter(expire_date__gte=timezone.now()).iterator():
        if session.get_decoded().get(SESSION_KEY) == str(account_id):
            session.delete()


def _refuse_others(by: Actor) -> None:
    if not Account.objects.filter(pk=by.account_id, groups__name__in=ROLES).exists():
        raise MayNotReset
