"""How a household came to its address: born here, moved in, moved within the city; who has gone."""

from __future__ import annotations

import random
from datetime import date, timedelta

from residents.town import names
from residents.town.ages import DAY, between, shift
from residents.town.people import HEAD, WIFE, Gone, Household, Person, Protection
from residents.town.places import Address, at_home, elsewhere, wide

CAME_FROM_ELSEWHERE = ((30, 0.62, 6), (45, 0.45, 14), (65, 0.3, 30), (200, 0.2, 55))
MOVED_WITHIN = 0.35
ABROAD = (("米国", "USA"), ("タイ", "THA"), ("オーストラリア", "AUS"), ("ベトナム", "VNM"))
MEASURES_SHARE = {"mother": 0.055, "woman": 0.005, "other": 0.0004}
YEAR = 365


def settle(rng: random.Random, household: Household, on: date) -> None:
    """Decide when and from where the household came, and whether it moved inside the city."""
    head = household.head
    years = head.age(on)
    share, span = next((share, span) for below, share, span in CAME_FROM_ELSEWHERE if years < below)
    first = max(on - timedelta(days=span * YEAR), shift(head.birth, 18))
    last = on - 5 * DAY
    if rng.random() < share and first < last and not head.foreign:
        household.arrived = between(rng, first, last)
        household.arrived_from = elsewhere(rng)
        household.previous_head = _previous_head(rng, household)
    if rng.random() < MOVED_WITHIN or household.in_facility:
        first = max(household.arrived or shift(head.birth, 1), on - timedelta(days=15 * YEAR))
        household.moved = between(rng, first, on - 2 * DAY)
        household.moved_from = at_home(rng)


def leaving_day(rng: random.Random, on: date) -> date:
    """A day within the last two years."""
    return between(rng, on - timedelta(days=2 * YEAR), on - DAY)


def move_out(rng: random.Random, household: Household, day: date) -> None:
    """The whole household left the city on that day."""
    kind = rng.random()
    if kind < 0.9:
        gone = Gone("2", "21", day, elsewhere(rng))
    elif kind < 0.97:
        country, code = rng.choice(ABROAD)
        gone = Gone("2", "22", day, Address(country=country, country_code=code))
    else:
        gone = Gone("9", "26", day)
    for member in household.members:
        member.gone = gone


def lose_partner(rng: random.Random, household: Household, on: date) -> None:
    """世帯主 of an elderly couple died within the last two years; the other is 世帯主 now."""
    left = household.head
    left.gone = Gone("3", "23", leaving_day(rng, on))
    household.arrived = _before(household.arrived, left.gone.on)
    household.moved = _before(household.moved, left.gone.on)
    for member in household.present:
        if member.relation == WIFE or len(household.present) == 1:
            member.relation = HEAD


def protect(rng: random.Random, household: Household, on: date) -> None:
    """支援措置 for a few households: mostly mothers with children, and women alone."""
    head = household.head
    if household.in_facility or head.gone or head.age(on) >= 75:
        return
    kind = "woman" if head.sex == "2" and len(household.members) == 1 else "other"
    if household.children and len(household.parents) == 1 and head.sex == "2":
        kind = "mother"
    if rng.random() < MEASURES_SHARE[kind]:
        measures(rng, household, on)


def measures(rng: random.Random, household: Household, on: date) -> None:
    """Put everybody of the household under one 支援措置: running, provisional, expired or ended."""
    chance = rng.random()
    start = between(rng, on - timedelta(days=350), on - 20 * DAY)
    kind = "1"
    if chance < 0.1:
        kind, start = "2", between(rng, on - timedelta(days=20), on)
    elif chance < 0.25:
        start = between(rng, on - timedelta(days=900), on - timedelta(days=400))
    elif chance < 0.33:
        kind, start = "3", between(rng, on - timedelta(days=1200), on - timedelta(days=500))
    for member in household.members:
        member.protection = Protection(kind, start, shift(start, 1) - DAY)


def blur(rng: random.Random, person: Person, on: date) -> None:
    """A few of the very old have a birth date that is only partly known (不詳)."""
    if person.age(on) < 78 or rng.random() > 0.008:
        return
    year = person.birth.year
    era = f"昭和{wide(year - 1925)}年" if year > 1926 else f"大正{wide(year - 1911)}年"
    if rng.random() < 0.6:
        person.birth_raw, person.birth_text = f"{year}-00-00", f"{era}月日不詳"
    else:
        person.birth_raw = f"{year}-{person.birth.month:02}-00"
        person.birth_text = f"{era}{wide(person.birth.month)}月日不詳"


def _before(came: date | None, left: date) -> date | None:
    return left - timedelta(days=40) if came and came >= left else came


def _previous_head(rng: random.Random, household: Household) -> str:
    head = household.head
    if household.couples or rng.random() < 0.5:
        return head.name
    return f"{head.family.text}　{names.given(rng, '1', head.birth.year - 30).text}"
