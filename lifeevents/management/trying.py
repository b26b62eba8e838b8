"""What `propose` and `start_bundle` share: arguments, the acting account, the answers file."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import CommandError
from django.utils import timezone
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from consent import door
from consent.actors import Actor, actor_of
from consent.models import Account
from lifeevents import certificate, roles, versions
from lifeevents.entries import Catalogue, Event
from lifeevents.rules.world import HOMES
from lifeevents.seating import Seat
from residents.facts import Fact, Known

DEMO_ACCOUNT = "operator"
STANDING = ("applicant", "proxy", "other")


@dataclass(frozen=True, slots=True)
class AnswersFile:
    """{"participants":[{id, role, facts}], "answers":[{fact, subject, value}]} as read from a file.

    A participant whose role is applicant, proxy or other is no newcomer but stands here for others.
    """

    newcomers: tuple[str, ...] = ()
    outsiders: tuple[str, ...] = ()
    answers: dict[tuple[str, str], Any] = field(default_factory=dict)

    @property
    def typed(self) -> int:
        """The characters a clerk would have written for these answers."""
        return sum(len(value) for value in self.answers.values() if isinstance(value, str))


def add_arguments(parser: ArgumentParser) -> None:
    """Event, resident, others, answers, day and account: the same for every trying command."""
    parser.add_argument("event", help="ライフイベントのコードまたは名称（birth、出生）")
    parser.add_argument(
        "--resident",
        help="宛名番号（出生: 親、転居: 引っ越す方、おくやみ: 亡くなった方、転入: 加わる世帯の方）",
    )
    parser.add_argument(
        "--with", dest="others", default="", help="ほかの参加者の宛名番号（,区切り）"
    )
    parser.add_argument("--answers", type=Path, help="回答ファイル（JSON）")
    parser.add_argument("--certificate", type=Path, help="転出証明書のCSV（UTF-8、転入）")
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
    if wrong := next(_ANSWERS.iter_errors(document), None):
        place = wrong.json_path.removeprefix("$").removeprefix(".") or "全体"
        raise CommandError(f"回答ファイルの形が違います：{place}（{_expected(wrong)}）")
    people = document.get("participants", [])
    answers = {
        (person["id"], fact): value
        for person in people
        for fact, value in person.get("facts", {}).items()
    }
    for each in document.get("answers", []):
        answers[each["subject"], each["fact"]] = each["value"]
    standing = [each["id"] for each in people if each.get("role") in STANDING]
    arriving = [each["id"] for each in people if each["id"] not in standing]
    return AnswersFile(tuple(arriving), tuple(standing), answers)


_TEXT = {"type": "string", "minLength": 1}
_VALUE = {"type": ["string", "number", "boolean", "null", "array"]}
_ANSWERS = Draft202012Validator(
    {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "participants": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["id"],
                    "properties": {
                        "id": _TEXT,
                        "role": _TEXT,
                        "facts": {"type": "object", "additionalProperties": _VALUE},
                    },
                },
            },
            "answers": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["subject", "fact", "value"],
                    "properties": {"subject": _TEXT, "fact": _TEXT, "value": _VALUE},
                },
            },
        },
    }
)
_KINDS = {"object": "{…}", "array": "[…]", "string": "文字列"}


def _expected(wrong: ValidationError) -> str:
    """What should stand at the place, and never what stands there: it may be someone's data."""
    match wrong.validator:
        case "required":
            missing = [name for name in wrong.validator_value if name not in wrong.instance]
            return f"「{'」「'.join(missing)}」がありません"
        case "additionalProperties":
            return "使えるのは participants と answers だけです"
        case "type" if isinstance(wrong.validator_value, str):
            return f"{_KINDS[wrong.validator_value]} で書いてください"
        case _:
            return "1つの値で書いてください"


def with_certificate(file: AnswersFile, path: Path | None) -> AnswersFile:
    """The answers file with everyone of a 転出証明書 added; raises CommandError for what is not read."""
    if path is None:
        return file
    try:
        found = certificate.read(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, certificate.NotACertificate) as problem:
        raise CommandError(f"転出証明書のファイルを読めません：{problem}") from None
    if found.problems:
        raise CommandError("\n".join(found.problems))
    keys = tuple(f"n{place}" for place, _ in enumerate(found.people, start=1))
    answers: dict[tuple[str, str], Any] = {("bundle", k): v for k, v in found.shared.items()}
    for key, facts in zip(keys, found.people, strict=True):
        answers |= {(key, fact): value for fact, value in facts.items()}
    return AnswersFile(keys, file.outsiders, answers | file.answers)


def newcomers_of(file: AnswersFile, event: Event) -> tuple[str, ...]:
    """The file's newcomers, else as many as an event usually has."""
    return file.newcomers or roles.usual_newcomers(event.starts_from)


def seated(
    answers: Mapping[tuple[str, str], Any],
    seats: Iterable[Seat],
    catalogue: Catalogue,
    vocabulary: Mapping[str, Fact],
) -> dict[tuple[str, str], Any]:
    """The answers by seat: a role's name or a 宛名番号 may stand for a seat, a choice's words for its value.

    A fact told once for all goes to the bundle or the household; a person's fact told of the bundle
    is the first subject's.
    """
    keys: dict[str, str] = {}
    for seat in seats:
        number = seat.record.facts.get("number") if seat.record else None
        names = (seat.key, *seat.roles, *([number.value] if isinstance(number, Known) else ()))
        for name in names:
            keys.setdefault(str(name), seat.key)
    return {
        (_whose(subject, vocabulary.get(fact), keys), fact): _as_value(fact, value, catalogue)
        for (subject, fact), value in answers.items()
    }


def _whose(subject: str, declared: Fact | None, keys: Mapping[str, str]) -> str:
    home = HOMES.get(declared.of) if declared else None
    if home:
        return home
    if subject in HOMES.values():
        return keys.get("subjects", subject) if declared else subject
    return keys.get(str(subject), subject)


def _as_value(fact: str, value: Any, catalogue: Catalogue) -> Any:
    question = catalogue.questions.get(fact)
    labels = {each.label: each.value for each in question.choices} if question else {}
    return labels.get(value, value) if isinstance(value, str) else value


def number_given(options: Mapping[str, Any], event: Event) -> str:
    """The 宛名番号 an event starts from; only 転入 does without. Raises CommandError."""
    number = options["resident"] or ""
    if not number and event.starts_from != roles.NOBODY:
        raise CommandError("--resident に宛名番号を指定してください。")
    return str(number)


def day_of(given: date | None) -> date:
    """The reception day: as given, else today."""
    return given or timezone.localdate()
