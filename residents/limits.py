"""How much one delivery may change before two people must look at it; each feed may set its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True, slots=True)
class Limits:
    """Shares of what the feed holds, each with a number of records that is always allowed.

    `gone`: records that a 全件 lacks. `changed`: any one column. `sensitive`: single columns that
    hardly ever change. `rejected`: rows that cannot be taken in, of all rows of the file.
    `odd_characters`: new or changed rows with 外字 (private use), of all rows of the file: a few are
    kept and told, many mean that a font's own characters were sent without their table.
    `confirm`: items a change of which two people confirm however few it concerns, each with the codes
    that it is about (none: any change), as 住民状態 with those of a death.
    """

    gone: float = 0.005
    gone_floor: int = 20
    changed: float = 0.05
    rejected: float = 0.05
    floor: int = 20
    odd_characters: float = 0.02
    sensitive: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    confirm: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))

    def allows(self, count: int, share: float, held: int) -> bool:
        """Whether so many records of those held are few enough."""
        return count <= max(self.floor, share * held)


def limits(document: Mapping[str, Any]) -> Limits:
    """The limits a feed file sets; what it leaves out is as usual."""
    given = dict(document.get("limits", {}))
    given["sensitive"] = MappingProxyType(dict(given.get("sensitive", {})))
    confirm = {name: frozenset(codes) for name, codes in given.get("confirm", {}).items()}
    given["confirm"] = MappingProxyType(confirm)
    return Limits(**given)
