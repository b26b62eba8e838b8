"""The fields a question is put with, and reading what came back: {(subject, fact): what was written}.

The verbs of lifeevents.replies judge the values; nothing is judged here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from lifeevents.sitting import Asked, CheckRow
from residents.facts import FactType

LONGEST = 200
SPACE = "\u3000"
LOOKS = {FactType.BOOL: "choice", FactType.CHOICE: "choice", FactType.DATE: "date"}

Answers = dict[tuple[str, str], str | None]


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to choose, as the form sends it."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a question's form.

    `family` is the 氏 before a given name, `settled` the one the register suggests; it stands there as
    text until someone asks to change it (`family_open`).
    """

    name: str
    label: str
    look: str
    help: str = ""
    choices: tuple[Choice, ...] = ()
    family: str = ""
    settled: str = ""
    family_open: bool = False
    unit: str = ""
    max_length: int = LONGEST
    required: bool = False
    value: str = ""
    error: str = ""
    is_focus: bool = False

    @property
    def id(self) -> str:
        """An id for the page."""
        return "f-" + re.sub(r"\W", "-", self.name)

    @property
    def inputmode(self) -> str:
        """Which keys a touch keyboard shows; dates and numbers are typed in half width."""
        return "decimal" if self.look == "number" else ""

    @property
    def described_by(self) -> str:
        """The ids of what is said about the field."""
        said = [("help", self.help), ("error", self.error)]
        return " ".join(f"{self.id}-{part}" for part, text in said if text)


def of_question(asked: Asked) -> Field:
    """The field of a question."""
    return Field(
        name=f"{asked.subject}:{asked.fact}",
        label=asked.text,
        look=_look(asked.type),
        help=_help(asked.type, "" if asked.suggestion else asked.help),
        choices=_choices(asked.type, asked.choices),
        family=asked.suggestion,
        settled=asked.suggestion,
        unit=asked.unit,
        max_length=asked.max_length or LONGEST,
    )


def of_row(row: CheckRow, *, with_value: bool) -> Field:
    """The field that corrects a row of the check page, or asks for it when it is missing."""
    choices = _choices(row.type, row.choices)
    return Field(
        name=f"{row.subject}:{row.fact}",
        label=row.label,
        look=_look(row.type),
        help=_help(row.type, row.help),
        choices=choices,
        unit=row.unit,
        required=row.required,
        value=_sent_value(row.text, choices) if with_value else "",
    )


def answered_again(
    fields: Iterable[Field], post: QueryDict, errors: Mapping[tuple[str, str], str]
) -> list[Field]:
    """The fields with everything that was typed, and each mistake where it was made."""
    wants_family = "open_family" in post
    return [
        replace(
            field,
            value=post.get(field.name, ""),
            family=(family := post.get(f"{field.name}:family", field.family).strip()),
            family_open=bool(field.settled) and (wants_family or family != field.settled),
            error=errors.get(split(field.name), ""),
        )
        for field in fields
    ]


def with_focus(fields: list[Field]) -> list[Field]:
    """The same fields, the first one with a mistake (else the first) marked to get the focus."""
    first = next((field.name for field in fields if field.error), fields[0].name if fields else "")
    return [replace(field, is_focus=field.name == first) for field in fields]


def read(post: QueryDict) -> Answers:
    """What was answered to each question asked; None where the person does not know."""
    dont_know = "dont_know" in post
    answers: Answers = {}
    for name in post.getlist("asked"):
        written = _written(post, name)
        answers[split(name)] = None if dont_know and not written else written
    return answers


def typed_characters(post: QueryDict) -> int:
    """How many characters someone had to write: text fields, and a 氏 that was changed."""
    count = 0
    for name in post.getlist("written"):
        count += len(post.get(name, "").strip())
        family = post.get(f"{name}:family", "").strip()
        if family != post.get(f"{name}:settled", "").strip():
            count += len(family)
    return count


def split(name: str) -> tuple[str, str]:
    """(subject, fact) of a field's name."""
    subject, _colon, fact = name.partition(":")
    return subject, fact


def _written(post: QueryDict, name: str) -> str:
    given = post.get(name, "").strip()
    family = post.get(f"{name}:family", "").strip()
    return f"{family}{SPACE}{given}" if family and given else given


def _look(kind: str) -> str:
    if kind == FactType.NUMBER:
        return "number"
    return LOOKS.get(FactType(kind), "text")


def _help(kind: str, help_text: str) -> str:
    return help_text or (_("例：8.11.1") if kind == FactType.DATE else "")


def _choices(kind: str, choices: Iterable[tuple[Any, str]]) -> tuple[Choice, ...]:
    given = tuple(Choice(_sent(value), label) for value, label in choices)
    if kind == FactType.BOOL and not given:
        return Choice("yes", _("はい")), Choice("no", _("いいえ"))
    return given


def _sent(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _sent_value(text: str, choices: tuple[Choice, ...]) -> str:
    return next((choice.value for choice in choices if choice.label == text), text)
