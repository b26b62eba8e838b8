"""Roles: what each member of a household is in an event that starts from one of them (pure)."""

from __future__ import annotations

from collections.abc import Mapping

from lifeevents import kinship
from lifeevents.kinship import Member

SELF, HOUSEHOLD, PROXY, OTHER = APPLICANTS = ("self", "household", "proxy", "other")
PARENT, MOVER, DECEASED, NOBODY = "parent", "mover", "deceased", "none"
Roles = dict[str, list[str]]


def of_members(
    starts_from: str, members: Mapping[str, Member], start: str, applicant: str
) -> Roles:
    """Each member's roles, the subjects' and the applicant's included.

    A role that nobody holds is absent; so is the applicant when it is none of the household.
    """
    match starts_from:
        case "mover":
            roles = {key: ["subjects", MOVER] for key in members}
        case "deceased":
            roles = _around_the_deceased(members, start)
        case "none":
            roles = {key: ["joined"] for key in members}
        case _:
            roles = _around_the_newborn(members, start)
    standing = _applicant(starts_from, members, start, applicant)
    if standing:
        roles[standing].append("applicant")
    return roles


def usual_newcomers(starts_from: str) -> tuple[str, ...]:
    """One person outside the register at 出生 and 転入, nobody else elsewhere."""
    return ("n1",) if starts_from in (PARENT, NOBODY) else ()


def parent_role(sex: object) -> str:
    """mother or father."""
    return "mother" if sex == "2" else "father"


def _around_the_newborn(members: Mapping[str, Member], start: str) -> Roles:
    spouse = kinship.spouse_of(start, members)
    parents = [start, *([spouse] if spouse else [])]
    roles: Roles = {key: [] for key in members}
    for parent in parents:
        roles[parent] += ["parents", parent_role(members[parent].sex)]
    siblings = {child for parent in parents for child in kinship.children_of(parent, members)}
    for child in siblings:
        roles[child].append("siblings")
    return roles


def _around_the_deceased(members: Mapping[str, Member], start: str) -> Roles:
    roles: Roles = {key: [] for key in members}
    roles[start] += ["subjects", DECEASED]
    spouse = kinship.spouse_of(start, members)
    if spouse:
        roles[spouse].append("spouse")
    for child in kinship.children_of(start, members):
        roles[child].append("children")
    parents = kinship.parents_of(start, members)
    for parent in parents:
        roles[parent].append("parents")
    siblings = {child for parent in parents for child in kinship.children_of(parent, members)}
    for child in siblings - {start}:
        roles[child].append("siblings")
    return roles


def _applicant(
    starts_from: str, members: Mapping[str, Member], start: str, applicant: str
) -> str | None:
    """本人 is whom the event starts from; 同一世帯 is the spouse, else the head, else another member.

    Nobody files for their own death, and at 転入 the one who comes is a newcomer.
    """
    if applicant in (PROXY, OTHER) or starts_from == NOBODY:
        return None
    if applicant == SELF and starts_from != DECEASED:
        return start
    others = [key for key in members if key != start]
    head = next((key for key in others if members[key].codes == kinship.HEAD), None)
    found = kinship.spouse_of(start, members) or head
    if starts_from == DECEASED:
        return found or next(iter(others), None)
    return found or start
