"""What a move changes of what is known: the new address, the old one, and 続柄 in the new household (pure).

Told once for all who move: new_address and moved_on, at 転入 old_address and old_head as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from lifeevents import kinship, roles
from lifeevents.entries import BUNDLE, HOUSEHOLD, Event
from lifeevents.seating import Seat
from residents.facts import Fact, Known, Origin, Reason, Source, Unknown, Value

Facts = Mapping[str, Value]
Owners = Mapping[tuple[str, str], UUID]
NOT_ASKED = Unknown(Reason.NOT_ASKED)
HEAD_WORD = kinship.in_words(kinship.HEAD)
LIVED_IN = Origin(Source.DERIVED, "すでに住んでいる世帯に加わる")
TOGETHER = Origin(Source.DERIVED, "いっしょに異動する方と同じ")
NEW_HERE = Origin(Source.DERIVED, "新しく市に住む方")
WITHIN = {"previous_address": "いままでの住所", "old_address": "いままでの住所"}
"""What 転居 calls facts whose usual label speaks of another town (転入前住所)."""
BECOMES = Origin(Source.DERIVED, "新しい世帯での続柄")


@dataclass(frozen=True, slots=True)
class Move:
    """The facts after a move: of everyone seated, of the household and of the bundle, with their owners."""

    people: Mapping[str, dict[str, Value]]
    household: dict[str, Value]
    bundle: dict[str, Value]
    owners: Owners


def is_move(event: Event) -> bool:
    """Whether people change their address at this event (転入, 転居)."""
    return event.starts_from in (roles.MOVER, roles.NOBODY)


def moves(seat: Seat) -> bool:
    """Whether this person moves: a subject who takes part."""
    return roles.MOVER in seat.roles and seat.taking_part


def settle(
    seats: tuple[Seat, ...],
    said: Mapping[str, Facts],
    bundle: Facts,
    vocabulary: Mapping[str, Fact],
) -> Move:
    """Lay the move over what is held; `said` is what was answered, by seat, `bundle` once for all."""
    movers = [seat for seat in seats if moves(seat)]
    joined = next((seat for seat in seats if "joined" in seat.roles and _heads(seat)), None)
    joined = joined or next((seat for seat in seats if "joined" in seat.roles), None)
    shared = dict(bundle)
    owners: dict[tuple[str, str], UUID] = {}
    _share(shared, owners, movers, joined, said)
    keeps = joined is None and any(_heads(seat) for seat in movers)
    people = {
        seat.key: {
            **(seat.record.facts if seat.record else {}),
            **(_newcomer(shared, vocabulary) if not seat.ref and moves(seat) else {}),
            **(_moved(seat, shared, keeps) if moves(seat) else {}),
            **said[seat.key],
            **_related(said[seat.key]),
        }
        for seat in seats
    }
    home = {"address": shared.get("new_address", NOT_ASKED)}
    if joined and joined.record:
        home |= {"household_number": joined.record.facts["household_number"], **_settled(movers)}
    owners |= _owners_of_address(movers, shared, owners)
    return Move(people, home, shared, owners)


def _settled(movers: list[Seat]) -> dict[str, Value]:
    """What a home that is lived in already needs no more; who moves within the town may give up water."""
    newly = () if any(seat.record for seat in movers) else ("uses_water",)
    return {fact: Known(False, LIVED_IN) for fact in ("new_house", *newly)}


def _share(
    shared: dict[str, Value],
    owners: dict[tuple[str, str], UUID],
    movers: list[Seat],
    joined: Seat | None,
    said: Mapping[str, Facts],
) -> None:
    """Fill what is told once for all from whoever it is known of: the joined household, the first mover."""
    if joined and joined.record and "new_address" not in shared:
        shared["new_address"] = _as_derived(joined.record.facts["address"], "加わる世帯の住所")
        if joined.ref:
            owners[BUNDLE, "new_address"] = joined.ref
    for fact, own in (
        ("new_address", "address"),
        ("old_address", "previous_address"),
        ("old_head", "previous_household_head"),
    ):
        told = next((said[seat.key][own] for seat in movers if own in said[seat.key]), None)
        if fact not in shared and told is not None:
            shared[fact] = told
    left = next((seat for seat in movers if seat.record), None)
    if left and left.record and "old_address" not in shared:
        shared["old_address"] = _as_derived(left.record.facts["address"], "いままでの住所")
        if left.ref:
            owners[BUNDLE, "old_address"] = left.ref


def _newcomer(shared: Facts, vocabulary: Mapping[str, Fact]) -> dict[str, Value]:
    """Nobody new is in any of this town's ledgers yet; where they come from is told once for all."""
    facts: dict[str, Value] = {
        key: Known(False, NEW_HERE) for key in vocabulary if key.startswith("holds.")
    }
    facts["resident_state"] = Known("1", NEW_HERE)
    for own, once in (
        ("previous_address", "old_address"),
        ("previous_household_head", "old_head"),
        ("moved_in_on", "moved_on"),
    ):
        if once in shared:
            facts[own] = _together(shared[once])
    return facts


def _moved(seat: Seat, shared: Facts, keeps: bool) -> dict[str, Value]:
    """The new address of someone who moves; 続柄 is open where the head stays behind or another heads."""
    facts: dict[str, Value] = {
        "address": _together(shared.get("new_address", NOT_ASKED)),
        "postal_code": NOT_ASKED,
    }
    if seat.record:
        facts["previous_address"] = _as_derived(seat.record.facts["address"], "いままでの住所")
    if seat.record and not keeps:
        facts |= {"relationship": NOT_ASKED, "relationship_codes": NOT_ASKED}
        facts["is_head"] = Known(False, BECOMES)
    return facts


def _related(said: Facts) -> dict[str, Value]:
    """続柄 codes, and who heads the household, from what was answered about it."""
    heads = said.get("becomes_head")
    words = said.get("relationship")
    if isinstance(heads, Known) and heads.value is True:
        words = Known(HEAD_WORD, BECOMES)
    if not isinstance(words, Known):
        return {}
    codes = kinship.codes_of(str(words.value))
    found: dict[str, Value] = {
        "relationship": words,
        "is_head": Known(codes == kinship.HEAD, BECOMES),
    }
    return found | ({"relationship_codes": Known(list(codes), BECOMES)} if codes else {})


def _owners_of_address(
    movers: list[Seat], shared: Facts, known: Owners
) -> dict[tuple[str, str], UUID]:
    """Whose place the new address is: of the household joined, else of a mover, a protected one first."""
    place = known.get((BUNDLE, "new_address"))
    theirs = [seat for seat in movers if seat.ref]
    theirs.sort(key=lambda seat: not (seat.record and seat.record.protected))
    ref = place or (theirs[0].ref if theirs else None)
    if ref is None:
        return {}
    told = isinstance(shared.get("new_address"), Known) and place is not None
    whose = [seat.key for seat in movers if told or not seat.ref]
    return {
        (BUNDLE, "new_address"): ref,
        (HOUSEHOLD, "address"): ref,
        **{(key, "address"): ref for key in whose},
    }


def _heads(seat: Seat) -> bool:
    codes = seat.record.facts.get("relationship_codes") if seat.record else None
    return isinstance(codes, Known) and tuple(codes.value) == kinship.HEAD


def _together(value: Value) -> Value:
    """A value told once for all, as each one's own; an answer stays an answer."""
    if isinstance(value, Known) and value.origin.source is not Source.ANSWER:
        return Known(value.value, TOGETHER)
    return value


def _as_derived(value: Value, label: str) -> Value:
    if isinstance(value, Unknown):
        return value
    return Known(value.value, Origin(Source.DERIVED, label, value.origin.as_of))
