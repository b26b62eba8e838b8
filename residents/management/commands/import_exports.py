"""manage.py import_exports PATH… [--json]: take in exports of the core systems (連携ファイルの取込)."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from residents.importing import bucket_inbox, inbox, order, parcel
from residents.importing.arrival import Arrival
from residents.importing.bucket import Bucket, BucketAway
from residents.importing.delivery_set import import_set
from residents.importing.progress import Bars, Lines, Progress, Silence
from residents.importing.refusal import ImportBusy, ImportFailed
from residents.models import Delivery

_HELD, _REFUSED = 3, 4
_EXIT: dict[str, int] = {Delivery.State.HELD: _HELD, Delivery.State.REFUSED: _REFUSED}
_COUNTS = ("rows", "new", "changed", "gone", "unchanged", "rejected")


class Command(BaseCommand):
    """Import files, folders or ZIPs; runs without a worker.

    A PATH may be s3://bucket/folder, too. Each folder or ZIP is one set, loose files are one set; the
    set with the oldest file comes first. A set is applied in one transaction or not at all. Exit code
    0 applied, 3 held, 4 refused: the worst of all. A file that was applied before is reported as
    refused with the reason `replay` (exit code 4); it changes nothing.
    """

    help = "基幹系システムの連携ファイル（CSV、フォルダ、ZIP）を取り込みます。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """PATH…, --json and --progress."""
        parser.add_argument("paths", metavar="PATH", nargs="+")
        parser.add_argument("--json", action="store_true", help="結果をJSONで出します。")
        parser.add_argument("--progress", action="store_true", help="進み具合を必ず表示します。")

    def handle(
        self, *args: Any, paths: Sequence[str], json: bool, progress: bool, **options: Any
    ) -> None:
        """Import every set, print the outcome, exit with the worst."""
        shown = self._progress(json, progress)
        deliveries = []
        try:
            for arrivals in self._sets(paths):
                deliveries += import_set(arrivals, shown)
        except (BucketAway, ImportBusy, ImportFailed, OSError) as error:
            raise CommandError(_sentence(error), returncode=_REFUSED) from error
        self._print_json(deliveries) if json else self._print_lines(deliveries)
        sys.exit(max((_EXIT.get(each.state, 0) for each in deliveries), default=0))

    def _sets(self, paths: Sequence[str]) -> list[list[Arrival]]:
        """What lies at the paths, listed whole before anything is imported."""
        places = [inbox.place(each) for each in paths]
        found = parcel.sets(each for each in places if isinstance(each, Path))
        for each in places:
            if isinstance(each, Bucket):
                found += bucket_inbox.sets(each)
        return sorted(found, key=order.first_moment)

    def _progress(self, as_json: bool, wanted: bool) -> Progress:
        if as_json:
            return Silence()
        if wanted or sys.stderr.isatty():
            return Bars(sys.stderr)
        return Lines(sys.stderr)

    def _print_json(self, deliveries: list[Delivery]) -> None:
        dropped = {name for each in deliveries for name in each.dropped_columns}
        report = {
            "deliveries": [_as_dict(each) for each in deliveries],
            "dropped_columns": sorted(dropped),
        }
        self.stdout.write(json.dumps(report, ensure_ascii=False))

    def _print_lines(self, deliveries: list[Delivery]) -> None:
        for each in deliveries:
            self.stdout.write(f"{each.get_state_display()}　{each.file_name}")
            self.stdout.write(
                f"　　行{each.rows}　追加{each.new}　変更{each.changed}　消滅{each.gone}　"
                f"変更なし{each.unchanged}　取込不可{each.rejected}　{each.seconds:.1f}秒"
            )
            if each.message:
                self.stdout.write(f"　　{each.message}")


def _sentence(error: Exception) -> str:
    match error:
        case BucketAway():
            return error.message
        case ImportBusy():
            return "ほかの取込が動いています。終わってからもう一度実行してください。"
        case ImportFailed():
            return f"データベースの異常で取り込めませんでした（{error}）。何も変えていません。"
    return f"ファイルを読めません（{type(error).__name__}）。この組では何も変えていません。"


def _as_dict(delivery: Delivery) -> dict[str, Any]:
    return {
        "id": str(delivery.pk),
        "feed": delivery.feed,
        "kind": delivery.kind,
        "file": delivery.file_name,
        "state": str(delivery.state),
        **{name: getattr(delivery, name) for name in _COUNTS},
        "reason": delivery.reason,
        "message": delivery.message,
        "seconds": round(delivery.seconds, 3),
    }
