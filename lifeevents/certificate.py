"""転出証明書 as CSV, pasted or uploaded: read into what is known of each newcomer (pure).

Our own layout: one row a person, columns named as in 転出証明書 and the standard data items, in any
order, with commas or, copied from a sheet, tabs. 個人番号 and 住民票コード are dropped unread.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lifeevents import answering, kinship
from residents import unseen

DROPPED = ("個人番号", "マイナンバー", "住民票コード")
ENCODINGS = ("utf-8-sig", "cp932")
MOST_PEOPLE = 20
YES, NO = ("有", "あり", "○", "1", "はい", "該当"), ("", "無", "なし", "×", "0", "いいえ", "非該当")
SEXES = {"1": "1", "男": "1", "男性": "1", "2": "2", "女": "2", "女性": "2"}
KINDS = {
    "": "1",
    "1": "1",
    "日本人": "1",
    "日本人住民": "1",
    "2": "2",
    "外国人": "2",
    "外国人住民": "2",
}
INSURANCES = {
    "国民健康保険": "nhi",
    "国保": "nhi",
    "国保組合": "nhi_union",
    "後期高齢者医療": "late_elderly",
    "後期": "late_elderly",
    "社会保険": "workplace",
    "職場の健康保険": "workplace",
    "生活保護": "welfare",
}
CHILDREN = ("長男", "二男", "次男", "三男", "四男", "長女", "二女", "次女", "三女", "四女")


class NotACertificate(Exception):
    """The text has no header with 氏名, or cannot be decoded; the message says what to do."""


class _Unfit(Exception):
    """One cell cannot be read; the message says what to write."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What was read: facts of each person, facts told once for all, columns dropped, rows not read."""

    people: tuple[dict[str, Any], ...]
    shared: dict[str, Any]
    dropped: tuple[str, ...]
    problems: tuple[str, ...]


def decode(raw: bytes, encoding: str) -> str:
    """An uploaded file's text in the encoding its sender declared; raises NotACertificate."""
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        raise NotACertificate(
            "文字コードが違うため読めません。UTF-8かShift_JISかを選び直してください。"
        ) from None


def read(text: str) -> Certificate:
    """Read a certificate's rows; a row that cannot be read is left out and told by its number.

    Raises NotACertificate. No sentence repeats what a cell holds.
    """
    # Not splitlines(): it also ends a line at characters nobody sees, and would make two people of one.
    lines = io.StringIO(text.lstrip("\ufeff").strip("\r\n"), newline=None)
    delimiter = "\t" if "\t" in lines.readline() else ","
    lines.seek(0)
    table = csv.DictReader(lines, delimiter=delimiter, restkey="")
    try:
        rows = list(table)
    except csv.Error:
        raise NotACertificate(
            "表として読めません。行と列がそろっているか確かめてください。"
        ) from None
    header = [_plain(name) for name in table.fieldnames or ()]
    if "氏名" not in header:
        raise NotACertificate("1行目に「氏名」などの項目名がある表を貼り付けてください。")
    dropped = tuple(name for name in header if _is_dropped(name))
    people: list[dict[str, Any]] = []
    shared: dict[str, Any] = {}
    problems: list[str] = []
    for number, row in enumerate(rows, start=2):
        cells = _cells(row)
        try:
            people.append(_row(cells, COLUMNS))
            shared |= {fact: value for fact, value in _row(cells, SHARED).items() if value}
        except _Unfit as problem:
            problems.append(f"{number}行目：{problem}")
    if len(people) > MOST_PEOPLE:
        raise NotACertificate(f"一度に読み込めるのは{MOST_PEOPLE}人までです。")
    return Certificate(tuple(people), shared, dropped, tuple(problems))


def _cells(row: Mapping[Any, Any]) -> dict[str, str]:
    return {
        _plain(name): str(value or "").strip(" \u3000")
        for name, value in row.items()
        if name and not _is_dropped(_plain(name))
    }


def _row(cells: Mapping[str, str], columns: Mapping[str, Column]) -> dict[str, Any]:
    if columns is COLUMNS and not cells.get("氏名"):
        raise _Unfit("氏名がありません。")
    found: dict[str, Any] = {}
    for name, (fact, reader) in columns.items():
        if not cells.get(name):
            continue
        if unseen.typed(cells[name]):
            raise _Unfit(f"「{name}」に目に見えない文字があります。")
        try:
            found[fact] = reader(cells[name])
        except (answering.Unreadable, _Unfit):
            raise _Unfit(f"「{name}」を読み取れません。") from None
    return found


def _plain(name: str | None) -> str:
    return unicodedata.normalize("NFKC", str(name or "")).strip().replace(" ", "")


def _is_dropped(name: str) -> bool:
    return any(each in name for each in DROPPED)


def _of(kind: str) -> Callable[[str], Any]:
    return lambda text: answering.read("", kind, text)


def _kana(text: str) -> Any:
    return answering.read("name_kana", "name", text)


def _among(words: Mapping[str, str]) -> Callable[[str], str]:
    def reader(text: str) -> str:
        if text not in words:
            raise _Unfit
        return words[text]

    return reader


def _bool(text: str) -> bool:
    if text in YES or text in NO:
        return text in YES
    raise _Unfit


def _relationship(text: str) -> str:
    words = "子" if text in CHILDREN else text
    if not kinship.codes_of(words):
        raise _Unfit
    return words


Column = tuple[str, Callable[[str], Any]]
COLUMNS: dict[str, Column] = {
    "氏名": ("name", _of("name")),
    "氏名_フリガナ": ("name_kana", _kana),
    "フリガナ": ("name_kana", _kana),
    "生年月日": ("birth_date", _of("date")),
    "性別": ("sex", _among(SEXES)),
    "続柄": ("relationship", _relationship),
    "住民種別": ("resident_kind", _among(KINDS)),
    "国籍・地域": ("nationality", _of("text")),
    "健康保険": ("insurance_now", _among(INSURANCES)),
    "カードの有無": ("has_my_number_card", _bool),
}
SHARED: dict[str, Column] = {
    "転出前住所": ("old_address", _of("text")),
    "世帯主": ("old_head", _of("name")),
    "世帯主氏名": ("old_head", _of("name")),
    "転出先住所": ("new_address", _of("text")),
    "転出予定年月日": ("planned_move_on", _of("date")),
    "異動年月日": ("moved_on", _of("date")),
}
