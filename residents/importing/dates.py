"""Whether the dates of a row can be: each a day that was, and all in an order that is possible (T-64)."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Collection, Mapping
from datetime import date

from residents.facts import PartialDate, parse_partial_date
from residents.feed import TRUE, Feed
from residents.layout import Item, ItemType, RowCheck, Rule

Mistake = tuple[str, str]
_Record = Mapping[str, str]
_OPEN_ENDS = ("0000-01-01", "9999-12-31")
_FORM = re.compile(r"\d{4}-\d{2}-\d{2}")
_MESSAGES = {
    "date": "{}が日付（YYYY-MM-DD）として読めません。",
    "impossible_date": "{}がありえない日付です。",
}
_REMEMBERED = 50_000  # days repeat; free text in a DATE item must not fill the memory


class DateChecks:
    """The date checks of one feed's rows, prepared once; texts found to be fine are remembered."""

    def __init__(self, feed: Feed, as_of: date) -> None:
        self._items = [each for each in feed.items if each.type == ItemType.DATE]
        self._names = [each.name for each in self._items]
        self._rules = [(each, _RULES[each.rule](each, as_of)) for each in feed.checks]
        self._fine: set[str | None] = {None}
        self._latest = {
            name: as_of.isoformat()
            for each in feed.checks
            if each.rule is Rule.PAST
            for name in each.items
        }
        self._earliest = {
            each.items[0]: _oldest(each, as_of) for each in feed.checks if each.rule is Rule.AGE
        }
        self.rising = [each.items for each in feed.checks if each.rule is Rule.RISING]

    def may_be_wrong(self, item: Item, texts: Collection[str]) -> bool:
        """Whether one of an item's texts may break a rule by itself; of two texts, see `rising`."""
        latest, earliest = self._latest.get(item.name), self._earliest.get(item.name)
        return (
            (item.type == ItemType.DATE and any(map(_wrong, texts)))
            or (latest is not None and max(texts) > latest)
            or (earliest is not None and min(texts) < earliest)
        )

    def is_unknown(self, item: Item, record: _Record) -> bool:
        """Whether the row says that the date of this item is 不詳."""
        return bool(item.unknown_flag) and record.get(item.unknown_flag) == TRUE

    def mistake(self, record: _Record) -> Mistake | None:
        """The first date that cannot be, or the first rule the row breaks."""
        if not self._fine.issuperset(map(record.get, self._names)):
            for item in self._items:
                text = record.get(item.name)
                if text not in self._fine and (reason := self._wrong(item, text or "", record)):
                    return reason, _MESSAGES[reason].format(item.name)
        for check, breaks in self._rules:
            if breaks(record) and not _excused(check, record):
                return check.rule.value, check.message
        return None

    def _wrong(self, item: Item, text: str, record: _Record) -> str:
        reason = _wrong(text)
        if not reason:
            if len(self._fine) > _REMEMBERED:
                self._fine = {None}
            self._fine.add(text)
        elif self.is_unknown(item, record) or _once_allowed(item, text):
            return ""
        return reason


def _wrong(text: str) -> str:
    """Why a text is no date that can be; blank if it is one, or an incomplete or open one."""
    if text in _OPEN_ENDS or _is_day(text):
        return ""
    if not _FORM.fullmatch(text) or parse_partial_date(text) is None:
        return "date"
    year, month, day = map(int, text.split("-"))
    last = calendar.monthrange(year, month)[1] if 1 <= month <= 12 else 31
    return "impossible_date" if month > 12 or day > last else ""


def _is_day(text: str) -> bool:
    """Quick, and true for nearly all."""
    if not _FORM.fullmatch(text) or text >= "9999":
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _once_allowed(item: Item, text: str) -> bool:
    """A 29 February of a common year, of the time when registers were paper (標準仕様書 1.1.8)."""
    return text[4:] == "-02-29" and text < str(item.impossible_before or "")


def _excused(check: RowCheck, record: _Record) -> bool:
    return any(record.get(name) in codes for name, codes in check.unless.items())


def _span(record: _Record, name: str) -> PartialDate | None:
    text = record.get(name, "")
    return None if text in _OPEN_ENDS else parse_partial_date(text)


def _rising(check: RowCheck, as_of: date) -> Callable[[_Record], bool]:
    first, then = check.items

    def breaks(record: _Record) -> bool:
        if first not in record or then not in record or record[first] <= record[then]:
            return False
        one, other = _span(record, first), _span(record, then)
        return one is not None and other is not None and one.earliest > other.latest

    return breaks


def _past(check: RowCheck, as_of: date) -> Callable[[_Record], bool]:
    text = as_of.isoformat()

    def breaks(record: _Record) -> bool:
        for name in check.items:
            if record.get(name, "") > text:
                span = _span(record, name)
                if span is not None and span.earliest > as_of:
                    return True
        return False

    return breaks


def _age(check: RowCheck, as_of: date) -> Callable[[_Record], bool]:
    birth, end = check.items
    cutoff = _oldest(check, as_of)

    def breaks(record: _Record) -> bool:
        if record.get(birth, cutoff) >= cutoff:
            return False
        born, until = _span(record, birth), _span(record, end)
        last = until.earliest if until else as_of
        return born is not None and last.year - born.latest.year > check.years

    return breaks


def _oldest(check: RowCheck, as_of: date) -> str:
    return f"{as_of.year - check.years:04}"


_RULES = {Rule.RISING: _rising, Rule.PAST: _past, Rule.AGE: _age}
