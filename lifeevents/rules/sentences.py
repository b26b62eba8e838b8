"""A rule as an author reads it: clauses made of chips, each clause with its place in the tree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from lifeevents.rules import patterns
from lifeevents.rules.patterns import AGES, HELD, OF_KIND, QUANTITIES, Simple, Tree
from residents import wareki
from residents.facts import Fact, FactType

FACT, OPERATOR, VALUE, GROUP, WORD = "fact", "operator", "value", "group", "word"
JOINERS = {"and": "かつ", "or": "または"}
OWNERS = {"self": "対象の方の", "bundle": "", "household": ""}
DAY_STEPS = frozenset({"on", "date", "add", "reaches_age", "birthday", "next_march_31"})
DAYS = {"ge": "以後", "gt": "より後", "le": "まで", "lt": "より前", "eq": "と同じ", "ne": "と違う"}
UNITS = {"years": "年", "months": "か月", "days": "日"}


@dataclass(frozen=True, slots=True)
class Names:
    """What facts and groups are called."""

    vocabulary: Mapping[str, Fact]
    groups: Mapping[str, str]

    def fact(self, key: str) -> str:
        """A fact's label; a ledger by its name."""
        declared = self.vocabulary.get(key)
        return (declared.label if declared else key).removesuffix("の該当")

    def group(self, name: str) -> str:
        """A group's label."""
        return self.groups.get(name, name)


@dataclass(frozen=True, slots=True)
class Chip:
    """One piece of a sentence: a fact, an operator, a value, a group, or a plain word between them."""

    text: str
    role: str = WORD


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition: its chips, those after its parts, its parts, and its own reasons.

    `path` is the JSON pointer of its node. `kind` is all, any, group, simple, same, always, never,
    not or other; `is_inside` says that it is about a member of a group.
    """

    path: str
    kind: str
    chips: tuple[Chip, ...] = ()
    after: tuple[Chip, ...] = ()
    parts: tuple[Clause, ...] = ()
    because: str = ""
    because_no: str = ""
    is_inside: bool = False

    @property
    def joiner(self) -> str:
        """The word between its parts."""
        return {"all": JOINERS["and"], "any": JOINERS["or"]}.get(self.kind, "")


def clause(tree: Tree, names: Names, path: str = "", *, inside: bool = False) -> Clause:
    """A rule as clauses, from the outside in."""
    op = tree["op"] if isinstance(tree, Mapping) else "literal"
    if op in JOINERS:
        parts = tuple(
            clause(part, names, f"{path}/of/{place}", inside=inside)
            for place, part in enumerate(tree["of"])
        )
        kind = "all" if op == "and" else "any"
        return _made(tree, path, kind, inside, parts=parts)
    return (
        _simple(tree, names, path, inside)
        or _group(tree, names, path, inside)
        or _rest(tree, names, path, inside)
    )


def words(read: Clause) -> str:
    """A clause as one plain sentence."""
    if read.joiner:
        told = [
            f"（{words(p)}）" if p.joiner and len(p.parts) > 1 else words(p) for p in read.parts
        ]
        return f" {read.joiner} ".join(told)
    inner = "".join(f"（{words(part)}）" for part in read.parts if part.kind != "always")
    return f"{_text(read.chips)}{inner}{_text(read.after)}"


def sentence(tree: Tree, names: Names) -> str:
    """A rule in one plain sentence."""
    return words(clause(tree, names))


def values_in_words(simple: Simple, names: Names) -> str:
    """The values of a condition as people say them."""
    declared = names.vocabulary.get(simple.fact)
    if declared and declared.type is FactType.CHOICE:
        labels = dict(declared.choices)
        return "・".join(labels.get(value, value) for value in simple.values)
    if declared and declared.type is FactType.DATE and simple.operator not in AGES:
        return wareki.format(date.fromisoformat(simple.values[0]))
    if declared and declared.type is FactType.NUMBER:
        return f"{int(simple.values[0]):,}"
    return simple.values[0]


def _simple(tree: Tree, names: Names, path: str, inside: bool) -> Clause | None:
    read = patterns.read(tree, names.vocabulary)
    if read is None:
        return None
    owner = OWNERS.get(read.of, "") if inside else ""
    chips = [Chip(owner)] if owner else []
    chips.append(Chip(names.fact(read.fact), FACT))
    kind = names.vocabulary[read.fact].type
    if read.fact.startswith("holds."):
        chips += [Chip("の記録が"), Chip(HELD[read.operator], OPERATOR)]
    elif kind is FactType.BOOL:
        chips += [Chip("が"), Chip(OF_KIND[kind][read.operator], OPERATOR)]
    else:
        link = "から数えて" if read.operator in AGES else "が"
        value = Chip(values_in_words(read, names), VALUE)
        chips += [Chip(link), value, Chip(_operator(read, kind), OPERATOR)]
    return _made(tree, path, "simple", inside, tuple(chips))


def _operator(read: Simple, kind: FactType) -> str:
    if kind is FactType.CHOICE and len(read.values) == 1:
        return {"in": "である", "not_in": "でない"}[read.operator]
    return OF_KIND[kind][read.operator]


def _group(tree: Tree, names: Names, path: str, inside: bool) -> Clause | None:
    read = patterns.read_group(tree)
    if read is None:
        return None
    step = {"none": "/of/where", "at_least": "/left/where", "fewer": "/left/where"}
    where = clause(read.where, names, path + step.get(read.quantity, "/where"), inside=True)
    group = Chip(names.group(read.over), GROUP)
    quantity = QUANTITIES[read.quantity]
    if read.number:
        quantity = f"{read.number}{quantity}"
    link, end = ("について", "ことが") if read.quantity == "every" else ("のうち", "方が")
    if where.kind == "always":
        link, end = "が", ""
    chips = (group, Chip(link))
    after = (*((Chip(end),) if end else ()), Chip(quantity, OPERATOR))
    return _made(tree, path, "group", inside, chips, after, (where,))


def _rest(tree: Tree, names: Names, path: str, inside: bool) -> Clause:
    op = tree["op"] if isinstance(tree, Mapping) else "literal"
    if op == "literal":
        value = tree["value"] if isinstance(tree, Mapping) else tree
        kind, text = ("always", "いつでも") if value is True else ("never", "該当しない")
        return _made(tree, path, kind, inside, (Chip(text, OPERATOR),))
    if op == "same_person":
        return _made(tree, path, "same", inside, (Chip("対象の方ご本人である", OPERATOR),))
    if op == "not":
        part = clause(tree["of"], names, f"{path}/of", inside=inside)
        chips, after = (Chip("次のことが"),), (Chip("当てはまらない", OPERATOR),)
        return _made(tree, path, "not", inside, chips, after, (part,))
    return _made(tree, path, "other", inside, (Chip(_phrase(tree, names)),))


def _made(
    tree: Tree,
    path: str,
    kind: str,
    inside: bool,
    chips: tuple[Chip, ...] = (),
    after: tuple[Chip, ...] = (),
    parts: tuple[Clause, ...] = (),
) -> Clause:
    because, because_no = _reasons(tree)
    return Clause(path, kind, chips, after, parts, because, because_no, inside)


def _phrase(tree: Tree, names: Names) -> str:
    """Any comparison in words."""
    op = tree["op"]
    if op == "between":
        value, low, high = (value_in_words(tree[name], names) for name in ("value", "low", "high"))
        return f"{value}が{low}から{high}まで"
    if op == "in":
        listed = "・".join(value_in_words(value, names) for value in tree["of"])
        return f"{value_in_words(tree['value'], names)}が{listed}のいずれか"
    left, right = value_in_words(tree["left"], names), value_in_words(tree["right"], names)
    is_day = any(
        isinstance(s, Mapping) and s["op"] in DAY_STEPS for s in (tree["left"], tree["right"])
    )
    told = DAYS if is_day else patterns.COMPARISONS
    return f"{left}が{right}{told[op]}"


def value_in_words(tree: Tree, names: Names) -> str:
    """A value of a comparison in words."""
    if isinstance(tree, list):
        return "の".join(map(str, tree))
    if not isinstance(tree, Mapping):
        return f"{tree}"
    reader = _VALUES.get(tree["op"])
    return reader(tree, names) if reader else f"（{sentence(tree, names)}）"


def _fact_value(tree: Mapping[str, Any], names: Names) -> str:
    return OWNERS.get(tree.get("of", "it"), "") + names.fact(tree["key"])


def _age(tree: Mapping[str, Any], names: Names) -> str:
    return f"{value_in_words(tree['date'], names)}から数えて{tree['years']}歳に達する日"


def _moved(tree: Mapping[str, Any], names: Names) -> str:
    steps = [(tree[unit], name) for unit, name in UNITS.items() if tree.get(unit)]
    moved = "".join(f"{abs(step)}{name}" for step, name in steps)
    side = "前" if any(step < 0 for step, _ in steps) else "後"
    return f"{value_in_words(tree['date'], names)}の{moved}{side}"


def _counted(tree: Mapping[str, Any], names: Names) -> str:
    group = names.group(tree["over"])
    if tree["where"] is True:
        return f"{group}の人数"
    return f"{group}のうち（{sentence(tree['where'], names)}）の人数"


_VALUES = {
    "fact": _fact_value,
    "on": lambda tree, names: "届出日",
    "date": lambda tree, names: wareki.format(date.fromisoformat(tree["value"])),
    "literal": lambda tree, names: f"{tree['value']}",
    "reaches_age": _age,
    "birthday": lambda tree, names: (
        f"{value_in_words(tree['date'], names)}の{tree['years']}年後の応当日"
    ),
    "next_march_31": lambda tree, names: (
        f"{value_in_words(tree['date'], names)}以後の最初の3月31日"
    ),
    "add": _moved,
    "count": _counted,
}


def _text(chips: tuple[Chip, ...]) -> str:
    return "".join(f"「{chip.text}」" if chip.role == FACT else chip.text for chip in chips)


def _reasons(tree: Tree) -> tuple[str, str]:
    """A condition's own reasons for yes and no; those of what it denies, turned round."""
    if not isinstance(tree, Mapping):
        return "", ""
    told = tree.get("because", ""), tree.get("because_no", "")
    if tree["op"] == "not" and not any(told):
        return _reasons(tree["of"])[::-1]
    return told
