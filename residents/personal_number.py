"""個人番号 and 住民票コード: recognised so that they are left out, never stored (番号法19条, I4; pure)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_TITLES = ("個人番号", "住民票コード", "マイナンバー", "kojinbango", "juminhyokodo", "mynumber")
_DIGITS = 12
# Twelve digits in any width, in one run or with one space or dash between some of them.
_TWELVE = re.compile(
    r"(?<![0-9０-９])[0-9０-９](?:[ 　\t\-‐‑–—−ー－]?[0-9０-９]){11}(?![0-9０-９])"
)
_LONG_RUN = re.compile(r"[0-9０-９ 　\t\-‐‑–—−ー－]{12}")
_WEIGHTS = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


def is_title(text: str) -> bool:
    """Whether a column by this title may hold 個人番号 or 住民票コード."""
    folded = unicodedata.normalize("NFKC", text).lower().replace("_", "").replace(" ", "")
    return any(word in folded for word in _TITLES)


def may_be_in(texts: Iterable[str]) -> bool:
    """Whether one of the texts may hold twelve digits: quick, and true wherever `is_in` is."""
    long = [text for text in texts if len(text) >= _DIGITS]
    return bool(long) and _LONG_RUN.search("|".join(long)) is not None


def is_in(text: str) -> bool:
    """Whether a text holds twelve digits with the 検査用数字 of a 個人番号.

    One in eleven other numbers of twelve digits has it too; a longer run of digits is no such number.
    """
    return any(_is_valid(found.group()) for found in _TWELVE.finditer(text))


def _is_valid(text: str) -> bool:
    """行政手続における特定の個人を識別するための番号の利用等に関する法律施行令8条の省令: modulus 11."""
    digits = [int(each) for each in text if each.isdecimal()]
    rest = sum(map(int.__mul__, digits, _WEIGHTS)) % 11
    return digits[11] == (0 if rest <= 1 else 11 - rest)
