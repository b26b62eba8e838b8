"""What a benchmark found, and how its figures are summed up (pure)."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Goal:
    """A limit for one ratio: `op` is "<=" or ">="."""

    op: str
    value: float

    def met_by(self, measured: float) -> bool:
        """Whether the measured ratio keeps the limit."""
        return measured <= self.value if self.op == "<=" else measured >= self.value


@dataclass(frozen=True, slots=True)
class Measured:
    """One run: `ratios` are what goals are set for, `figures` what they were made from."""

    figures: dict[str, Any]
    ratios: dict[str, float]


def judged(goals: dict[str, Goal], measured: Measured) -> dict[str, dict[str, Any]]:
    """Each goal with whether this run met it; a goal without its ratio is a mistake of the benchmark."""
    return {
        key: {"op": goal.op, "value": goal.value, "met": goal.met_by(measured.ratios[key])}
        for key, goal in goals.items()
    }


def milliseconds(seconds: float) -> float:
    """Rounded to a hundredth."""
    return round(seconds * 1000, 2)


def p95(seconds: Sequence[float]) -> float:
    """The value 95 of 100 do not exceed."""
    return sorted(seconds)[min(len(seconds) - 1, int(len(seconds) * 0.95))]


def spread(seconds: Sequence[float]) -> dict[str, float]:
    """Median, 95th percentile and maximum, in milliseconds."""
    return {
        "p50_ms": milliseconds(statistics.median(seconds)),
        "p95_ms": milliseconds(p95(seconds)),
        "max_ms": milliseconds(max(seconds)),
    }
