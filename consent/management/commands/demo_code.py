"""manage.py demo_code NAME: the six digits a demo account signs in with now."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from consent import factors
from consent.models import Account


class Command(BaseCommand):
    help = "Print the code one of the demo's staff signs in with now (only in bin/demo)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *, username: str, **options: Any) -> None:
        if settings.MODE not in ("demo", "test"):
            raise CommandError("確認コードは、bin/demo または bin/test の環境でだけ表示できます。")
        account = Account.objects.filter(username=username, demo=True).first()
        if account is None or factors.secret_of(account) is None:
            raise CommandError(f"{username} は、認証アプリを登録した見本の職員ではありません。")
        while (code := factors.demo_code(account)) is None:
            time.sleep(1)  # both codes of this half minute have been used
        self.stdout.write(code)
