"""manage.py catalogue: list the facts, check a catalogue, write it to one file."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from consent import door
from lifeevents import archive, catalogue_check, situations_check, versions
from lifeevents.archive import ArchiveRefused, Catalogue


class Command(BaseCommand):
    help = "List the facts of the shipped catalogue, check a catalogue, export or import one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="facts|check|export")
        facts = actions.add_parser("facts", help="項目の一覧")
        facts.add_argument("--json", action="store_true", help="JSONを1つだけ出力する")
        check = actions.add_parser("check", help="カタログの検査（事例を含む）")
        check.add_argument("file", nargs="?", type=Path, help="カタログのファイル（既定は出荷時）")
        check.add_argument("--json", action="store_true", help="JSONを1つだけ出力する")
        export = actions.add_parser("export", help="カタログを1つのファイルに書き出す")
        export.add_argument("file", type=Path)
        import_ = actions.add_parser("import", help="カタログの取込（未対応）")
        import_.add_argument("file", type=Path)
        import_.add_argument("--on-collision", choices=("ask", "skip", "replace", "copy"))

    def handle(self, *args: Any, **options: Any) -> None:
        {"facts": self._facts, "check": self._check, "export": self._export}.get(
            options["action"], self._import
        )(options)

    def _facts(self, options: Mapping[str, Any]) -> None:
        facts = _facts(archive.read(_document(None)))
        if options["json"]:
            self.stdout.write(json.dumps({"facts": facts}, ensure_ascii=False))
            return
        for key, fact in facts.items():
            self.stdout.write(f"{key}\t{fact['label']}\t{fact['of']}\t{fact['source']}")

    def _check(self, options: Mapping[str, Any]) -> None:
        report = _report(options["file"])
        if options["json"]:
            self.stdout.write(json.dumps(report, ensure_ascii=False))
        else:
            passed, failed = report["situations"]["passed"], report["situations"]["failed"]
            self.stdout.write(f"手続 {report['procedures']}、様式 {report['papers']}")
            self.stdout.write(f"事例 {passed}件が一致、{failed}件が不一致")
            self.stdout.write("\n".join(report["problems"]) or "誤りはありません。")
        if report["problems"]:
            sys.exit(1)

    def _export(self, options: Mapping[str, Any]) -> None:
        text = json.dumps(_document(None), ensure_ascii=False, indent=2)
        try:
            options["file"].write_text(f"{text}\n", encoding="utf-8")
        except OSError as error:
            raise CommandError(f"書き出せません：{error}") from None
        self.stdout.write(f"{options['file']} に書き出しました。")

    def _import(self, options: Mapping[str, Any]) -> None:
        raise CommandError(
            "カタログの取込はまだできません。ファイルの検査は catalogue check FILE でできます。"
        )


def _document(file: Path | None) -> dict[str, Any]:
    """The shipped catalogue's document, or an exported file's; raises CommandError or ArchiveRefused."""
    if file is None:
        return archive.load(versions.STARTER)
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CommandError(f"カタログのファイルを読めません：{error}") from None
    if not isinstance(document, dict):
        raise CommandError("カタログのファイルではありません。")
    return document


def _facts(catalogue: Catalogue) -> dict[str, dict[str, Any]]:
    return {
        key: {
            "of": fact.of.value,
            "type": fact.type.value,
            "category": fact.category,
            "source": fact.source,
            "label": fact.label,
            "choices": [{"value": value, "label": label} for value, label in fact.choices],
        }
        for key, fact in sorted(catalogue.vocabulary(door.vocabulary()).items())
    }


def _report(file: Path | None) -> dict[str, Any]:
    try:
        catalogue = archive.read(_document(file))
    except ArchiveRefused as refused:
        situations = {"passed": 0, "failed": 0}
        return {
            "events": {},
            "procedures": 0,
            "papers": 0,
            "situations": situations,
            "problems": refused.mistakes,
        }
    problems = catalogue_check.problems(catalogue, door.vocabulary())
    played = situations_check.check_all(catalogue, door.vocabulary())
    failed = [f"situations → {name}: {each}" for name, found in played.items() for each in found]
    return {
        "events": {
            code: {each.code: each.name for each in catalogue.procedures_of(code)}
            for code in catalogue.events
        },
        "procedures": len(catalogue.procedures),
        "papers": len(catalogue.papers),
        "situations": {
            "passed": sum(not found for found in played.values()),
            "failed": sum(bool(found) for found in played.values()),
        },
        "problems": [*problems, *failed],
    }
