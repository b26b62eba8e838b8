"""What the commands for two operators share: their arguments, and failures as one sentence."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError

from consent import operators
from consent.models import Account
from residents.importing.refusal import ImportBusy, ImportFailed
from residents.models import Delivery


def add_arguments(parser: ArgumentParser) -> None:
    """DELIVERY_ID, --as twice, and --json."""
    parser.add_argument("delivery", metavar="DELIVERY_ID", type=UUID)
    parser.add_argument(
        "--as",
        dest="accounts",
        metavar="USER",
        action="append",
        default=[],
        help="確認した2人の操作者のユーザー名（2回指定します）",
    )
    parser.add_argument("--json", action="store_true", help="結果をJSONで出します。")


@contextmanager
def refusing() -> Iterator[None]:
    """Turn what stops the command into a CommandError."""
    try:
        yield
    except operators.NotTwoOperators as wrong:
        raise CommandError(str(wrong)) from None
    except ImportBusy:
        raise CommandError("取込が動いています。終わってから実行してください。") from None
    except ImportFailed as failure:
        raise CommandError(
            f"データベースの異常でできませんでした（{failure}）。何も変えていません。"
        ) from None


def accounts(usernames: Sequence[str]) -> tuple[Account, Account]:
    """The two operators named. Raises CommandError or NotTwoOperators."""
    match usernames:
        case [first, second]:
            return operators.two(first, second)
    raise CommandError("--as を2回使い、確認した2人の操作者を指定してください。")


def as_dict(delivery: Delivery) -> dict[str, Any]:
    """A delivery as the operators' commands report it."""
    return {
        "id": str(delivery.pk),
        "feed": delivery.feed,
        "kind": delivery.kind,
        "file": delivery.file_name,
        "state": str(delivery.state),
        "reason": delivery.reason,
        "message": delivery.message,
    }
