"""manage.py catalogue: list the facts, check a catalogue, write it to one file, take one over."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from consent import door
from lifeevents import (
    archive,
    catalogue_check,
    catalogue_files,
    drafts,
    exchange,
    situations_check,
    versions,
)
from lifeevents.archive import ArchiveRefused, Catalogue
from lifeevents.management.trying import acting

ADMIN = "admin"
"""The demo's account that imports where --as names nobody."""


class Command(BaseCommand):
    help = "List the facts of the shipped catalogue, check a catalogue, export or import one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(
            dest="action", required=True, metavar="facts|check|export|import"
        )
        facts = actions.add_parser("facts", help="項目の一覧")
        facts.add_argument("--json", action="store_true", help="JSONを1つだけ出力する")
        check = actions.add_parser("check", help="カタログの検査（事例を含む）")
        check.add_argument("file", nargs="?", type=Path, help="カタログのファイル（既定は出荷時）")
        check.add_argument("--json", action="store_true", help="JSONを1つだけ出力する")
        export = actions.add_parser("export", help="カタログを1つのファイルに書き出す")
        export.add_argument("file", type=Path)
        import_ = actions.add_parser("import", help="カタログを変更案として取り込む")
        import_.add_argument("file", type=Path)
        choices = ("ask", *exchange.CHOICES)
        import_.add_argument(
            "--on-collision",
            choices=choices,
            default="ask",
            help="同じコードの内容が違うとき：尋ねる、そのまま、置き換える、手続を写して加える",
        )
        import_.add_argument("--as", dest="account", help="変更案を書く管理者のユーザー名")
        import_.add_argument("--json", action="store_true", help="JSONを1つだけ出力する")

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
        in_force = versions.in_force(timezone.localdate())
        document = versions.document(in_force.catalogue_id)
        text = json.dumps(document, ensure_ascii=False, indent=2)
        try:
            options["file"].write_text(f"{text}\n", encoding="utf-8")
        except OSError as error:
            raise CommandError(f"書き出せません：{error}") from None
        self.stdout.write(f"{options['file']} に書き出しました。")

    def _import(self, options: Mapping[str, Any]) -> None:
        document = _document(options["file"])
        wrong = catalogue_files.mistakes(document)
        if wrong:
            raise CommandError("\n".join(["手続カタログに誤りがあります。", *wrong[:20]]))
        on_collision = options["on_collision"]
        decide = self._ask if on_collision == "ask" else lambda _key: on_collision
        latest = drafts.latest_document()
        changed = exchange.taken_over(latest, document, decide)
        collisions = len(exchange.collisions(latest, document))
        report = {"draft": None, "changes": len(changed), "collisions": collisions}
        if changed:
            report["draft"] = _draft(options, changed)
        self._tell_import(report, as_json=options["json"])

    def _tell_import(self, report: Mapping[str, Any], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(report, ensure_ascii=False))
        elif report["draft"] is None:
            self.stdout.write("取り込む変更はありません。")
        else:
            self.stdout.write(
                f"{report['changes']}件の変更を変更案{report['draft']}に入れました。"
                "管理画面で確かめて承認を依頼し、ほかの管理者が公開します。"
            )

    def _ask(self, key: str) -> str:
        if not sys.stdin.isatty():
            raise CommandError(
                f"{key} の内容がこちらと違います。"
                "--on-collision に skip、replace、copy のどれかを指定してください。"
            )
        while True:
            self.stdout.write(
                f"{key} の内容がこちらと違います。skip、replace、copy のどれにしますか。"
            )
            answer = input().strip()
            if answer in exchange.CHOICES:
                return answer


def _draft(options: Mapping[str, Any], changed: Mapping[str, Any]) -> int:
    in_production = settings.MODE == "production"
    by = acting(options["account"] or (None if in_production else ADMIN))
    title = f"{options['file'].name} の取込"[:80]
    try:
        return drafts.begin(title, drafts.GENERAL, by=by, changed=changed).pk
    except drafts.MayNotEdit:
        raise CommandError("この操作者は手続カタログを変えられません。") from None


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
