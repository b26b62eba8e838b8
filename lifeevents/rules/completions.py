"""What unknown facts could turn out to be: one value for every case the rule can tell apart."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from lifeevents.rules.judge import judge, operand
from lifeevents.rules.nodes import Expr, FactOf, In
from lifeevents.rules.sight import Atom, Comparison, Sight
from lifeevents.rules.verdict import Tri
from lifeevents.rules.world import World
from residents.facts import FactType

MOST = 4096
NUMBER = (int, float, Decimal)  # a rule's own, one answered, one of the register
FIRST_DAY, LAST_DAY = date(1850, 1, 1), date(2199, 12, 31)
DEFAULTS: dict[FactType, Any] = {FactType.NUMBER: 0, FactType.CODES: ()}
Domains = Mapping[Atom, tuple[Any, ...]]


def truth(expr: Expr, world: World, self_id: str, supposed: Mapping[Atom, Any]) -> Tri:
    """The bare truth value when some facts are supposed to have exact values."""
    return judge(expr, Sight(world, operand, supposed), self_id, self_id)[0]


def domains(expr: Expr, world: World, self_id: str, atoms: Sequence[Atom]) -> Domains:
    """For each unknown fact, one value of every cell the rule's constants cut it into."""
    sight = Sight(world, operand)
    sight.notes = []
    judge(expr, sight, self_id, self_id)
    found: dict[Atom, tuple[Any, ...]] = {atom: _start(atom, world) for atom in atoms}
    # a second round, because a fact may be compared with another unknown one
    for _ in range(2):
        for atom in atoms:
            edges = [edge for note in sight.notes for edge in _edges(atom, note, world, found)]
            found[atom] = _cells(atom, edges, world) if edges else found[atom]
    return found


def irreducible_missing(
    expr: Expr, world: World, self_id: str, atoms: tuple[Atom, ...]
) -> tuple[Atom, ...]:
    """The atoms without those that are not needed to decide, whatever the others turn out to be."""
    cells = domains(expr, world, self_id, atoms)
    kept = atoms
    for atom in reversed(atoms):
        fewer = tuple(other for other in kept if other != atom)
        if _always_decided(expr, world, self_id, fewer, cells):
            kept = fewer
    return kept


def _always_decided(
    expr: Expr, world: World, self_id: str, atoms: tuple[Atom, ...], cells: Domains
) -> bool:
    """False also when the search grows too large: then the atom stays in the set."""
    waiting: list[dict[Atom, Any]] = [{}]
    looked = 0
    while waiting:
        supposed = waiting.pop()
        looked += 1
        if truth(expr, world, self_id, supposed) is not Tri.UNKNOWN:
            continue
        if len(supposed) == len(atoms) or looked > MOST:
            return False
        atom = atoms[len(supposed)]
        waiting.extend({**supposed, atom: value} for value in cells[atom])
    return True


def _start(atom: Atom, world: World) -> tuple[Any, ...]:
    declared = world.vocabulary.get(atom[0])
    kind = declared.type if declared else FactType.BOOL
    if kind is FactType.BOOL:
        return (True, False)
    if kind is FactType.DATE:
        return (_span(atom, world)[0],)
    return (DEFAULTS.get(kind, declared.choices[0][0] if declared and declared.choices else ""),)


def _span(atom: Atom, world: World) -> tuple[date, date]:
    low, high = Sight(world, operand).read(*atom)[:2]
    return (low, high) if isinstance(low, date) else (FIRST_DAY, LAST_DAY)


def _edges(atom: Atom, note: Comparison, world: World, found: Domains) -> list[Any]:
    """Values of the atom at which this comparison may change."""
    if isinstance(note.right, In):
        return _edges_of_side(atom, note.left, list(note.right.of), note, world)
    edges = []
    for side, other in ((note.left, note.right), (note.right, note.left)):
        limits = _limits(other, note, world, found)
        edges += _edges_of_side(atom, side, limits, note, world)
    return edges


def _limits(other: Expr, note: Comparison, world: World, found: Domains) -> list[Any]:
    """What the other side of a comparison can be, as far as that is finite."""
    low, high, _, vague = operand(other, Sight(world, operand), note.me, note.it)
    if low is not None and (low == high or not vague):
        return [low]
    if isinstance(low, int):
        return list(range(low, high + 1))
    if len(vague) != 1 or vague[0] not in found:
        return []
    values = found[vague[0]]
    return [
        operand(other, Sight(world, operand, {vague[0]: value}), note.me, note.it)[0]
        for value in values
    ]


def _edges_of_side(
    atom: Atom, side: Expr, limits: list[Any], note: Comparison, world: World
) -> list[Any]:
    if not limits:
        return []
    if isinstance(limits[0], date):
        vague = operand(side, Sight(world, operand), note.me, note.it)[3]
        return _days(atom, side, limits, note, world) if atom in vague else []
    if not _is_fact(side, atom, note, world):
        return []
    if isinstance(limits[0], NUMBER) and not isinstance(limits[0], bool):
        return [edge for limit in limits for edge in (limit, limit + 1)]
    return limits


def _days(atom: Atom, side: Expr, limits: list[date], note: Comparison, world: World) -> list[date]:
    """Days from which a date expression, which never runs backwards, reaches or passes a limit."""
    first, last = _span(atom, world)
    span = range(first.toordinal(), last.toordinal() + 1)

    def reached(ordinal: int) -> int:
        supposed = {atom: date.fromordinal(ordinal)}
        day = operand(side, Sight(world, operand, supposed), note.me, note.it)[0]
        # another unknown fact hides the day: then no edge is found
        return day.toordinal() if day else 0

    places = {
        bisect_left(span, limit.toordinal() + later, key=reached)
        for limit in limits
        for later in (0, 1)
    }
    return [date.fromordinal(span[place]) for place in places if place < len(span)]


def _is_fact(side: Expr, atom: Atom, note: Comparison, world: World) -> bool:
    """Whether a side of a comparison is the fact itself, perhaps under a derived name."""
    person = note.it
    while isinstance(side, FactOf):
        person = {"it": person, "self": note.me}.get(side.of, side.of)
        home = world.home(side.key, person)
        if (side.key, home) == atom:
            return True
        if side.key not in world.derived:
            return False
        side, person = world.derived[side.key], home
    return False


def _cells(atom: Atom, edges: list[Any], world: World) -> tuple[Any, ...]:
    if isinstance(edges[0], bool):
        return (True, False)
    if isinstance(edges[0], date):
        return tuple(sorted({_span(atom, world)[0], *edges}))
    if isinstance(edges[0], NUMBER):
        return (min(edges) - 1, *sorted(set(edges)))
    declared = world.vocabulary.get(atom[0])
    choices = [code for code, _ in declared.choices] if declared else []
    named = list(dict.fromkeys(edges))
    if isinstance(edges[0], tuple):
        return (*named, ("", *max(named, key=len)))
    others = [code for code in choices if code not in named]
    if choices:
        return (*(name for name in named if name in choices), *others[:1])
    return (*named, "…" + max(named, key=len))
