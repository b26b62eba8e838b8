"""manage.py bench: what was promised about speed, measured in a database of its own."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand

from counter.bench import importing, machine, propose, search
from counter.bench.database import empty_database, own_town
from counter.bench.figures import judged

BENCHES: dict[str, Any] = {"import": importing, "propose": propose, "search": search}
ROOMS: dict[str, Any] = {"import": empty_database}
RESIDENTS = 20_000


class Command(BaseCommand):
    help = "速さの約束を測ります。専用のデータベースを作り、終わると消します。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to measure, and in a town of how many."""
        parser.add_argument("name", choices=BENCHES, help="測るもの")
        parser.add_argument("--residents", type=int, default=RESIDENTS, help="町の人数")
        parser.add_argument("--keep", action="store_true", help="町を残し、次も同じ町で測る")
        parser.add_argument("--json", action="store_true", help="JSONを1つだけ出力する")

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure and say which goals were met."""
        bench = BENCHES[options["name"]]
        room = ROOMS.get(options["name"], partial(own_town, keep=options["keep"]))
        with room(options["residents"]) as town:
            measured = bench.run(town)
            result = {
                "bench": options["name"],
                "machine": machine.describe(),
                "figures": measured.figures,
                "ratios": measured.ratios,
                "goals": judged(bench.GOALS, measured),
            }
        if options["json"]:
            self.stdout.write(json.dumps(result, ensure_ascii=False))
            return
        for key, goal in result["goals"].items():
            verdict = "達成" if goal["met"] else "未達"
            self.stdout.write(
                f"{key}: {measured.ratios[key]}（目標 {goal['op']} {goal['value']}）{verdict}"
            )
