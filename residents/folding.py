"""Search keys: one folding for what is stored and for what is typed; never shown, never printed.

住民記録システム標準仕様書 2.1.2: 清濁半濁, 拗促音の大小, 長音, オ段+ウ, 氏名の間の空白, ダッシュ類,
全角半角 and 異体字 make no difference to a search.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import jaconv

from residents.variants import VARIANTS

_SMALL = dict(zip("ァィゥェォヵヶッャュョヮ", "アイウエオカケツヤユヨワ", strict=True))
_OLD = {"ヰ": "イ", "ヱ": "エ", "ヲ": "オ"}
_REPEATS = "々〻ヽヾゝゞ"
_GAIJI = "Co"  # private use: 外字 keep their code point
_VU = (("ヴァ", "バ"), ("ヴィ", "ビ"), ("ヴェ", "ベ"), ("ヴォ", "ボ"), ("ヴ", "ブ"))
# After an オ段 kana or ユ, ウ only lengthens it: コウ is コ, リュウ is リュ.
_LENGTHENED = re.compile("(?<=[オコソトノホモヨロユ])ウ+")
_REPEATED = re.compile(f"(.)([{_REPEATS}]+)")
_HENTAIGANA = re.compile("HENTAIGANA LETTER ([A-Z]+)|HIRAGANA LETTER ARCHAIC YE")

_DASHES = "-‐‑‒–—―−─━ーｰ－﹣"
_BETWEEN_NUMBERS = re.compile(rf"(?<=[0-9a-z])[{_DASHES}](?=[0-9a-z])")
_ONE_AS_DASH = re.compile(r"(?<=[0-9])一(?=[0-9])")
_JOINT = re.compile(r"(?<=[0-9])(?:(?:丁目|番地|番|号)?[のノ之丿]|丁目|番地|番|号)(?=[0-9])")
_COUNTER = re.compile(r"(?<=[0-9])(?:丁目|番地|番|号)(?=-|$|[^0-9])")
_KANJI_NUMBER = re.compile(r"[〇零一二三四五六七八九十百千壱弐参]+")
_SECTION = re.compile(r"大字|字")
_PREFECTURE = re.compile(r"^(?:東京都|北海道|(?:京都|大阪)府|.{2,3}県)")
_ASCII_DIGITS = frozenset("0123456789")
_DIGITS = dict(zip("〇零一二三四五六七八九壱弐参", "00123456789123", strict=True))
_UNITS = {"十": 10, "百": 100, "千": 1000}
_LONGEST_TYPED = 40


class _Folds(dict[int, str | None]):
    """Code point → what it becomes in a key; filled as characters are met."""

    def __missing__(self, code: int) -> str | None:
        self[code] = folded = _fold_character(chr(code))
        return folded


_FOLDS = _Folds()


@lru_cache(maxsize=1 << 16)
def fold(text: str) -> str:
    """The search key of a name in kana, kanji or Latin letters; "" when nothing searchable is left.

    Folding a folded key changes nothing, and spaces make no difference.
    """
    while (folded := _fold_once(text)) != text:
        text = folded
    return text


def fold_name(text: str) -> str:
    """The key a name is stored under: what stands before its first space, a space, and the rest.

    A space sorts before every letter, so among names beginning alike the 氏 that is no longer comes
    first: ハラ アイ, then ハラタ アイ.
    """
    first, *rest = text.split() or [""]
    return f"{fold(first)} {fold(''.join(rest))}".strip()


def spellings(text: str) -> tuple[str, ...]:
    """Beginnings of stored names that a text may mean: it whole, and divided at each place into 氏 and 名.

    Where its spaces stand makes no difference, as people leave them out.
    """
    text = "".join(text.split())[:_LONGEST_TYPED]
    divided = ((fold(text[:place]), fold(text[place:])) for place in range(1, len(text)))
    found = (fold(text), *(f"{first} {rest}" for first, rest in divided if first and rest))
    return tuple(key for key in dict.fromkeys(found) if key)


@lru_cache(maxsize=1 << 14)
def fold_address(text: str) -> str:
    """The search key of 町字 and 番地号 (or of a 方書): `緑町三丁目５番６号` → `緑町3-5-6`.

    丁目, 番地, 番, 号, の and every dash between numbers become `-`, kanji numerals become digits.
    """
    while (folded := _fold_address_once(text)) != text:
        text = folded
    return text


def fold_place(town: str, block: str) -> str:
    """`fold_address` of 町字 and 番地号 joined, from each folded by itself: there are few of each."""
    first, rest = fold_address(town), fold_address(block)
    if first[-1:] in _ASCII_DIGITS and rest[:1] in _ASCII_DIGITS:
        return f"{first}-{rest}"
    return first + rest


def fold_digits(text: str) -> str:
    """Only the digits, half-width: the key of a telephone number (+81 becomes 0)."""
    digits = unicodedata.normalize("NFKC", text)
    digits = re.sub(r"^\s*\+81", "0", digits)
    return "".join(character for character in digits if character in "0123456789")


def without_prefecture(address: str) -> str:
    """The address without its leading 都道府県."""
    return _PREFECTURE.sub("", address)


def _fold_once(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).casefold()
    if "ヴ" in text or "ゔ" in text:
        text = jaconv.hira2kata(text)
        for vu, bu in _VU:
            text = text.replace(vu, bu)
    text = _REPEATED.sub(lambda found: found[1] * len(found[0]), text.translate(_FOLDS))
    return _LENGTHENED.sub("", text)


def _fold_address_once(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).casefold()
    text = _SECTION.sub("", "".join(text.split()))
    text = _KANJI_NUMBER.sub(_number, _ONE_AS_DASH.sub("-", text))
    text = _BETWEEN_NUMBERS.sub("-", _JOINT.sub("-", text))
    text = _COUNTER.sub("", text)
    return "-".join(fold(part) for part in text.split("-") if part)


def _fold_character(character: str) -> str | None:
    if hentaigana := _HENTAIGANA.match(unicodedata.name(character, "")):
        character = jaconv.alphabet2kana((hentaigana[1] or "E").lower())[0]
    character = jaconv.hira2kata(VARIANTS.get(character, character))
    character = unicodedata.normalize("NFD", character)[0]
    character = _SMALL.get(character, _OLD.get(character, character))
    category = unicodedata.category(character)
    searchable = category[0] in "LN" or category == _GAIJI
    return character if searchable and character != "ー" else None


def _number(found: re.Match[str]) -> str:
    """三 → 3, 二十四 → 24, 二四 → 24; 九九十 reads as no number and stays."""
    text = found[0]
    if not any(character in _UNITS for character in text):
        return "".join(_DIGITS[character] for character in text)
    total, digit = 0, 0
    for character in text:
        if character in _UNITS:
            total += (digit or 1) * _UNITS[character]
            digit = 0
        elif digit:
            return text
        else:
            digit = int(_DIGITS[character])
    return str(total + digit)
