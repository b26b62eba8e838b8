"""manage.py print_bundle: a finished bundle's papers as one PDF."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lifeevents import bundles, snapshots
from lifeevents.management import trying
from lifeevents.models import Bundle
from lifeevents.printing.bundle import print_bundle


class Command(BaseCommand):
    help = "Print a finished bundle to a PDF file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", help="受付番号")
        parser.add_argument("-o", dest="output", type=Path, required=True, help="PDFのファイル名")
        parser.add_argument("--as", dest="account", help="操作者のユーザー名")

    def handle(self, *args: Any, **options: Any) -> None:
        by = trying.acting(options["account"])
        try:
            bundle = bundles.find(options["number"], by=by)
        except bundles.NotYours:
            raise CommandError(
                "その受付番号は見つからないか、この操作者の受付ではありません。"
            ) from None
        if bundle.state != Bundle.State.FINISHED:
            raise CommandError("この受付はまだ完了していないため、印刷できません。")
        printed = print_bundle(snapshots.content(bundle, by=by))
        options["output"].write_bytes(printed.pdf)
        self.stdout.write(f"{options['output']}　{printed.cover_pages + sum(printed.pages)}ページ")
