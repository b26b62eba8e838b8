"""manage.py release_delivery ID --as A --as B: apply a held delivery, as two operators decided."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from consent import decisions
from consent.management import operating
from residents.models import Delivery

_REFUSED = 4


class Command(BaseCommand):
    """Apply the whole set the delivery belongs to. Exit code 0 applied, 4 when any was refused."""

    help = "保留中の連携ファイルを、2人の確認で反映します（同じ組のファイルも一緒に反映します）。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """DELIVERY_ID, --as twice, and --json."""
        operating.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Release the set and print what became of each file."""
        with operating.refusing():
            try:
                done = decisions.release(
                    options["delivery"], operating.accounts(options["accounts"])
                )
            except decisions.NotHeld:
                raise CommandError("その受領番号の、保留中の連携ファイルはありません。") from None
        if options["json"]:
            report = {"deliveries": [operating.as_dict(each) for each in done]}
            self.stdout.write(json.dumps(report, ensure_ascii=False))
        else:
            for each in done:
                self.stdout.write(f"{each.get_state_display()}　{each.file_name}　{each.message}")
        sys.exit(_REFUSED if any(each.state == Delivery.State.REFUSED for each in done) else 0)
