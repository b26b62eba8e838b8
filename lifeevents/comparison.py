"""Two editions compared, in words: what a change set changes, and for whom it matters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lifeevents import changes, editions, wording
from lifeevents.editions import Edition, Outcome, Pair
from lifeevents.rules.verdict import Tri
from residents import wareki


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that differs, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Changed:
    """One changed object: its kind, its name, and what differs."""

    key: str
    section: str
    name: str
    how: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change does to one procedure of one person of a sample family."""

    procedure: str
    who: str
    before: str
    after: str


def differences(before: Edition, after: Edition, keys: Mapping[str, Any]) -> list[Changed]:
    """A change set in words."""
    return [_changed(key, before, after) for key in sorted(keys, key=_order)]


def effects(before: Edition, after: Edition, name: str) -> list[Effect]:
    """What differs for the family of one of `after`'s situations."""
    old, new = editions.outcomes(before, name, after), editions.outcomes(after, name)
    pairs = [pair for pair in dict.fromkeys((*old, *new)) if old.get(pair) != new.get(pair)]
    found = [_effect(pair, old.get(pair), new.get(pair), before, after) for pair in pairs]
    return [effect for effect in found if effect.before != effect.after]


def affected(before: Edition, after: Edition, keys: Mapping[str, Any]) -> dict[str, list[Effect]]:
    """The sample families for whom something differs, by the situation's name."""
    events = _events_of(before, after, keys)
    told = {name: effects(before, after, name) for name in editions.situations(after, events)}
    return {name: found for name, found in told.items() if found}


def alike(changed: Iterable[Changed]) -> list[tuple[Changed, list[Changed]]]:
    """Changes with those that change the same in the same words, the first of each standing for all."""
    found: dict[tuple[str, tuple[Row, ...]], list[Changed]] = {}
    for each in changed:
        found.setdefault((each.how, each.rows), []).append(each)
    return [(same[0], same) for same in found.values()]


def families_alike(
    families: Mapping[str, list[Effect]],
) -> list[tuple[tuple[Effect, ...], list[str]]]:
    """The effects that differ from one another, each with the families that have them."""
    found: dict[tuple[Effect, ...], list[str]] = {}
    for name, told in families.items():
        found.setdefault(tuple(told), []).append(name)
    return sorted(found.items(), key=lambda each: -len(each[1]))


def _effect(
    pair: Pair, old: Outcome | None, new: Outcome | None, before: Edition, after: Edition
) -> Effect:
    code, who = pair
    documents = (after if new else before).document
    name = documents["procedures"].get(code, {}).get("name", code)
    return Effect(name, wording.called(who), _outcome(old), _outcome(new))


def _outcome(outcome: Outcome | None) -> str:
    if outcome is None or outcome.verdict is Tri.NO:
        return "なし" if outcome is None else wording.VERDICTS[Tri.NO]
    due = f"、期限 {wareki.format(outcome.deadline)}" if outcome.deadline else ""
    brought = f"、持ち物 {'・'.join(outcome.documents)}" if outcome.documents else ""
    return f"{wording.VERDICTS[outcome.verdict]}{due}{brought}"


def _events_of(before: Edition, after: Edition, keys: Mapping[str, Any]) -> set[str] | None:
    """The life events a change set touches; None for all."""
    sections = {changes.place_of(key)[0] for key in keys}
    if not sections <= {"procedures", "events", "situations"}:
        return None
    codes = {changes.place_of(key)[1] for key in keys}
    return {
        event
        for edition in (before, after)
        for event in edition.document["events"]
        if event in codes
        or any(p.code in codes for p in editions.catalogue(edition).procedures_of(event))
    }


def _order(key: str) -> tuple[int, str]:
    section, code = changes.place_of(key)
    return list(wording.SECTIONS).index(section), code


def _changed(key: str, before: Edition, after: Edition) -> Changed:
    section, code = changes.place_of(key)
    old, new = changes.entry(before.document, key), changes.entry(after.document, key)
    how = "変更" if old and new else "新設" if new else "廃止"
    name = wording.name_of(key, after if new else before)
    was = wording.tell(section, old, before) if old else {}
    is_ = wording.tell(section, new, after) if new else {}
    labels = dict.fromkeys((*was, *is_))
    rows = tuple(
        _row(label, was.get(label, ""), is_.get(label, ""), bool(old and new))
        for label in labels
        if was.get(label, "") != is_.get(label, "")
    )
    return Changed(key, wording.SECTIONS[section], name, how, rows)


def _row(label: str, was: str, is_: str, shortened: bool) -> Row:
    """What differs; of a list only what leaves and what enters."""
    old, new = was.splitlines(), is_.splitlines()
    gone, come = Counter(old) - Counter(new), Counter(new) - Counter(old)
    if not shortened or max(len(old), len(new)) < 2 or not (gone or come):
        return Row(label, was, is_)
    return Row(label, "\n".join(gone.elements()), "\n".join(come.elements()))
