"""manage.py dispose: what is over its retention period goes, with a proof of each batch."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from consent.retention import NotAged, Outcome
from counter import retention


class Command(BaseCommand):
    help = "Dispose of rows whose retention period is over (the nightly task does the same)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="消さずに、消えるものを数える")
        parser.add_argument(
            "--on",
            type=date.fromisoformat,
            help="この日のはじめの時点で（YYYY-MM-DD、先の日は --dry-run とだけ）",
        )
        parser.add_argument("--json", action="store_true", help="JSONを1つだけ出力する")

    def handle(self, *args: Any, **options: Any) -> None:
        moment = _moment(options["on"])
        if options["dry_run"]:
            outcomes = list(_shown(retention.foresee(moment)))
        else:
            try:
                outcomes = list(_shown(retention.dispose(moment, by="command")))
            except NotAged:
                raise CommandError(
                    "先の日の時点では消せません。--dry-run を付けると数だけを見られます。"
                ) from None
        if options["json"]:
            told = {
                "on": moment.isoformat(),
                "dry_run": options["dry_run"],
                "rules": [{**asdict(each), "before": each.before.isoformat()} for each in outcomes],
            }
            self.stdout.write(json.dumps(told, ensure_ascii=False))
            return
        for each in outcomes:
            counts = "、".join(f"{table} {count}件" for table, count in each.removed.items())
            self.stdout.write(f"{each.title}（{each.rule} 第{each.version}版）: {counts or 'なし'}")


def _moment(on: date | None) -> datetime:
    return timezone.make_aware(datetime.combine(on, time.min)) if on else timezone.now()


def _shown(outcomes: Iterator[Outcome]) -> Iterator[Outcome]:
    """With a bar where someone watches; a large first night takes minutes."""
    return iter(tqdm(outcomes, unit="規則", disable=None))
