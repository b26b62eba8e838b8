"""Reads a rule written as JSON into nodes, and names the place and the mistake when it cannot."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from lifeevents.rules.nodes import (
    Add,
    All,
    And,
    Between,
    Birthday,
    Compare,
    Count,
    EventDate,
    Exists,
    FactOf,
    In,
    Literal,
    NextMarch31,
    Not,
    Or,
    ReachesAge,
    SamePerson,
    Scalar,
)
from lifeevents.rules.nodes import Expr as Expr

DEEPEST = 40
LONGEST_STEP = 40_000
SENTENCES = frozenset({"because", "because_no"})
Node = Mapping[str, Any]


class RuleError(Exception):
    """A rule cannot be read: the place as a JSON pointer, and the mistake in plain Japanese."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path or '/'}: {message}")
        self.path = path
        self.message = message


def parse(source: object, path: str = "") -> Expr:
    """JSON as Python holds it in, an expression out; RuleError where it is not of the language."""
    if isinstance(source, bool | int | str):
        return Literal(source)
    if not isinstance(source, Mapping):
        raise RuleError(path, "条件は「op」を持つオブジェクトか、値で書いてください。")
    if path.count("/") > DEEPEST:
        raise RuleError(path, f"入れ子が深すぎます（{DEEPEST}段まで）。")
    op = source.get("op")
    if not isinstance(op, str) or op not in OPERATORS:
        raise RuleError(f"{path}/op", f"演算子「{op}」はありません。")
    needed, optional, read = OPERATORS[op]
    for name in sorted(needed - source.keys()):
        raise RuleError(path, f"「{op}」には「{name}」が必要です。")
    for name in sorted(source.keys() - needed - optional - {"op"}):
        raise RuleError(f"{path}/{name}", f"「{op}」に「{name}」という項目はありません。")
    return read(source, path)


def _below(node: Node, name: str, path: str) -> Expr:
    return parse(node[name], f"{path}/{name}")


def _several(node: Node, path: str) -> tuple[Expr, ...]:
    items = node["of"]
    if not isinstance(items, list) or not items:
        raise RuleError(f"{path}/of", "条件を一つ以上並べてください。")
    return tuple(parse(item, f"{path}/of/{place}") for place, item in enumerate(items))


def _text(node: Node, name: str, path: str) -> str:
    value = node[name]
    if not isinstance(value, str) or not value:
        raise RuleError(f"{path}/{name}", f"「{name}」は文字列で書いてください。")
    return value


def _whole(node: Node, name: str, path: str) -> int:
    value = node.get(name, 0)
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > LONGEST_STEP:
        raise RuleError(f"{path}/{name}", f"「{name}」は{LONGEST_STEP}以内の整数で書いてください。")
    return value


def _said(node: Node, path: str) -> dict[str, str]:
    said = {name: _text(node, name, path) for name in sorted(SENTENCES & node.keys())}
    for name, template in said.items():
        for wrong in re.findall(r"\{(?!who\}|age\}).*?(?:\}|$)", template):
            raise RuleError(
                f"{path}/{name}", f"「{wrong}」は使えません。{{who}}か{{age}}だけです。"
            )
    return said


def _day(node: Node, path: str) -> date:
    text = _text(node, "value", path)
    try:
        day = date.fromisoformat(text)
    except ValueError as mistake:
        raise RuleError(f"{path}/value", f"「{text}」という日はありません。") from mistake
    if day.isoformat() != text or not 1800 <= day.year <= 2200:
        raise RuleError(f"{path}/value", "1800年から2200年までの YYYY-MM-DD で書いてください。")
    return day


def _scalar(source: object, path: str) -> Scalar:
    if isinstance(source, bool | int | str):
        return source
    if isinstance(source, list) and all(isinstance(code, str) for code in source):
        return tuple(source)
    if isinstance(source, Mapping) and source.keys() == {"op", "value"} and source["op"] == "date":
        return _day(source, path)
    raise RuleError(path, "値は、真偽・整数・文字列・日・コードの並びのいずれかで書いてください。")


def _fact(node: Node, path: str) -> FactOf:
    of = node.get("of", "it")
    if of not in ("it", "self", "bundle", "household"):
        raise RuleError(f"{path}/of", "「of」は it・self・bundle・household のいずれかです。")
    return FactOf(_text(node, "key", path), of, **_said(node, path))


def _holds(node: Node, path: str) -> FactOf:
    system = _text(node, "system", path)
    return _fact({**node, "op": "fact", "key": f"holds.{system}"}, path)


def _in(node: Node, path: str) -> In:
    items = node["of"]
    if not isinstance(items, list) or not items:
        raise RuleError(f"{path}/of", "値を一つ以上並べてください。")
    literals = tuple(_scalar(item, f"{path}/of/{place}") for place, item in enumerate(items))
    return In(_below(node, "value", path), literals, **_said(node, path))


def _between(node: Node, path: str) -> Between:
    value, low, high = (_below(node, name, path) for name in ("value", "low", "high"))
    return Between(value, low, high, **_said(node, path))


def _compare(node: Node, path: str) -> Compare:
    left, right = _below(node, "left", path), _below(node, "right", path)
    return Compare(node["op"], left, right, **_said(node, path))


def _over(kind: type[Exists] | type[All]) -> Read:
    return lambda node, path: kind(
        _text(node, "over", path), _below(node, "where", path), **_said(node, path)
    )


def _add(node: Node, path: str) -> Add:
    if not node.keys() & {"years", "months", "days"}:
        raise RuleError(path, "「add」には years・months・days のいずれかが必要です。")
    steps = {name: _whole(node, name, path) for name in ("years", "months", "days")}
    return Add(_below(node, "date", path), **steps)


Read = Callable[[Node, str], Expr]
Operator = tuple[frozenset[str], frozenset[str], Read]
NOTHING: frozenset[str] = frozenset()
COMPARE: Operator = (frozenset({"left", "right"}), SENTENCES, _compare)
OPERATORS: dict[str, Operator] = {
    "and": (frozenset({"of"}), SENTENCES, lambda n, p: And(_several(n, p), **_said(n, p))),
    "or": (frozenset({"of"}), SENTENCES, lambda n, p: Or(_several(n, p), **_said(n, p))),
    "not": (frozenset({"of"}), SENTENCES, lambda n, p: Not(_below(n, "of", p), **_said(n, p))),
    **dict.fromkeys(("eq", "ne", "lt", "le", "gt", "ge"), COMPARE),
    "in": (frozenset({"value", "of"}), SENTENCES, _in),
    "between": (frozenset({"value", "low", "high"}), SENTENCES, _between),
    "exists": (frozenset({"over", "where"}), SENTENCES, _over(Exists)),
    "all": (frozenset({"over", "where"}), SENTENCES, _over(All)),
    "count": (
        frozenset({"over", "where"}),
        NOTHING,
        lambda n, p: Count(_text(n, "over", p), _below(n, "where", p)),
    ),
    "fact": (frozenset({"key"}), SENTENCES | {"of"}, _fact),
    "holds": (frozenset({"system"}), SENTENCES | {"of"}, _holds),
    "literal": (
        frozenset({"value"}),
        SENTENCES,
        lambda n, p: Literal(_scalar(n["value"], f"{p}/value"), **_said(n, p)),
    ),
    "date": (frozenset({"value"}), NOTHING, lambda n, p: Literal(_day(n, p))),
    "on": (NOTHING, NOTHING, lambda n, p: EventDate()),
    "same_person": (NOTHING, SENTENCES, lambda n, p: SamePerson(**_said(n, p))),
    "reaches_age": (
        frozenset({"date", "years"}),
        NOTHING,
        lambda n, p: ReachesAge(_below(n, "date", p), _age(n, p)),
    ),
    "birthday": (
        frozenset({"date", "years"}),
        NOTHING,
        lambda n, p: Birthday(_below(n, "date", p), _age(n, p)),
    ),
    "next_march_31": (frozenset({"date"}), NOTHING, lambda n, p: NextMarch31(_below(n, "date", p))),
    "add": (frozenset({"date"}), frozenset({"years", "months", "days"}), _add),
}


def _age(node: Node, path: str) -> int:
    years = _whole(node, "years", path)
    if not 0 <= years <= 150:
        raise RuleError(f"{path}/years", "年齢は0から150までの整数で書いてください。")
    return years
