"""Life going on: what happens to a household on one day, written into its book as the ledgers would."""

from __future__ import annotations

from collections.abc import Callable

from residents.town import dealings, moves
from residents.town.book import Book
from residents.town.ledger import Office
from residents.town.people import Household

Event = Callable[[Office, Household, Book], None]
REVIEWED = 0.08
# The chance of each on one day for one household: together about 0.7 % of the people are touched.
EVENTS: tuple[tuple[float, Event], ...] = (
    (0.0009, moves.move_within),
    (0.0005, moves.move_out),
    (0.0009, moves.die),
    (0.0045, moves.be_born),
    (0.0060, moves.marry),
    (0.0022, moves.correct),
    (0.0004, dealings.begin_protection),
    (0.0015, dealings.leave_nhi),
    (0.0022, dealings.tell_contact),
    (0.0010, dealings.register_or_end_seal),
    (0.0012, dealings.change_car),
    (0.0015, dealings.certify_again),
    (0.0008, dealings.assess_again),
)


def a_day(office: Office, household: Household, book: Book) -> None:
    """Let at most one thing happen; `office.on` is the day and `office.rng` decides."""
    if book.rows.get("protection") and office.rng.random() < REVIEWED:
        dealings.review_protection(office, household, book)
        return
    chance = office.rng.random()
    for share, event in EVENTS:
        if chance < share:
            event(office, household, book)
            return
        chance -= share
