"""Matching a card's four attributes (基本4情報) with the register: exactly, but for width and spaces."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from uuid import UUID

from residents import feed
from residents.models import Resident

LIVING_HERE = "1"  # 住民状態 住登者
_WIDE_OR_HALF = re.compile("[\uff01-\uff9f]+")
_SPACE = re.compile(r"\s+")


def find(name: str, address: str, birth_date: date, sex: str) -> list[UUID]:
    """The living residents whose 氏名, 住所, 生年月日 and 性別 are these; an empty attribute finds nobody.

    Only full width and half width, and spaces, make no difference; a variant of a character is
    another character.
    """
    if not (name.strip() and address.strip() and sex):
        return []
    born_that_day = Resident.objects.filter(
        birth_earliest=birth_date,
        birth_latest=birth_date,
        sex=sex,
        state=LIVING_HERE,
        gone_at__isnull=True,
    )
    return [
        each.pk
        for each in born_that_day
        if _fold(name) in _names(each) and _fold(address) == _fold(_address(each))
    ]


def _names(resident: Resident) -> set[str]:
    """A card of 外国人住民 carries the Latin name, and the register may show the 通称 first."""
    roman = _fold(resident.record.get("氏名_外国人ローマ字", ""))
    return {_fold(resident.name), *([roman] if roman else [])}


def _address(resident: Resident) -> str:
    juki = feed.feeds()[feed.REGISTER]
    declared = next(each for each in juki.facts if each.fact.key == "address")
    return declared.compose(resident.record)


def _fold(text: str) -> str:
    narrow = _WIDE_OR_HALF.sub(lambda found: unicodedata.normalize("NFKC", found.group()), text)
    return _SPACE.sub("", narrow)
