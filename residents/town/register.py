"""住民基本台帳 rows, with older versions for some, and 支援措置."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from residents.feed import code_lists
from residents.town.ages import shift
from residents.town.ledger import LATEST, OLDER, Office, Row, Rows, iso
from residents.town.people import HEAD, Household, Person
from residents.town.places import Address

BORN, CAME, CAME_FROM_ABROAD, MOVED, CORRECTED = "03", "01", "02", "41", "44"
HEAD_CHANGED, FORMER_NAME = "53", "54"
OLDER_VERSIONS = 0.1
CORRECTIONS = 0.02


@dataclass(slots=True)
class Event:
    """One 異動: when, why, and what the row says from then on."""

    on: date
    reason: str
    home: Address
    items: Row = field(default_factory=dict)


def rows(office: Office, household: Household) -> Rows:
    """The latest row of every member; for one in ten the versions before it as well."""
    for person in household.members:
        events = _events(office, household, person)
        first = 1 if office.rng.random() < OLDER_VERSIONS else len(events)
        for number in range(first, len(events) + 1):
            latest = number == len(events)
            yield from _version(office, household, person, events[number - 1], number, latest)


def protection(office: Office, household: Household) -> Rows:
    """支援措置: the provisional measure first, then the measure, then its end."""
    for person in household.members:
        if person.protection is None:
            continue
        given = person.protection
        for number, kind in enumerate(("2", "1", "3")[: {"2": 1, "1": 2, "3": 3}[given.kind]], 1):
            latest = kind == given.kind
            items = {
                "履歴番号": str(number),
                "支援措置開始年月日": iso(given.start),
                "支援措置終了年月日": iso(given.end),
                "支援措置区分": kind,
            }
            written = given.end if kind == "3" else given.start
            yield "protection", office.row(person, written, items, LATEST if latest else OLDER)


def _version(
    office: Office, household: Household, person: Person, event: Event, number: int, latest: bool
) -> Rows:
    corrected = latest and office.rng.random() < CORRECTIONS
    told = min(office.on, event.on + timedelta(days=int(office.rng.random() * 14)))
    base = _row(household, person, event, latest) | {
        "個人履歴番号": str(number),
        "個人履歴番号_枝番号": "1",
        "異動届出年月日": iso(told),
    }
    if corrected:
        wrong = base | {"住所_方書": "", "住所_方書_フリガナ": ""}
        yield "juki", office.row(person, event.on, wrong, OLDER)
        base = base | {"個人履歴番号_枝番号": "2"}
        if person.gone is None:
            base["異動事由"] = CORRECTED
    yield "juki", office.row(person, event.on, base, LATEST if latest else OLDER)


def _events(office: Office, household: Household, person: Person) -> list[Event]:
    entry = _entry(household, person)
    home = household.home
    moved, here = household.moved, entry.items
    events = [entry]
    if moved and moved > entry.on and household.moved_from:
        entry.home = household.moved_from
        events.append(Event(moved, MOVED, home, here | household.moved_from.items("転居前住所")))
    widowed = next((each.gone.on for each in household.members if each.gone), None)
    if widowed and person.gone is None and person.relation == HEAD and widowed > events[-1].on:
        events.append(Event(widowed, HEAD_CHANGED, home, events[-1].items))
    elif person.former and shift(events[-1].on, 1) < office.on:
        wish = events[-1].on + timedelta(days=300)
        events.append(Event(wish, FORMER_NAME, home, events[-1].items))
    if person.gone:
        events.append(_removal(office, person, home, events[-1].items))
    return events


def _entry(household: Household, person: Person) -> Event:
    arrived, foreign = household.arrived, person.foreign
    if foreign and foreign.arrived > person.birth:
        items = {
            "住民となった年月日": iso(foreign.arrived),
            "転入前住所_国名等": foreign.nationality,
            "転入前住所_国名コード": foreign.country_code,
        }
        return Event(foreign.arrived, CAME_FROM_ABROAD, household.home, items)
    if arrived and arrived > person.birth and household.arrived_from:
        items = {
            "住民となった年月日": iso(arrived),
            **household.arrived_from.items("転入前住所"),
            "転入前住所_世帯主氏名": household.previous_head,
        }
        return Event(arrived, CAME, household.home, items)
    return Event(person.birth, BORN, household.home, {"住民となった年月日": iso(person.birth)})


def _removal(office: Office, person: Person, home: Address, here: Row) -> Event:
    assert person.gone
    gone = person.gone
    told = min(office.on, gone.on + timedelta(days=int(office.rng.random() * 10)))
    items = here | {"消除の届出年月日": iso(told), "消除の異動年月日": iso(gone.on)}
    items["消除の異動年月日_不詳フラグ"] = "0"
    if gone.to:
        items |= gone.to.items("転出先住所（予定）")
        if gone.to.code and office.rng.random() < 0.8:
            items |= gone.to.items("転出先住所（確定）")
            notice = min(office.on, gone.on + timedelta(days=int(office.rng.random() * 14)))
            items["転入通知年月日"] = iso(notice)
    return Event(gone.on, gone.reason, home, items)


def _row(household: Household, person: Person, event: Event, latest: bool) -> Row:
    gone = person.gone if latest else None
    codes = {f"続柄コード{place}": code for place, code in enumerate(person.relation, 1)}
    return {
        "世帯番号": household.number,
        "住民種別": "2" if person.foreign else "1",
        "住民状態": gone.state if gone else "1",
        "異動年月日": iso(event.on),
        "異動年月日_不詳フラグ": "0",
        "異動事由": event.reason,
        "氏名_フリガナ": person.kana,
        **_names(person),
        "性別": person.sex,
        "性別表記": code_lists()["sex"][person.sex],
        "生年月日": person.birth_raw or iso(person.birth),
        "生年月日_不詳フラグ": "1" if person.birth_raw else "0",
        "生年月日_不詳表記": person.birth_text,
        **codes,
        "続柄表記": "の".join(code_lists()["relationship"][code] for code in person.relation),
        **event.home.items("住所"),
        "住所_方書_フリガナ": event.home.building_kana,
        **event.items,
        "住民となった年月日_不詳フラグ": "0",
        "地区管理コード1": f"{event.home.postal[3:]}" if event.home.postal else "",
    }


def _names(person: Person) -> Row:
    foreign = person.foreign
    if foreign is None:
        former = person.former
        return {
            "氏名": person.name,
            "旧氏": former.text if former else "",
            "旧氏_フリガナ": former.kana if former else "",
        }
    alias = foreign.alias
    return {
        "氏名": foreign.roman,
        "氏名_外国人ローマ字": foreign.roman,
        "氏名_外国人漢字": foreign.kanji,
        "通称": alias.text if alias else "",
        "通称_フリガナ": alias.kana if alias else "",
        "氏名優先区分": foreign.priority,
        "外国人住民となった年月日": iso(foreign.arrived),
        "外国人住民となった年月日_不詳フラグ": "0",
        "国籍等_国名コード": foreign.country_code,
        "国籍名等": foreign.nationality,
        "第30条45規定区分": foreign.category,
        "在留資格等コード": foreign.status,
        "在留期間等コード_年": foreign.years,
        "在留期間の満了の日": iso(foreign.until),
    }
