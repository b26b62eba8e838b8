"""Who acts: the frozen Actor every door call and every verb is told as `by`."""

from __future__ import annotations

from dataclasses import dataclass

from consent.models import Account


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
    role = account.groups.order_by("name").values_list("name", flat=True).first()
    office = account.office.name if account.office else ""
    return Actor(account.pk, account.kind, role or account.kind, office, terminal, channel)
