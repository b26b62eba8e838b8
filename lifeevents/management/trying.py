"""What `propose` and `start_bundle` share: arguments, the acting account, the answers file."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import CommandError
from django.utils import timezone

from consent import door
from consent.actors import Actor, actor_of
from consent.models import Account
from lifeevents import versions
from lifeevents.entries import Catalogue

DEMO_ACCOUNT = "operator"


@dataclass(frozen=True, slots=True)
class AnswersFile:
    """{"participants":[{id, role, facts}], "answers":[{fact, subject, value}]} as read from a file."""

    newcomers: tuple[str, ...] = ("n1",)
    answers: dict[tuple[str, str], Any] = field(default_factory=dict)

    @property
    def typed(self) -> int:
        """The characters a clerk would have written for these answers."""
        return sum(len(value) for value in self.answers.values() if isinstance(value, str))


def add_arguments(parser: ArgumentParser) -> None:
    """Event, resident, others, answers, day and account: the same for every trying command."""
    parser.add_argument("event", help="ライフイベントのコードまたは名称（birth、出生）")
    parser.add_argument("--resident", help="宛名番号（出生: 親）")
    parser.add_argument(
        "--with", dest="others", default="", help="ほかの参加者の宛名番号（,区切り）"
    )
    parser.add_argument("--answers", type=Path, help="回答ファイル（JSON）")
    parser.add_argument("--on", type=date.fromisoformat, help="届出日（YYYY-MM-DD、既定は今日）")
    parser.add_argument("--as", dest="account", help="操作者のユーザー名")
    parser.add_argument("--json", action="store_true", help="JSONを1つだけ出力する")


def acting(username: str | None) -> Actor:
    """The account a command acts as; without a name only the demo's own, and only in the demo."""
    if username is None and settings.MODE not in ("demo", "test"):
        raise CommandError("--as に操作者のユーザー名を指定してください。")
    try:
        account = Account.objects.get(username=username or DEMO_ACCOUNT, is_active=True)
    except Account.DoesNotExist:
        raise CommandError("その操作者はいません。--as を確かめてください。") from None
    return actor_of(account, terminal="command", channel="command")


def event_of(name: str, catalogue: Catalogue) -> str:
    """The event's code for a code or a Japanese name; raises CommandError naming what there is."""
    offered = {code: event for code, event in catalogue.events.items() if event.offered}
    for code, event in offered.items():
        if name in (code, event.name):
            return code
    known = "、".join(f"{code}（{event.name}）" for code, event in offered.items())
    raise CommandError(f"そのライフイベントはありません。あるもの：{known}")


def current_catalogue() -> Catalogue:
    """The catalogue new bundles are bound to."""
    return versions.current()[1]


def current_digest() -> str:
    """The name of that version: the digest of its archive."""
    return versions.current()[0].digest


def refs_of(numbers: str, *, by: Actor) -> list[UUID]:
    """The refs of a comma-separated list of 宛名番号; raises CommandError for one nobody has."""
    refs = []
    for number in filter(None, numbers.split(",")):
        try:
            ref = door.find_number(number.strip(), by=by)
        except door.MayNotSearch:
            raise CommandError("この操作者は、住民を検索できません。") from None
        if ref is None:
            raise CommandError("その宛名番号の住民は見つかりません。")
        refs.append(ref)
    return refs


def read_answers(path: Path | None) -> AnswersFile:
    """Read an answers file; a participant's facts are answers about that participant."""
    if path is None:
        return AnswersFile()
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise CommandError(f"回答ファイルを読めません：{problem}") from None
    people = document.get("participants", [])
    answers = {
        (person["id"], fact): value
        for person in people
        for fact, value in person.get("facts", {}).items()
    }
    for each in document.get("answers", []):
        answers[each["subject"], each["fact"]] = each["value"]
    return AnswersFile(tuple(person["id"] for person in people) or ("n1",), answers)


def day_of(given: date | None) -> date:
    """The reception day: as given, else today."""
    return given or timezone.localdate()
