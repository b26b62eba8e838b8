"""What the 理由コード of rejected rows are called, and what the sender of the file has to mend."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

WORDS = {
    "number": (
        gettext_lazy("宛名番号"),
        gettext_lazy("宛名番号を、半角英数字15文字以内で入れる"),
    ),
    "required": (
        gettext_lazy("必須の項目"),
        gettext_lazy("空になっている必須の項目を入れる"),
    ),
    "version": (
        gettext_lazy("履歴番号"),
        gettext_lazy("履歴番号や枝番号を、9桁以内の数字にする"),
    ),
    "date": (
        gettext_lazy("日付の書き方"),
        gettext_lazy("日付を、決められた形（YYYY-MM-DD）で入れる"),
    ),
    "impossible_date": (
        gettext_lazy("ありえない日付"),
        gettext_lazy("暦にない日付を直すか、不詳として送る"),
    ),
    "rising": (
        gettext_lazy("日付の前後"),
        gettext_lazy("前後が逆になっている日付を直す"),
    ),
    "past": (
        gettext_lazy("先の日付"),
        gettext_lazy("まだ来ていない日付を直す"),
    ),
    "age": (
        gettext_lazy("ありえない年齢"),
        gettext_lazy("生年月日を確かめ、亡くなった方なら消除の日を入れる"),
    ),
    "cells": (
        gettext_lazy("項目の数"),
        gettext_lazy("1行の項目の数を、見出しと同じにする（区切りや引用符を確かめる）"),
    ),
    "control": (
        gettext_lazy("制御文字"),
        gettext_lazy("使えない制御文字（NUL）を取り除く"),
    ),
    "key": (
        gettext_lazy("長すぎるキー"),
        gettext_lazy("列の取り違えがないか確かめ、200文字以内の番号を送る"),
    ),
    "lost_character": (
        gettext_lazy("文字化け"),
        gettext_lazy("送り元で失われた文字を、正しい文字に直す"),
    ),
    "personal_number": (
        gettext_lazy("個人番号の混入"),
        gettext_lazy("個人番号とみられる12桁の数字を、文字の項目から取り除く"),
    ),
    "duplicate_key": (
        gettext_lazy("同じ行の繰り返し"),
        gettext_lazy("同じキーの行を、1行だけにする"),
    ),
    "conflicting_key": (
        gettext_lazy("食い違う行"),
        gettext_lazy("同じキーで内容の違う行のうち、正しい1行だけを送る"),
    ),
}
"""Code → what it is called, what to mend. A test holds it against every code the import can give."""


@dataclass(frozen=True, slots=True)
class Mending:
    """One reason of a delivery: how many rows, how many of them still open, and what to do."""

    code: str
    called: str
    what: str
    rows: int
    waiting: int


def called(code: str) -> str:
    """The reason's name; one unknown here is shown as it is."""
    return str(WORDS[code][0]) if code in WORDS else code


def mend(code: str) -> str:
    """What the sender has to do about it."""
    return str(WORDS[code][1]) if code in WORDS else _("行ごとの理由を読んで直す")


def mendings(rows: Mapping[str, int], waiting: Mapping[str, int]) -> list[Mending]:
    """One line for each reason, those with most rows still open first."""
    found = [
        Mending(code, called(code), mend(code), count, waiting.get(code, 0))
        for code, count in rows.items()
    ]
    return sorted(found, key=lambda each: (-each.waiting, -each.rows, each.code))
