"""manage.py rejections DELIVERY_ID --as USER: the rows of a delivery that could not be taken in."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from consent import rejected
from consent.actors import actor_of
from consent.models import Account
from consent.rejected import MayNotCheck, NoSuchDelivery, Rejected

MOST = 10_000


class Command(BaseCommand):
    """List a delivery's rejected rows as its operators see them: through the door, masked and logged."""

    help = "取込不可の行を、行番号・理由・見られる項目とともに一覧にします（見たことは記録に残ります）。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """DELIVERY_ID, --as and --json."""
        parser.add_argument("delivery_id", metavar="DELIVERY_ID", type=UUID)
        parser.add_argument("--as", dest="account", metavar="USER", required=True)
        parser.add_argument("--json", action="store_true", help="結果をJSONで出します。")

    def handle(self, *args: Any, delivery_id: UUID, **options: Any) -> None:
        """Print the list, or fail when there is no such delivery or operator."""
        account = Account.objects.filter(username=options["account"]).first()
        try:
            if account is None:
                raise MayNotCheck
            by = actor_of(account, terminal="", channel="command")
            found = rejected.read(delivery_id, by=by, most=MOST)
        except MayNotCheck:
            raise CommandError(
                f"{options['account']}は、有効な運用担当の操作者ではありません。"
            ) from None
        except NoSuchDelivery:
            raise CommandError("その受領番号の連携ファイルはありません。") from None
        if options["json"]:
            listed = [_as_dict(each) for each in found.rows]
            report = {"delivery": str(delivery_id), "rejections": listed}
            self.stdout.write(json.dumps(report, ensure_ascii=False))
            return
        for each in found.rows:
            self.stdout.write(f"{each.line}行目　{each.number}　{each.message}")


def _as_dict(row: Rejected) -> dict[str, Any]:
    return {
        "line": row.line,
        "reason": row.reason,
        "message": row.message,
        "number": row.number,
        "columns": dict(row.items),
        "hidden": list(row.hidden),
        "resolved": row.is_resolved,
    }
