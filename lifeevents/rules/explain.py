"""One plain Japanese sentence per decisive or missing fact."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from lifeevents.rules import dates
from lifeevents.rules.judge import Ground, judge, operand, own_sentence
from lifeevents.rules.nodes import (
    Add,
    And,
    Between,
    Birthday,
    Compare,
    Condition,
    EventDate,
    Expr,
    FactOf,
    In,
    NextMarch31,
    Not,
    Or,
    ReachesAge,
)
from lifeevents.rules.sight import Atom, Sight
from lifeevents.rules.verdict import Tri, Verdict
from lifeevents.rules.world import World
from residents import wareki
from residents.facts import FactType, Known, PartialDate

ALWAYS = "このライフイベントで必ず行う手続のため"
NOBODY = "この手続の対象となる方がいないため"


def explain(verdict: Verdict, world: World) -> tuple[str, ...]:
    """A verdict's sentences, each once: why yes, why no, or what is not known yet."""
    if verdict.value is Tri.UNKNOWN:
        told = [
            f"{_whose(atom[1], world)}{_label(atom[0], world)}が分からないため"
            for atom in verdict.missing
        ]
    else:
        told = [because.text for because in verdict.because]
    return tuple(dict.fromkeys(told))


def event_sentence(expr: Expr, tri: Tri, world: World, self_id: str) -> str:
    """Why a verdict that rests on no fact is as it is: the event itself, or who takes part."""
    told = _of_the_event(expr, tri, world, self_id)
    return told or (ALWAYS if tri is Tri.YES else NOBODY)


def _of_the_event(node: Expr, tri: Tri, world: World, self_id: str) -> str:
    """The sentence of the first condition that is so without any fact."""
    said = _filled(own_sentence(node, tri), self_id, world) if isinstance(node, Condition) else ""
    if said:
        return said
    if isinstance(node, FactOf) and node.of in ("it", "self"):
        return _value_sentence(node.key, world.home(node.key, self_id), world)
    if isinstance(node, Not):
        return _of_the_event(node.of, Tri.NO if tri is Tri.YES else Tri.YES, world, self_id)
    for child in node.of if isinstance(node, And | Or) else ():
        if judge(child, Sight(world, operand), self_id, self_id) == (tri, ()):
            told = _of_the_event(child, tri, world, self_id)
            if told:
                return told
    return ""


def sentence(ground: Ground, world: World, self_id: str) -> str:
    """Why one fact decides: the rule's own sentence if it has one, else one made of the fact."""
    atom, speaker, who = ground
    if isinstance(speaker, str):
        told = _filled(speaker, who, world)
        if told:
            return told
        return _value_sentence(atom[0], atom[1], world)
    if isinstance(speaker, FactOf):
        person = {"it": who, "self": self_id}.get(speaker.of, speaker.of)
        return _value_sentence(speaker.key, world.home(speaker.key, person), world)
    return _age_sentence(speaker, atom, world) or _read_sentence(speaker, atom, world)


def _read_sentence(node: Any, atom: Atom, world: World) -> str:
    """A comparison told by the fact it names, which may be derived from the atom."""
    named = [fact.key for fact in _facts(node)]
    derived = [key for key in named if key in world.derived]
    key = atom[0] if atom[0] in named or not derived else derived[0]
    return _value_sentence(key, world.home(key, atom[1]), world)


def _value_sentence(key: str, home: str, world: World) -> str:
    value = world.fact(key, home)
    label = _label(key, world)
    shown = value.value if isinstance(value, Known) else None
    if isinstance(shown, bool) and key.startswith("holds."):
        who = f"{_label_of(home, world)}に" if _label_of(home, world) else ""
        return f"{who}{label}の記録が{'ある' if shown else 'ない'}ため"
    if isinstance(shown, bool):
        return f"{_whose(home, world)}「{label}」が「{'はい' if shown else 'いいえ'}」のため"
    if shown is None:  # a derived number known only between bounds
        return f"{_whose(home, world)}{label}の内容のため"
    return f"{_whose(home, world)}{label}が{_shown(key, shown, world)}のため"


def _age_sentence(node: Any, atom: Atom, world: World) -> str:
    steps = list(_steps(node))
    if not any(isinstance(step, EventDate) for step in steps):
        return ""
    years = [step.years for step in steps if isinstance(step, ReachesAge | Birthday)]
    age = _age(atom[1], world, atom[0])
    if not years or age is None:
        return ""
    who = _label_of(atom[1], world)
    sides = (type(node.left), type(node.right)) if isinstance(node, Compare) else ()
    if ReachesAge in sides:
        return f"{who}（{age}歳）が{years[0]}歳に達してい{'る' if age >= years[0] else 'ない'}ため"
    return f"{who}が{age}歳のため"


def _age(person: str, world: World, key: str = "birth_date") -> int | None:
    value = world.fact(key, person)
    born = value.value if isinstance(value, Known) else None
    if isinstance(born, PartialDate):
        born = born.exact
    return dates.age(born, world.on) if isinstance(born, date) and born <= world.on else None


def _filled(template: str, who: str, world: World) -> str:
    """A sentence template with its name and age; "" when it speaks of an age not exactly known."""
    if "{age}" in template:
        age = _age(who, world)
        if age is None:
            return ""
        template = template.replace("{age}", str(age))
    return template.replace("{who}", _label_of(who, world))


def _steps(node: Any) -> Iterator[Any]:
    """The value expressions of a comparison, dates looked through."""
    match node:
        case Compare():
            parts: tuple[Any, ...] = (node.left, node.right)
        case In():
            parts = (node.value,)
        case Between():
            parts = (node.value, node.low, node.high)
        case ReachesAge() | Birthday() | NextMarch31() | Add():
            parts = (node.date,)
        case _:
            parts = ()
    for part in parts:
        yield part
        yield from _steps(part)


def _facts(node: Any) -> list[FactOf]:
    return [step for step in _steps(node) if isinstance(step, FactOf)]


def _shown(key: str, value: object, world: World) -> str:
    declared = world.vocabulary.get(key)
    choices = dict(declared.choices) if declared else {}
    if isinstance(value, date | PartialDate):
        return wareki.format(value)
    if isinstance(value, tuple | list):
        return "の".join(f"{choices.get(code, code)}" for code in value)
    if declared and declared.type in (FactType.NUMBER, FactType.DATE):
        return f"{value}"
    return f"「{choices.get(value, value)}」" if isinstance(value, str) else f"{value}"


def _label(key: str, world: World) -> str:
    declared = world.vocabulary.get(key)
    return declared.label if declared else key


def _label_of(person: str, world: World) -> str:
    known = world.people.get(person)
    return known.label if known else {"household": "世帯"}.get(person, "")


def _whose(person: str, world: World) -> str:
    label = _label_of(person, world)
    return f"{label}の" if label else ""
