"""The people of an opened bundle as screens show them: name, birth date, role, and what is masked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from lifeevents import roles
from lifeevents.opened import Opened
from lifeevents.seating import Seat
from lifeevents.situation import BUNDLE, HOUSEHOLD
from residents import wareki
from residents.facts import Known, PartialDate, Value

ROLES = {
    "newborn": "お子さま（出生）",
    "deceased": "亡くなった方",
    "spouse": "配偶者",
    "children": "子",
    "joined": "加わる先の世帯の方",
    "mover": "引っ越す方",
    "mother": "母",
    "father": "父",
    "parents": "親",
    "siblings": "きょうだい",
    "relatives": "親族",
    "applicant": "届け出る方",
}
STAYS = "残る方"
LIVES_ALONG = "同じ世帯の方"


@dataclass(frozen=True, slots=True)
class PersonView:
    """One person of the bundle; `address` is where they live as held, "" where it is not shown."""

    key: str
    ref: UUID | None
    name: str
    kana: str
    roles: tuple[str, ...]
    role_label: str
    relationship: str
    birth_text: str
    age: int | None
    address: str
    is_new: bool
    protected: bool
    protection_expired: bool
    masked: bool
    taking_part: bool


def people_of(opened: Opened) -> dict[str, PersonView]:
    """Everyone seated, in order, by key."""
    return {key: _person(seat, opened) for key, seat in opened.situation.seats.items()}


def label_of(subject: str, opened: Opened) -> str:
    """What a subject is called on screens: role and name; "世帯" for the household, "" for the bundle."""
    if subject == HOUSEHOLD:
        return "世帯"
    if subject == BUNDLE:
        return ""
    name = _text(opened.situation.world.fact("name", subject))
    role = _role(opened.situation.seats[subject])
    return " ".join(part for part in (role, name or _place(subject, opened)) if part)


def _place(subject: str, opened: Opened) -> str:
    """Which of several people without a name yet: the first, the second …"""
    seats = opened.situation.seats
    arriving = [key for key, seat in seats.items() if not seat.ref and "subjects" in seat.roles]
    several = len(arriving) > 1 and subject in arriving
    return f"（{arriving.index(subject) + 1}人目）" if several else ""


def _person(seat: Seat, opened: Opened) -> PersonView:
    world, record = opened.situation.world, seat.record
    birth = world.fact("birth_date", seat.key)
    return PersonView(
        key=seat.key,
        ref=seat.ref,
        name=_text(world.fact("name", seat.key)),
        kana=_text(world.fact("name_kana", seat.key)),
        roles=seat.roles,
        role_label=_role(seat) or LIVES_ALONG,
        relationship=_text(world.fact("relationship", seat.key)),
        birth_text=wareki.format(birth.value) if isinstance(birth, Known) else "",
        age=_age(birth, opened.bundle.on),
        address=_text(record.facts["address"]) if record else "",
        is_new=seat.ref is None,
        protected=bool(record and record.protected),
        protection_expired=bool(record and record.protection_expired),
        masked=bool(record and record.masked),
        taking_part=seat.taking_part,
    )


def _role(seat: Seat) -> str:
    if roles.MOVER in seat.roles and not seat.taking_part:
        return STAYS
    return next((ROLES[role] for role in ROLES if role in seat.roles), "")


def _text(value: Value) -> str:
    return str(value.value) if isinstance(value, Known) else ""


def _age(birth: Value, on: date) -> int | None:
    """Whole years on a day, for reading only; rules count by 年齢計算ニ関スル法律 (reaches_age)."""
    if not isinstance(birth, Known) or not isinstance(birth.value, PartialDate):
        return None
    day = birth.value.exact
    return on.year - day.year - ((on.month, on.day) < (day.month, day.day)) if day else None
