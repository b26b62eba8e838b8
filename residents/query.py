"""What a clerk types into the one search box, read into criteria; pure but for today's date."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

import jaconv

from residents import folding, unseen, wareki

TOO_SHORT = "カナか漢字を2文字以上、番号を4桁以上、または生年月日を入力してください。"
UNSEEN = "目に見えない文字が含まれています。消して、入力し直してください。"

_SPACES = re.compile(r"[\s,、]+")
_DASH = "[-‐-―−ー]"
_KANA = re.compile(rf"(?:[ぁ-ゖァ-ヺーゝゞヽヾ・]|{_DASH})+")
_LATIN = re.compile(r"[a-z][a-z'’.\-]*", re.IGNORECASE)
_NUMBER = re.compile(rf"[0-9]+(?:{_DASH}[0-9]+)*{_DASH}?")
_JOINT = rf"(?:(?:丁目|番地|番|号|条)(?:[のノ]|{_DASH})?|[のノ]|{_DASH})"
_BLOCK = re.compile(rf"[0-9]+(?:{_JOINT}[0-9]+)*(?:丁目|番地|番|号室?|条|{_DASH})?")
_FULL_YEAR = re.compile(rf"[12][0-9]{{3}}{_DASH}")
_UNFINISHED_DATE = re.compile(r"[MTSHR]?[0-9]{1,4}(?:[./][0-9]{0,2}){0,2}", re.IGNORECASE)
_PLACE = re.compile(r"[町条区台丘通村市]$|丁目|番地|[0-9]")
_PLACE_NOT_NAME = re.compile(r"[町条区台丘通]$|丁目|番地|[0-9]")  # 中村 is more often a name
_MUNICIPALITY = re.compile(r"^(?:.{1,6}?郡.{1,6}?[町村]|.{1,6}?市(?:.{1,4}?区)?|.{1,7}?区)")
_FEWEST_LETTERS, _FEWEST_DIGITS, _MOST_TYPED = 2, 4, 100
_PHONE_DIGITS = range(6, 12)


@dataclass(frozen=True, slots=True)
class Criterion:
    """Met by a name, a place, a telephone number, a number (宛名番号 or 世帯番号) or a birth date.

    `readings` and `names` are beginnings of folded keys (`folding.spellings`), the whole first; the
    first are looked for among readings, the others among names as written. Several `births` are the
    days one text may mean: 4.1.15 says no era.
    """

    readings: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    phone: str = ""
    number: str = ""
    births: tuple[date, ...] = ()

    @property
    def kinds(self) -> Iterator[str]:
        """number, birth, name or place; one word that may be a name or a place is a name."""
        if self.births:
            yield "birth"
        elif self.number or self.phone:
            yield "number"
        if self.readings or self.names:
            yield "name"
        elif self.places:
            yield "place"


@dataclass(frozen=True, slots=True)
class Query:
    """Criteria that must all be met. With a `hint` there are none: it says what is to be typed."""

    criteria: tuple[Criterion, ...] = ()
    hint: str = ""

    @property
    def kinds(self) -> str:
        """What kinds of things were typed, in words for a log that holds nothing of them."""
        found = dict.fromkeys(kind for each in self.criteria for kind in each.kinds)
        return "+".join(found)


@dataclass(slots=True)
class _Words:
    """What was typed, sorted by what it looks like."""

    kana: list[str] = field(default_factory=list)
    latin: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    others: list[Criterion] = field(default_factory=list)


def parse(text: str, today: date) -> Query:
    """Read `ヤマダ 4.1.15`, `山田 太郎`, `緑町 3-5`, `090…`, a 宛名番号 or 世帯番号, a birth date.

    Words in kana are one name; so are words in kanji that do not look like a place. One word alone
    may be either: a town, or a house in kana. Numbers still being typed are passed over. No birth
    lies after `today`. A text with characters nobody sees is not read (T-23).
    """
    if unseen.typed(text):
        return Query(hint=UNSEEN)
    typed = unicodedata.normalize("NFKC", text[:_MOST_TYPED]).strip()
    words = _Words()
    previous = ""
    for word in filter(None, _SPACES.split(typed)):
        _sort(word, previous, words, today)
        previous = word
    criteria = tuple(each for each in _criteria(words) if each != Criterion())
    return Query(criteria) if criteria and _is_enough(words) else Query(hint=TOO_SHORT)


def _sort(word: str, previous: str, words: _Words, today: date) -> None:
    births = _births(word, today)
    if _BLOCK.fullmatch(word) and not _FULL_YEAR.match(word) and _takes_block(previous, births):
        _append_block(word, words)
    elif births or _NUMBER.fullmatch(word):
        words.others.append(_numeric(word, births))
    elif _UNFINISHED_DATE.fullmatch(word):
        return
    elif _KANA.fullmatch(word):
        words.kana.append(word)
    elif _LATIN.fullmatch(word):
        words.latin.append(word)
    elif (previous and _PLACE.search(word)) or re.search("[0-9]", word):
        _append_place(word, previous, words)
    else:
        words.names.append(word)


def _births(word: str, today: date) -> tuple[date, ...]:
    if word.startswith("0"):
        return ()
    return tuple(day for day in wareki.readings(word) if day <= today)


def _takes_block(previous: str, births: tuple[date, ...]) -> bool:
    """`3-5` after `緑町` is its block; `4-1-15` after `山田` is a birth date."""
    if not previous or _KANA.fullmatch(previous) or _LATIN.fullmatch(previous):
        return False
    if _NUMBER.fullmatch(previous) or wareki.readings(previous):
        return False
    return not births or bool(_PLACE_NOT_NAME.search(previous))


def _append_block(word: str, words: _Words) -> None:
    """Join a block number to the place before it, which until now may have passed for a name."""
    before = words.places or words.names
    if before:
        words.places.append(_joined(before.pop(), word))


def _append_place(word: str, previous: str, words: _Words) -> None:
    """A town, or a building after it; what follows a building is its floor or room."""
    if len(words.places) > 1 and words.places[-1].endswith(previous):
        words.places.append(_joined(words.places.pop(), word))
    else:
        words.places.append(word)


def _joined(place: str, word: str) -> str:
    between = "-" if place[-1].isdigit() and word[0].isdigit() else ""
    return f"{place}{between}{word}"


def _numeric(word: str, births: tuple[date, ...]) -> Criterion:
    is_date = wareki.readings(word) and not word.isdigit() and not word.startswith("0")
    number = "" if is_date else folding.fold_digits(word)
    if len(number) < _FEWEST_DIGITS:
        number = ""
    is_phone = number.startswith("0") and len(number) in _PHONE_DIGITS
    return Criterion(phone=number if is_phone else "", number=number, births=births)


def _criteria(words: _Words) -> Iterator[Criterion]:
    yield from words.others
    if words.kana:
        name = folding.spellings("".join(words.kana))
        places = _places(words.kana[0]) if len(words.kana) == 1 else ()
        yield Criterion(readings=name, names=name, places=places)
    if words.latin:
        latin = "".join(words.latin)
        yield Criterion(readings=_romaji(latin), names=folding.spellings(latin))
    if words.names:
        places = _places(words.names[0]) if len(words.names) == 1 else ()
        yield Criterion(names=folding.spellings("".join(words.names)), places=places)
    for each, before in zip(words.places, ["", *words.places], strict=False):
        # A register may hold the building behind the block, in one item with it.
        behind = _places(_joined(before, each)) if before else ()
        yield Criterion(places=tuple(dict.fromkeys((*_places(each), *behind))))


def _romaji(text: str) -> tuple[str, ...]:
    kana = jaconv.alphabet2kana(text.lower())
    return folding.spellings(kana) if _KANA.fullmatch(kana) else ()


def _places(text: str) -> tuple[str, ...]:
    """The place as typed, and without 都道府県 and 市区町村, which stored keys leave out."""
    text = folding.without_prefecture(text)
    found = (folding.fold_address(each) for each in (text, _MUNICIPALITY.sub("", text)))
    return tuple(key for key in dict.fromkeys(found) if key)


def _is_enough(words: _Words) -> bool:
    typed = ("".join(each) for each in (words.kana, words.latin, words.names, words.places))
    return any(len(each) >= _FEWEST_LETTERS for each in typed) or any(
        each.births or each.number for each in words.others
    )
