"""What desk and online share: a form made from a Question, reading what came back, the check rows.

Answers are {(subject, fact): what was written}; the verbs of lifeevents.replies judge the values,
nothing is judged here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import jaconv
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lifeevents.sitting import Asked, CheckRow, Section
from residents.facts import FactType, Source

LONGEST = 200
SPACE = "\u3000"
LOOKS = {FactType.BOOL: "choice", FactType.CHOICE: "choice", FactType.DATE: "date"}
STATES = {
    "missing": gettext_lazy("空欄"),
    "dont_know": gettext_lazy("紙に書く"),
    "withheld": gettext_lazy("同意なし — 紙に書く"),
    "protected": gettext_lazy("支援措置 — 出しません"),
    "blank": gettext_lazy("空欄のまま"),
}
"""What stands in the place of an origin where there is no value."""

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
    family_may_differ: bool = False
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


@dataclass(frozen=True, slots=True)
class Row:
    """One value of the check page; `shows` are its places on the papers, `form` corrects it."""

    row: CheckRow
    origin: str
    look: str
    shows: str
    form: list[Field] | None

    @property
    def name(self) -> str:
        """How the row is named in addresses and forms; no personal data."""
        return name_of(self.row)

    @property
    def is_minor(self) -> bool:
        """Whether it may be folded away: an empty box nobody must fill, a mark that follows from others."""
        is_held = self.row.source in (Source.REGISTER, Source.DERIVED)
        is_mark = is_held and self.row.type == FactType.BOOL
        return self.form is None and (self.row.state == "missing" or is_mark)

    @property
    def id(self) -> str:
        """An id for the page."""
        return re.sub(r"\W", "-", self.name)


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
        family_may_differ=asked.may_differ,
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


def of_correction(row: CheckRow) -> list[Field]:
    """The fields that correct a row: a name with its reading, since the two change together."""
    asked = [of_row(row, with_value=True)]
    if row.type == FactType.NAME and row.kana:
        name = f"{row.subject}:{row.fact}_kana"
        asked.append(replace(asked[0], name=name, label=_("よみ"), value=row.kana, help=""))
    return asked


def with_answer(field: Field, said: str) -> Field:
    """The field of a question answered before, holding what was said."""
    value = _sent_value(said, field.choices)
    if field.family and value.startswith(field.family + SPACE):
        return replace(field, value=value.removeprefix(field.family + SPACE))
    return replace(field, value=value, family="", settled="")


def name_of(row: CheckRow) -> str:
    """subject:fact"""
    return f"{row.subject}:{row.fact}"


def check_rows(
    sections: Iterable[Section],
    form_of: Callable[[CheckRow], list[Field] | None],
    places: Mapping[tuple[str, str], Iterable[str]],
) -> list[dict[str, Any]]:
    """One section a person; what is required and missing stands above them, not in them."""
    found = []
    for section in sections:
        rows = [
            _check_row(row, places.get((row.subject, row.fact), ()), form_of(row))
            for row in section.rows
            if row.state != "blank" and not (row.required and row.state == "missing")
        ]
        folded = [row for row in rows if row.is_minor]
        shown = [row for row in rows if not row.is_minor]
        if rows:
            title, subject = section.title, section.subject
            found.append({"subject": subject, "title": title, "rows": shown, "folded": folded})
    return found


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


def _check_row(row: CheckRow, places: Iterable[str], form: list[Field] | None) -> Row:
    look = "open" if row.state == "missing" else "fresh" if row.corrected else ""
    return Row(row, row.origin or str(STATES.get(row.state, "")), look, " ".join(places), form)


def _written(post: QueryDict, name: str) -> str:
    """A given name after the 氏 that stands there; whoever typed a 氏 as well meant that one."""
    given = post.get(name, "").strip()
    family = post.get(f"{name}:family", "").strip()
    parts = jaconv.hira2kata(given).split()
    is_whole = len(parts) > 1 and (
        parts[0] == jaconv.hira2kata(family) or f"{name}:may_differ" in post
    )
    if not (family and parts) or is_whole:
        return given
    return f"{family}{SPACE}{given}"


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
