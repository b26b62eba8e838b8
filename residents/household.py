"""The standard order of 世帯員 (住民記録システム標準仕様書 5.2); pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

HEAD = "02"
_SPOUSES = {"11", "12", "13", "14"}
_CHILDREN = {"20", "2X"}
_PARENTS = {"51", "52"}
_SIBLINGS = {"71", "74", "81", "84"}
_KIN_BY_CHOICE = "96"
_LODGER = "99"
_HEAD_RANK, _SPOUSE_RANK, _CHILD_RANK, _CHILD_FAMILY_RANK = 0, 1, 2, 3
_PARENT_RANK, _SIBLING_RANK, _GRANDPARENT_RANK, _RELATIVE_RANK = 4, 5, 6, 7
_KIN_BY_CHOICE_RANK, _LODGER_RANK, _UNSTATED_RANK = 8, 9, 10


@dataclass(frozen=True, slots=True)
class Member:
    """One current 世帯員, as far as the order and the mask of a household need it."""

    ref: UUID
    number: str
    relationship_codes: tuple[str, ...]
    birth: date | None


def in_order(members: Iterable[Member]) -> tuple[Member, ...]:
    """世帯主, 配偶者, 子（生年月日順）, 子の家族, 父母, 兄弟姉妹, 祖父母, 親族, 縁故者, 同居人.

    Children of one birthday go by 宛名番号. Without a code (続柄空欄) one comes last; a spouse's
    child, parent or sibling stands after one's own.
    """
    return tuple(sorted(members, key=_place))


def _place(member: Member) -> tuple[int, int, tuple[str, ...], date, str]:
    rank = _rank(member.relationship_codes)
    born = member.birth or date.max
    if rank == _CHILD_RANK:
        return rank, 0, (), born, member.number
    codes = member.relationship_codes
    return rank, len(codes), codes, born, member.number


def _rank(codes: tuple[str, ...]) -> int:
    match codes:
        case ():
            return _UNSTATED_RANK
        case (only,) if only == HEAD:
            return _HEAD_RANK
        case (only,) if only in _SPOUSES:
            return _SPOUSE_RANK
        case (spouse, *rest) if spouse in _SPOUSES:
            return _rank_by_blood(tuple(rest))
    return _rank_by_blood(codes)


def _rank_by_blood(codes: tuple[str, ...]) -> int:
    first, rest = codes[0], codes[1:]
    if first in _CHILDREN:
        return _CHILD_FAMILY_RANK if rest else _CHILD_RANK
    if first in _PARENTS and not rest:
        return _PARENT_RANK
    if first in _SIBLINGS and not rest:
        return _SIBLING_RANK
    if first in _PARENTS and len(rest) == 1 and rest[0] in _PARENTS:
        return _GRANDPARENT_RANK
    outside = {_KIN_BY_CHOICE: _KIN_BY_CHOICE_RANK, _LODGER: _LODGER_RANK, "XX": _UNSTATED_RANK}
    return outside.get(first, _RELATIVE_RANK)
