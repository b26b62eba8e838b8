"""What one evaluation may see of a world: all of it, only some facts, or some as supposed.

Every value is a Reading: its earliest and latest possible value (equal when exactly known, None
when unknown), the atoms it was read from, and those of them that are not exactly known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from residents.facts import FactType, Known, PartialDate, parse_partial_date

if TYPE_CHECKING:
    from lifeevents.rules.nodes import Expr
    from lifeevents.rules.world import World

Atom = tuple[str, str]
"""A fact key and whose it is."""
Reading = tuple[Any, Any, tuple[Atom, ...], tuple[Atom, ...]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One comparison met on the way, with the person and the member it was met for."""

    op: str
    left: Any
    right: Any
    me: str
    it: str


Operand = Callable[["Expr", "Sight", str, str], Reading]


class Sight:
    """A world as one evaluation sees it; remembers what was read.

    `counted` tells that a count was compared with a count, whose members may not all be needed.
    """

    def __init__(
        self,
        world: World,
        operand: Operand,
        supposed: Mapping[Atom, Any] | None = None,
        only: frozenset[Atom] | None = None,
    ) -> None:
        self.on = world.on
        self.groups = world.groups
        self.reads: list[Atom] = []
        self.counted = False
        self._twice = False
        self.notes: list[Comparison] | None = None
        self._world = world
        self._operand = operand
        self._supposed = supposed or {}
        self._only = only
        self._readings: dict[Atom, Reading] = {}

    def read(self, key: str, person: str) -> Reading:
        """The fact as far as it may be seen; derived facts through their expression."""
        reading = self._readings.get((key, person))
        if reading is None:
            reading = self._readings[key, person] = self._look(key, person)
        self.reads.extend(reading[2] or reading[3])
        return reading

    def note(self, comparison: Comparison) -> None:
        """Keep a comparison, when someone asked to see them (for the values that matter)."""
        if self.notes is not None:
            self.notes.append(comparison)

    @property
    def read_twice(self) -> bool:
        """Whether some fact was met in two places, so that a smaller set may do."""
        return self._twice or len(self.reads) != len(set(self.reads))

    def _look(self, key: str, person: str) -> Reading:
        atom = (key, self._world.home(key, person))
        if atom in self._supposed:
            value = self._supposed[atom]
            return value, value, (atom,), ()
        unknown: Reading = (None, None, (), (atom,))
        hidden = self._only is not None and atom not in self._only
        held = unknown if hidden else self._held(atom)
        derived = self._world.derived.get(key)
        if derived is None or held[0] is not None:
            return held
        self._readings[key, person] = unknown  # a fact derived from itself stays unknown
        before, self.reads = self.reads, []
        reading = self._operand(derived, self, atom[1], atom[1])
        self._twice = self.read_twice
        self.reads = before
        return reading

    def _held(self, atom: Atom) -> Reading:
        held = self._world.readings.get(atom)
        if held is None:
            held = self._world.readings[atom] = self._first_look(atom)
        return held

    def _first_look(self, atom: Atom) -> Reading:
        value = self._world.held(*atom)
        if not isinstance(value, Known):
            return None, None, (), (atom,)
        declared = self._world.vocabulary.get(atom[0])
        lowest, highest = bounds(value.value, declared.type if declared else None)
        return lowest, highest, (atom,), () if lowest is not None and lowest == highest else (atom,)


def bounds(value: object, kind: FactType | None) -> tuple[Any, Any]:
    """The earliest and latest value of a known fact; None twice when it cannot be compared.

    A register may hold a text where a date should be (不詳, an unknown code): kept and shown, but
    unknown to logic.
    """
    if kind is FactType.DATE and isinstance(value, str):
        value = parse_partial_date(value)
    if isinstance(value, PartialDate):
        return value.earliest, value.latest
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, list):
        value = tuple(value)
    return (value, value) if kind is None or fits(value, kind) else (None, None)


def fits(value: object, kind: FactType) -> bool:
    """Whether a value is of the type its fact declares."""
    match kind:
        case FactType.DATE:
            return isinstance(value, date)
        case FactType.BOOL:
            return isinstance(value, bool)
        case FactType.NUMBER:
            return not isinstance(value, bool | str | date | tuple) and value is not None
        case FactType.CODES:
            return isinstance(value, tuple)
        case _:
            return isinstance(value, str)
