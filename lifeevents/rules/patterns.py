"""The conditions an author edits with a form: one fact, an operator, values; or a group of people.

Rules can say more than these; what is not of these shapes is shown in words and left as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from residents.facts import Fact, FactType, Of

Tree = Any
OWNERS = {Of.BUNDLE: "bundle", Of.HOUSEHOLD: "household"}
COMPARISONS = {
    "ge": "以上",
    "gt": "より大きい",
    "le": "以下",
    "lt": "より小さい",
    "eq": "と同じ",
    "ne": "と違う",
}
DAYS = {"from": "ge", "after": "gt", "until": "le", "before": "lt"}
OF_KIND: dict[FactType, dict[str, str]] = {
    FactType.BOOL: {"yes": "はい", "no": "いいえ"},
    FactType.NUMBER: COMPARISONS,
    FactType.CHOICE: {"in": "のいずれか", "not_in": "のいずれでもない"},
    FactType.TEXT: {"eq": "と同じ", "ne": "と違う"},
    FactType.NAME: {"eq": "と同じ", "ne": "と違う"},
    FactType.DATE: {
        "age_ge": "歳に達している",
        "age_lt": "歳に達していない",
        "year_le": "歳の年度末（3月31日）まで",
        "year_gt": "歳の年度末（3月31日）を過ぎている",
        "from": "以後",
        "after": "より後",
        "until": "まで",
        "before": "より前",
    },
}
AGES = frozenset({"age_ge", "age_lt", "year_le", "year_gt"})
HELD = {"yes": "ある", "no": "ない"}
QUANTITIES = {
    "some": "いる",
    "none": "いない",
    "every": "全員に当てはまる",
    "at_least": "人以上いる",
    "fewer": "人より少ない",
}
COUNTED = {"at_least": "ge", "fewer": "lt"}
ON = {"op": "on"}
OLDEST, MOST = 150, 999_999_999


class BadCondition(Exception):
    """A condition cannot be made of what was filled in; says what to do, and at which field."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


@dataclass(frozen=True, slots=True)
class Simple:
    """One fact of one owner, an operator of OF_KIND, and the values it is compared with."""

    fact: str
    of: str
    operator: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Grouped:
    """Some, none, all or a number of a group's members, for whom `where` holds."""

    quantity: str
    over: str
    where: Tree
    number: int = 0


def read(tree: Tree, vocabulary: Mapping[str, Fact]) -> Simple | None:
    """The condition as a form shows it; None where it is of another shape."""
    denied = _denied(tree)
    fact = _fact(tree if denied is None else denied)
    if fact:
        kind = _kind(fact[0], vocabulary)
        return Simple(*fact, "yes" if denied is None else "no") if kind is FactType.BOOL else None
    if denied is not None:
        inner = read(denied, vocabulary)
        turned = {"in": "not_in", "not_in": "in"}.get(inner.operator) if inner else None
        return Simple(inner.fact, inner.of, turned, inner.values) if inner and turned else None
    if not isinstance(tree, Mapping):
        return None
    if tree["op"] == "in":
        return _read_in(tree, vocabulary)
    return _read_comparison(tree, vocabulary) if tree["op"] in COMPARISONS else None


def write(simple: Simple, vocabulary: Mapping[str, Fact]) -> Tree:
    """The rule of a condition; raises BadCondition naming the field and what to do."""
    declared = vocabulary.get(simple.fact)
    if declared is None or declared.type not in OF_KIND:
        raise BadCondition("fact", "項目を一覧から選んでください。")
    if simple.operator not in OF_KIND[declared.type]:
        raise BadCondition("operator", "比べ方を選んでください。")
    fact = _node(simple.fact, OWNERS.get(declared.of, simple.of))
    if declared.type is FactType.BOOL:
        return fact if simple.operator == "yes" else {"op": "not", "of": fact}
    if declared.type is FactType.CHOICE:
        return _choice(fact, simple, declared)
    if declared.type is FactType.NUMBER:
        return _compare(simple.operator, fact, _number(simple.values, MOST))
    if declared.type is FactType.DATE:
        return _date(fact, simple)
    return _compare(simple.operator, fact, _text(simple.values))


def read_group(tree: Tree) -> Grouped | None:
    """A condition about a group's members; None where it is none."""
    denied = _denied(tree)
    inner = tree if denied is None else denied
    if not isinstance(inner, Mapping):
        return None
    if inner["op"] == "exists":
        return Grouped("some" if denied is None else "none", inner["over"], inner["where"])
    if inner["op"] == "all" and denied is None:
        return Grouped("every", inner["over"], inner["where"])
    quantity = next((q for q, op in COUNTED.items() if op == inner["op"]), None)
    if quantity is None or denied is not None or not isinstance(inner["right"], int):
        return None
    counted = inner["left"]
    if not isinstance(counted, Mapping) or counted["op"] != "count":
        return None
    return Grouped(quantity, counted["over"], counted["where"], inner["right"])


def write_group(group: Grouped) -> Tree:
    """The rule of a condition about a group's members."""
    quantifier = {"over": group.over, "where": group.where}
    if group.quantity in COUNTED:
        return _compare(COUNTED[group.quantity], {"op": "count", **quantifier}, group.number)
    if group.quantity == "none":
        return {"op": "not", "of": {"op": "exists", **quantifier}}
    return {"op": {"some": "exists", "every": "all"}[group.quantity], **quantifier}


def _denied(tree: Tree) -> Tree | None:
    return tree["of"] if isinstance(tree, Mapping) and tree["op"] == "not" else None


def _fact(tree: Tree) -> tuple[str, str] | None:
    if not isinstance(tree, Mapping) or tree["op"] not in ("fact", "holds"):
        return None
    key = tree["key"] if tree["op"] == "fact" else f"holds.{tree['system']}"
    return key, tree.get("of", "it")


def _node(key: str, of: str) -> dict[str, Any]:
    holds = key.startswith("holds.")
    named = {"op": "holds", "system": key[6:]} if holds else {"op": "fact", "key": key}
    return named if of == "it" else {**named, "of": of}


def _kind(key: str, vocabulary: Mapping[str, Fact]) -> FactType | None:
    declared = vocabulary.get(key)
    return declared.type if declared else None


def _read_in(tree: Mapping[str, Any], vocabulary: Mapping[str, Fact]) -> Simple | None:
    fact = _fact(tree["value"])
    if not fact or _kind(fact[0], vocabulary) is not FactType.CHOICE:
        return None
    codes = [code for code, _ in vocabulary[fact[0]].choices]
    unlisted = [value for value in tree["of"] if value not in codes]
    return Simple(*fact, "in", (*(c for c in codes if c in tree["of"]), *unlisted))


def _read_comparison(tree: Mapping[str, Any], vocabulary: Mapping[str, Fact]) -> Simple | None:
    left, right, op = tree["left"], tree["right"], tree["op"]
    fact = _fact(left)
    if fact is None:
        return _read_age(op, left, right)
    kind = _kind(fact[0], vocabulary)
    if kind is FactType.CHOICE and isinstance(right, str) and op in ("eq", "ne"):
        return Simple(*fact, {"eq": "in", "ne": "not_in"}[op], (right,))
    if kind is FactType.NUMBER and isinstance(right, int) and not isinstance(right, bool):
        return Simple(*fact, op, (str(right),))
    if kind in (FactType.TEXT, FactType.NAME) and isinstance(right, str):
        return Simple(*fact, op, (right,))
    day = right["value"] if isinstance(right, Mapping) and right["op"] == "date" else None
    turned = next((name for name, each in DAYS.items() if each == op), None)
    return Simple(*fact, turned, (day,)) if kind is FactType.DATE and day and turned else None


def _read_age(op: str, left: Tree, right: Tree) -> Simple | None:
    """An age reached by the event's day, or the end of the school year in which it is reached."""
    if left != ON:
        op, left, right = {"le": "ge", "gt": "lt"}.get(op, ""), right, left
    if left != ON or not isinstance(right, Mapping):
        return None
    by_year = right["op"] == "next_march_31"
    reached = right["date"] if by_year else right
    if not isinstance(reached, Mapping) or reached["op"] != "reaches_age":
        return None
    operator = {"le": "year_le", "gt": "year_gt"} if by_year else {"ge": "age_ge", "lt": "age_lt"}
    fact = _fact(reached["date"])
    return (
        Simple(*fact, operator[op], (str(reached["years"]),)) if fact and op in operator else None
    )


def _compare(op: str, left: Tree, right: Tree) -> dict[str, Any]:
    return {"op": op, "left": left, "right": right}


def _choice(fact: Tree, simple: Simple, declared: Fact) -> dict[str, Any]:
    codes = [code for code, _ in declared.choices if code in simple.values]
    if not codes:
        raise BadCondition("values", "値を一つ以上選んでください。")
    if len(codes) == 1:
        return _compare({"in": "eq", "not_in": "ne"}[simple.operator], fact, codes[0])
    within = {"op": "in", "value": fact, "of": codes}
    return within if simple.operator == "in" else {"op": "not", "of": within}


def _date(fact: Tree, simple: Simple) -> dict[str, Any]:
    if simple.operator not in AGES:
        day = {"op": "date", "value": _day(simple.values)}
        return _compare(DAYS[simple.operator], fact, day)
    reached: dict[str, Any] = {
        "op": "reaches_age",
        "date": fact,
        "years": _number(simple.values, OLDEST),
    }
    if simple.operator.startswith("year"):
        end = {"op": "next_march_31", "date": reached}
        return _compare("le" if simple.operator == "year_le" else "gt", ON, end)
    return _compare("le" if simple.operator == "age_ge" else "gt", reached, ON)


def _number(values: Sequence[str], most: int) -> int:
    text = _text(values)
    if not text.isdecimal() or int(text) > most:
        raise BadCondition("values", f"0から{most}までの数を入力してください。")
    return int(text)


def _day(values: Sequence[str]) -> str:
    try:
        return date.fromisoformat(_text(values)).isoformat()
    except ValueError as mistake:
        raise BadCondition("values", "日付を入力してください。例：2026-04-01") from mistake


def _text(values: Sequence[str]) -> str:
    text = values[0].strip() if values else ""
    if not text:
        raise BadCondition("values", "値を入力してください。")
    return text
