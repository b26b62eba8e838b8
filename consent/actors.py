"""Who acts: the frozen Actor every door call and every verb is told as `by`."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Min, QuerySet
from guardian.shortcuts import get_objects_for_user

from consent.models import Account, Category


@dataclass(frozen=True, slots=True)
class Actor:
    """操作者: an account in one role, office and terminal, over one channel (desk, online, command)."""

    account_id: int
    kind: str
    role: str
    office: str
    terminal: str
    channel: str


def actor_of(account: Account, *, terminal: str, channel: str) -> Actor:
    """The Actor an account is while it works at `terminal`; its role is its first group by name."""
    of_account = Account.objects.filter(pk=account.pk)
    office, role = of_account.values_list("office__name", Min("groups__name")).get()
    return Actor(account.pk, account.kind, role or account.kind, office or "", terminal, channel)


def seen_by(by: Actor) -> QuerySet[Category]:
    """The categories this account may see at all (django-guardian `see`, through its role group)."""
    granted: QuerySet[Category] = get_objects_for_user(
        Account(pk=by.account_id),
        "consent.see",
        Category,
        with_superuser=False,
        accept_global_perms=False,
    )
    return granted
