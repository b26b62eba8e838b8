"""The two people behind what a delivery may only do with two: releasing it, or taking it back."""

from __future__ import annotations

from consent.models import Account

ROLE = "operator"


class NotTwoOperators(Exception):
    """They are not two different, active staff accounts with the operator's role; says which is wrong."""


def two(first: str, second: str) -> tuple[Account, Account]:
    """The accounts of two different operators by username. Raises NotTwoOperators."""
    if first == second:
        raise NotTwoOperators("2人は別の人でなければなりません。")
    return _operator(first), _operator(second)


def is_operator(account: Account) -> bool:
    """Whether this account is active staff with the operator's role (運用担当)."""
    is_staff = account.is_active and account.kind == Account.Kind.STAFF
    return is_staff and account.groups.filter(name=ROLE).exists()


def _operator(username: str) -> Account:
    account = Account.objects.filter(username=username).first()
    if account is None or not is_operator(account):
        raise NotTwoOperators(f"{username}は、有効な運用担当の操作者ではありません。")
    return account
