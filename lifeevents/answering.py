"""Reading what a person says into the JSON value an Answer keeps, by the question's type (pure)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any

import jaconv

from residents import unseen, wareki
from residents.facts import FactType, PartialDate, parse_partial_date

TRUE, FALSE = ("yes", "true", "1"), ("no", "false", "0")
LONGEST = 200
TWELVE_DIGITS = (
    re.compile(r"^\D*(\d\D?){11}\d\D*$"),  # alone, however they are grouped
    re.compile(
        r"(?<!\d)\d{4}\D?\d{4}\D?\d{4}(?!\d)"
    ),  # among other numbers, as the card groups them
)


class BadAnswers(Exception):
    """Some answers cannot be read; `messages` is {(subject, fact): what to do}."""

    def __init__(self, messages: Mapping[tuple[str, str], str]) -> None:
        self.messages = messages
        super().__init__(", ".join(fact for _, fact in messages))


class Unreadable(ValueError):
    """One answer cannot be read; the text says what to write instead."""


def read(
    fact: str,
    kind: str,
    raw: Any,
    choices: tuple[str, ...] = (),
    longest: int = 0,
    *,
    until: date = date.max,
) -> Any:
    """The JSON value of an answer: bool, number, ISO date or text; raises Unreadable.

    A year without its era is of the newest era that gives a day up to `until` (63.1.5 is 昭和63年).
    """
    if isinstance(raw, bool):
        raw = "yes" if raw else "no"
    text = str(raw).strip("\r\n\t \u3000")
    if not text:
        raise Unreadable("値を入力してください。分からないときは「わからない」を選んでください。")
    if fact.split(".")[-1].endswith("kana"):
        return _kana(text)
    if kind == FactType.DATE:
        return _date(text, until)
    reader = READERS.get(FactType(kind))
    if reader:
        return reader(text)
    if kind == FactType.CHOICE:
        return _choice(text, choices)
    return _text(text, longest or LONGEST)


def revive(kind: str, value: Any) -> Any:
    """The value rules and papers compare: a stored ISO date becomes a PartialDate, the rest stays."""
    if kind == FactType.DATE and isinstance(value, str):
        return parse_partial_date(value) or value
    return value


def keep(value: Any) -> Any:
    """The JSON form of a value: a PartialDate becomes the text the register holds."""
    return value.raw if isinstance(value, PartialDate) else value


def _bool(text: str) -> bool:
    if text in TRUE:
        return True
    if text in FALSE:
        return False
    raise Unreadable("「はい」か「いいえ」を選んでください。")


def _date(text: str, until: date) -> str:
    readings = wareki.readings(text)
    if not readings:
        raise Unreadable(
            "日付は「8.11.1」「令和8年11月1日」「2026-11-01」のように入力してください。"
        )
    return next((day for day in readings if day <= until), readings[0]).isoformat()


def _number(text: str) -> int | float:
    digits = unicodedata.normalize("NFKC", text).replace(",", "")
    if not re.fullmatch(r"\d{1,9}(\.\d{1,2})?", digits):
        raise Unreadable("数字だけで入力してください。例：2980")
    return float(digits) if "." in digits else int(digits)


def _name(text: str) -> str:
    parts = re.split(r"[ \u3000]+", text)
    return _text("\u3000".join(parts), LONGEST)


def _kana(text: str) -> str:
    kana = jaconv.hira2kata(jaconv.h2z(text, kana=True, ascii=False, digit=False))
    kana = re.sub(r"[ \u3000]+", "\u3000", kana)
    if not re.fullmatch(r"[ァ-ヺー・゛゜\u3000]+", kana):
        raise Unreadable("よみは、ひらがなかカタカナで入力してください。")
    return kana


def _choice(text: str, choices: tuple[str, ...]) -> str:
    if text not in choices:
        raise Unreadable("表示されている中から選んでください。")
    return text


def _text(text: str, longest: int) -> str:
    if unseen.in_line(text) or unseen.typed(text):
        raise Unreadable("改行などの制御文字や、目に見えない文字は使えません。")
    if len(text) > longest:
        raise Unreadable(f"{longest}文字以内で入力してください。")
    if any(each.search(unicodedata.normalize("NFKC", text)) for each in TWELVE_DIGITS):
        raise Unreadable("12桁の番号は入力できません。個人番号は、紙の欄にご本人が書きます。")
    return text


READERS = {
    FactType.BOOL: _bool,
    FactType.NUMBER: _number,
    FactType.NAME: _name,
}
