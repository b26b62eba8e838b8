"""manage.py make_town: an invented town as the core systems would export it."""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from residents.town.making import DEFAULT_DAY, FEWEST, Made, TooEarly, TooFew, make

MOST_DAYS = 99


class Command(BaseCommand):
    """Write DIR/day00 (全件 of every feed, a manifest), DIR/day01 … (差分 and 全件) and DIR/showcase.json."""

    help = "架空の町の住民データを、基幹業務システムの出力ファイルの形で作ります。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """The folder, how many people, the seed, and the day the exports are made on."""
        parser.add_argument("directory", type=Path)
        parser.add_argument("--residents", type=int, default=2_000, help="住登者の人数")
        parser.add_argument("--seed", type=int, default=1, help="同じ値なら同じ町になります")
        parser.add_argument("--days", type=int, default=0, help="day00の後に作る日数（差分と全件）")
        parser.add_argument(
            "--as-of",
            type=date.fromisoformat,
            default=DEFAULT_DAY,
            help=f"基準日（既定は{DEFAULT_DAY}）",
        )
        parser.add_argument("--json", action="store_true", help="結果をJSON一つで出します")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the town and say what was made."""
        if not 0 <= options["days"] <= MOST_DAYS:
            raise CommandError(f"--days は0から{MOST_DAYS}までにしてください。")
        started = time.perf_counter()
        try:
            made = make(
                options["directory"],
                options["residents"],
                options["seed"],
                options["as_of"],
                options["days"],
            )
        except TooFew as error:
            raise CommandError(f"--residents は{FEWEST}以上にしてください。") from error
        except TooEarly as error:
            raise CommandError(f"--as-of は{DEFAULT_DAY}以後にしてください。") from error
        seconds = round(time.perf_counter() - started, 2)
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(made, options, seconds), ensure_ascii=False))
        else:
            self.stdout.write(_in_words(made, options["directory"], seconds))


def _as_json(made: Made, options: dict[str, Any], seconds: float) -> dict[str, Any]:
    return {
        "directory": str(options["directory"]),
        "seed": options["seed"],
        "as_of": options["as_of"].isoformat(),
        "residents": made.residents,
        "removed": made.removed,
        "households": made.households,
        "files": [asdict(each) for each in made.files],
        "showcase": [each.as_dict() for each in made.showcase],
        "seconds": seconds,
    }


def _in_words(made: Made, directory: Path, seconds: float) -> str:
    lines = [f"{each.name}\t{each.rows}件" for each in made.files]
    lines.append(
        f"{directory}/day00 に住登者{made.residents}人（{made.households}世帯）と"
        f"消除者{made.removed}人を書きました（{seconds}秒）。"
    )
    return "\n".join(lines)
