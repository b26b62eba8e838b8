"""manage.py feeds check [FILE] [--json]: whether the files that declare feeds are right."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from residents import feed, feed_files


class Command(BaseCommand):
    """Check one feed file or mapping, or all of those in use; exit code 1 for a mistake.

    A FILE need not lie where feed files do: it is read as if it did, so it can be tried first.
    """

    help = "フィード定義（連携ファイルの項目と、旧システムの対応表）を確かめます。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to do, FILE and --json."""
        parser.add_argument("action", choices=["check"], help="check: 定義を確かめます")
        parser.add_argument("file", metavar="FILE", nargs="?", type=Path)
        parser.add_argument("--json", action="store_true", help="結果をJSON一つで出します")

    def handle(self, *args: Any, file: Path | None, **options: Any) -> None:
        """Print the mistakes, or what there is."""
        name, mistakes = _check(file)
        if options["json"]:
            report = {"file": name, "ok": not mistakes, "mistakes": mistakes}
            self.stdout.write(json.dumps(report, ensure_ascii=False))
        elif mistakes:
            for each in mistakes:
                self.stdout.write(f"{name}　{each}")
        else:
            self.stdout.write(f"{name or _counted()}　誤りはありません。")
        sys.exit(bool(mistakes))


def _check(file: Path | None) -> tuple[str, list[str]]:
    if file is None:
        try:
            feed_files.read_all(*feed.folders())
        except feed_files.FeedFileRefused as refused:
            return refused.file, refused.mistakes
        return "", []
    if not file.is_file():
        return file.name, ["ファイルがありません。"]
    return file.name, feed_files.check(file, *feed.folders())


def _counted() -> str:
    found = feed_files.read_all(*feed.folders())
    mappings = sum(len(each.mappings) for each in feed.feeds().values())
    return f"連携データ{len(found.feeds)}種類、旧システムの対応表{mappings}件。"
