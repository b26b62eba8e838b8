"""manage.py register_export DIR: the register's latest rows as canonical CSVs, one per feed."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from residents import canonical
from residents.importing.lock import import_lock
from residents.importing.refusal import ImportBusy


class Command(BaseCommand):
    """Write the register so that two equal registers are equal byte for byte; refs are omitted."""

    help = "取り込んだ台帳の最新の行を、連携データごとにCSVで書き出します。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """DIR."""
        parser.add_argument("folder", metavar="DIR", type=Path)

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        """Write the files while no import can run, and say how many rows each has."""
        try:
            with import_lock():
                written = canonical.write(folder)
        except ImportBusy as busy:
            raise CommandError("取込が動いています。終わってから実行してください。") from busy
        for code, rows in written.items():
            self.stdout.write(f"{code}.csv　{rows}行")
