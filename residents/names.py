"""Names as the register wants them shown (氏名優先区分), and a person's other names; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

FOREIGN = "2"
NAME, KANA = "氏名", "氏名_フリガナ"
ROMAN, KANJI = "氏名_外国人ローマ字", "氏名_外国人漢字"
ALIAS, ALIAS_KANA = "通称", "通称_フリガナ"
FORMER, FORMER_KANA = "旧氏", "旧氏_フリガナ"

# 氏名優先区分 (domain §3.2); without a code, everything is shown (domain §4.3).
_ORDER = {
    "01": (KANJI,),
    "02": (ROMAN,),
    "03": (KANJI, ROMAN),
    "04": (ROMAN, KANJI),
    "05": (KANJI, ALIAS),
    "06": (ROMAN, ALIAS),
    "07": (KANJI, ROMAN, ALIAS),
    "08": (ROMAN, KANJI, ALIAS),
    "09": (ALIAS,),
    "10": (ALIAS, KANJI),
    "11": (ALIAS, ROMAN),
    "12": (ALIAS, KANJI, ROMAN),
    "13": (ALIAS, ROMAN, KANJI),
}
_ALL = (ROMAN, KANJI, ALIAS)


def shown_name(row: Mapping[str, str]) -> str:
    """The name to show for a row of 住民基本台帳; "" when none is recorded (氏名未定)."""
    if row.get("住民種別") != FOREIGN:
        return row.get(NAME, "")
    order = _ORDER.get(row.get("氏名優先区分", ""), _ALL)
    return _joined(row, order) or row.get(NAME, "") or _joined(row, _ALL)


def shown_kana(row: Mapping[str, str]) -> str:
    """The reading to sort and show by: that of the 通称 where 氏名優先区分 puts the 通称 first."""
    first = _ORDER.get(row.get("氏名優先区分", ""), (NAME,))[0]
    if row.get("住民種別") == FOREIGN and first == ALIAS and row.get(ALIAS_KANA):
        return row[ALIAS_KANA]
    return row.get(KANA, "") or row.get(ALIAS_KANA, "")


def other_names(row: Mapping[str, str]) -> tuple[str, ...]:
    """通称, 旧氏, ローマ字 and 漢字 names that `shown_name` does not already show."""
    shown = shown_name(row)
    return tuple(name for name in _each(row, (ALIAS, FORMER, ROMAN, KANJI)) if name not in shown)


def _joined(row: Mapping[str, str], items: tuple[str, ...]) -> str:
    return "　".join(_each(row, items))


def _each(row: Mapping[str, str], items: tuple[str, ...]) -> Iterator[str]:
    for item in items:
        if row.get(item):
            yield row[item]
