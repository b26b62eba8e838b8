"""manage.py doubtful_links --as USER: 宛名番号 that may be one person, records that may be another's."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from consent import doubtful
from consent.actors import actor_of
from consent.doubtful import Doubtful, MayNotSee
from consent.models import Account

_FOUND = 3


class Command(BaseCommand):
    """Tell what the core systems' people should look into. Exit code 0 nothing, 3 something."""

    help = "同じ人かもしれない宛名番号と、別の人のものかもしれない記録を、宛名番号で出します（月に1度）。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--as once, and --json."""
        parser.add_argument("--as", dest="account", metavar="USER", required=True)
        parser.add_argument("--json", action="store_true", help="結果をJSONで出します。")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the report."""
        account = Account.objects.filter(username=options["account"]).first()
        try:
            if account is None:
                raise MayNotSee
            found = doubtful.read(by=actor_of(account, terminal="", channel="command"))
        except MayNotSee:
            raise CommandError(
                f"{options['account']}は、有効な運用担当の操作者ではありません。"
            ) from None
        if options["json"]:
            self.stdout.write(json.dumps(asdict(found), ensure_ascii=False))
        else:
            self.stdout.write("\n".join(_in_words(found)))
        sys.exit(_FOUND if found.alike or found.before_birth else 0)


def _in_words(found: Doubtful) -> Iterator[str]:
    yield f"氏名・生年月日・性別・住所が同じ宛名番号：{len(found.alike)}組"
    yield from ("　　" + "、".join(group) for group in found.alike)
    yield f"本人が生まれる前に始まった記録：{len(found.before_birth)}件"
    yield from (f"　　{number}　{feed}" for number, feed in found.before_birth)
    yield "送り元のシステムで確かめ、直してください。この一覧を出したことは、記録に残ります。"
