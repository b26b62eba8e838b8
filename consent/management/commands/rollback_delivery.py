"""manage.py rollback_delivery ID --as A --as B: undo an applied delivery, as two operators decided."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from consent import decisions
from consent.decisions import LaterOnes, NotApplied, TakenBack, TooLate
from consent.management import operating


class Command(BaseCommand):
    """Undo a delivery and, with --also-later, every later one of its feed, the newest first.

    支援措置 stays standing and is listed for review; so is every look at what was wrong.
    """

    help = "反映済みの連携ファイルを、2人の確認で取り消します（支援措置は外さず、一覧にします）。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """DELIVERY_ID, --as twice, --also-later and --json."""
        operating.add_arguments(parser)
        parser.add_argument(
            "--also-later",
            action="store_true",
            help="あとから反映した同じ連携データの受領も取り消すことを確認します。",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Undo, and print what was undone, what stays protected and who had seen it."""
        with operating.refusing():
            try:
                done = decisions.take_back(
                    options["delivery"],
                    operating.accounts(options["accounts"]),
                    also_later=options["also_later"],
                )
            except NotApplied:
                raise CommandError("その受領番号の、反映済みの連携ファイルはありません。") from None
            except TooLate:
                raise CommandError(
                    "反映する前の行の控えが残っていないため、取り消せません。"
                    "正しい全件を取り込んでください。"
                ) from None
            except LaterOnes as later:
                raise CommandError(_also(later)) from None
        if options["json"]:
            self.stdout.write(json.dumps(_as_dict(done), ensure_ascii=False))
        else:
            self.stdout.write("\n".join(_in_words(done)))


def _also(later: LaterOnes) -> str:
    names = "、".join(each.file_name for each in later.deliveries)
    return f"次の順にすべて取り消します：{names}。よければ --also-later を付けて実行してください。"


def _as_dict(done: TakenBack) -> dict[str, Any]:
    return {
        "deliveries": [operating.as_dict(each) for each in done.deliveries],
        "protected": [str(ref) for ref in done.protected],
        "recall": {
            "people": done.recall.people,
            "entries": [str(entry) for entry in done.recall.entries],
        },
    }


def _in_words(done: TakenBack) -> list[str]:
    seen = done.recall
    return [
        *(f"取り消しました　{each.file_name}" for each in done.deliveries),
        f"支援措置は外していません。確かめる対象者：{len(done.protected)}人",
        *(f"　　{ref}" for ref in done.protected),
        f"取り消した内容を見た記録：{len(seen.entries)}件（{seen.people}人分）",
        *(f"　　{entry}" for entry in seen.entries),
    ]
