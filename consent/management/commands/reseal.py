"""manage.py reseal: bring what is sealed about 支援措置 under the first of PROTECTION_KEYS."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from consent import resealing


class Command(BaseCommand):
    help = "Seal 相手方, safe contacts and transfers anew under the first of PROTECTION_KEYS."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="the counts as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        done = resealing.seal_anew()
        if options["json"]:
            self.stdout.write(json.dumps(asdict(done)))
        else:
            self.stdout.write(f"封をし直した {done.renewed}　すでに新しい鍵 {done.current}")
        if done.shut:
            raise CommandError(
                f"どの鍵でも開かないものが {done.shut} あります。"
                "前の鍵を PROTECTION_KEYS の後ろに戻してください。"
            )
