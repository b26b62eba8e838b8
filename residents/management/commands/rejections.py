"""manage.py rejections DELIVERY_ID --json: the rows of a delivery that could not be taken in."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from residents.models import Delivery, Rejection


class Command(BaseCommand):
    """List a delivery's Rejections with line, reason and the columns that were kept."""

    help = "取込不可の行を、行番号・理由・残した項目とともに一覧にします。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """DELIVERY_ID and --json."""
        parser.add_argument("delivery_id", metavar="DELIVERY_ID", type=UUID)
        parser.add_argument("--json", action="store_true", help="結果をJSONで出します。")

    def handle(self, *args: Any, delivery_id: UUID, **options: Any) -> None:
        """Print the list, or fail when there is no such delivery."""
        if not Delivery.objects.filter(pk=delivery_id).exists():
            raise CommandError("その受領番号の連携ファイルはありません。")
        found = Rejection.objects.filter(delivery=delivery_id).order_by("line")
        if options["json"]:
            listed = [_as_dict(each) for each in found]
            report = {"delivery": str(delivery_id), "rejections": listed}
            self.stdout.write(json.dumps(report, ensure_ascii=False))
            return
        for each in found:
            self.stdout.write(f"{each.line}行目　{each.reason}　{each.message}")


def _as_dict(rejection: Rejection) -> dict[str, Any]:
    resolved = rejection.resolved_at
    return {
        "line": rejection.line,
        "reason": rejection.reason,
        "message": rejection.message,
        "columns": rejection.columns,
        "resolved_at": resolved.isoformat() if resolved else None,
    }
