"""The living checklist beside every step: by department, with what the last answer changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import groupby
from zlib import crc32

from lifeevents.sitting import Proposal

YES, UNKNOWN, NO = "yes", "unknown", "no"


@dataclass(frozen=True, slots=True)
class Item:
    """One proposal with its reason in one line; `changed` since the page was last seen.

    `filed` says that the resident has applied for it online already.
    """

    proposal: Proposal
    why: str
    waits_for: str
    changed: bool
    filed: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The items of one department."""

    name: str
    place: str
    items: list[Item]


@dataclass(frozen=True, slots=True)
class Checklist:
    """What is needed or undecided by department, what is not needed, and how many of each.

    `seen` says every verdict shown, short; sent back with an answer it tells what has changed.
    """

    groups: list[Group]
    not_needed: list[Item]
    yes: int
    unknown: int
    no: int
    seen: str

    @property
    def changed(self) -> list[Item]:
        """Every item the last answer changed."""
        shown = [item for group in self.groups for item in group.items]
        return [item for item in (*shown, *self.not_needed) if item.changed]


def build(
    proposals: Iterable[Proposal],
    seen: str = "",
    filed: Collection[tuple[str, str]] = (),
) -> Checklist:
    """The checklist of these proposals; `seen` is what the earlier page said, "" for the first."""
    before = set(seen.split())
    items = [_item(each, before, filed) for each in proposals]
    counts = Counter(item.proposal.verdict for item in items)
    shown = [item for item in items if item.proposal.verdict != NO]
    return Checklist(
        groups=_by_department(shown),
        not_needed=[item for item in items if item.proposal.verdict == NO],
        yes=counts[YES],
        unknown=counts[UNKNOWN],
        no=counts[NO],
        seen=" ".join(_mark(item.proposal) for item in items),
    )


def _item(proposal: Proposal, before: Collection[str], filed: Collection[tuple[str, str]]) -> Item:
    return Item(
        proposal,
        why="、".join(proposal.because),
        waits_for="、".join(dict.fromkeys(proposal.missing)),
        changed=bool(before) and _mark(proposal) not in before,
        filed=(proposal.code, proposal.subject) in filed,
    )


def _mark(proposal: Proposal) -> str:
    text = f"{proposal.code} {proposal.subject} {proposal.verdict}"
    return f"{crc32(text.encode()):x}"


def _by_department(items: list[Item]) -> list[Group]:
    def department(item: Item) -> tuple[int, str, str]:
        each = item.proposal
        return order[each.department], each.department_name, each.place

    order: dict[str, int] = {}
    for item in items:
        order.setdefault(item.proposal.department, len(order))
    urgent_first = sorted(items, key=lambda item: item.proposal.verdict == UNKNOWN)
    return [
        Group(name, place, list(same))
        for (_, name, place), same in groupby(sorted(urgent_first, key=department), department)
    ]
