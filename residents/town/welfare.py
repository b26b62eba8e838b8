"""生活保護, 障害者手帳 and 印鑑登録 of a household, row by row."""

from __future__ import annotations

import random
from datetime import date

from residents.town.ages import between, shift
from residents.town.ledger import Office, Row, Rows, ended, iso, last_day, reason
from residents.town.people import Household, Person, Work

OFFICE_CODE = "019999"
WELFARE_SHARE = {"old": 0.045, "parent": 0.1, "single": 0.03, "other": 0.006}
PHYSICAL = ((18, 0.003), (40, 0.006), (65, 0.022), (75, 0.06), (200, 0.11))
IMPAIRMENTS = (
    ("04", "下肢機能障害", 40),
    ("05", "心臓機能障害", 22),
    ("05", "じん臓機能障害", 10),
    ("02", "聴覚障害", 12),
    ("01", "視覚障害", 8),
    ("04", "上肢機能障害", 8),
)
INTELLECTUAL, MENTAL = 0.009, 0.013
SEAL_SHARE, SEAL_SHARE_FOREIGN = 0.6, 0.25
NAME_ON_SEAL, FORMER_ON_SEAL, ALIAS_ON_SEAL = "1", "2", "3"


def put_on_welfare(rng: random.Random, household: Household, on: date) -> None:
    """Decide whether the household lives on 生活保護 (世帯単位, 生活保護法10条)."""
    head = household.head
    kind = "other"
    if len(household.members) == 1:
        kind = "old" if head.age(on) >= 65 else "single" if head.age(on) >= 35 else "other"
    elif household.children and len(household.parents) == 1:
        kind = "parent"
    if rng.random() < WELFARE_SHARE[kind] and not head.foreign and not household.in_facility:
        give(household, on)


def give(household: Household, on: date) -> None:
    """生活保護 for everybody of the household: nobody works, nobody is insured elsewhere."""
    for person in household.members:
        person.welfare = True
        person.salary = person.income = 0
        adult = person.age(on) >= 65
        person.work = Work.STUDENT if 15 <= person.age(on) < 18 else Work.NONE
        person.work = Work.RETIRED if adult else person.work


def welfare(office: Office, household: Household) -> Rows:
    """生活保護: one case a household, a 員番号 a member."""
    members = [person for person in household.members if person.welfare]
    if not members:
        return
    rng = office.rng
    case = office.case.next()
    last = last_day(members[0], office.on)
    start = between(rng, shift(last, -9), last)
    for place, person in enumerate(members, 1):
        schooled = 6 <= office.age(person) < 15
        items = {
            "福祉事務所コード": OFFICE_CODE,
            "ケース番号": case,
            "申請履歴番号": "1",
            "決定履歴番号": "1",
            "員番号": str(place),
            "開始年月日": iso(max(start, person.birth)),
            "廃止年月日": ended(person),
            "単併給区分": "2",
            "生活扶助フラグ": "1",
            "住宅扶助フラグ": "1" if household.home.building else "0",
            "教育扶助フラグ": "1" if schooled else "0",
            "介護扶助フラグ": "1" if office.age(person) >= 80 else "0",
            "医療扶助フラグ": "1",
            "出産扶助フラグ": "0",
            "生業扶助フラグ": "0",
        }
        yield "welfare", office.row(person, start, items)


def disability(office: Office, household: Household) -> Rows:
    """障害者手帳 of each kind; a few people hold two."""
    rng = office.rng
    for person in household.members:
        years = office.age(person)
        if rng.random() < next(rate for below, rate in PHYSICAL if years < below):
            yield _handbook(office, person, "1", _physical(rng))
        if 3 <= years < 70 and rng.random() < INTELLECTUAL:
            grade = "A" if rng.random() < 0.35 else "B"
            yield _handbook(office, person, "2", {"療育判定": grade})
        if 18 <= years < 75 and rng.random() < MENTAL:
            until = iso(shift(office.on, 1).replace(day=1))
            grade = rng.choices("123", (10, 58, 32))[0]
            yield _handbook(office, person, "3", {"精神等級": grade, "有効期限": until})


def seal(office: Office, household: Household) -> Rows:
    """印鑑登録 of people of 15 or more who are able to; a few cards are lost."""
    rng = office.rng
    for person in household.members:
        share = SEAL_SHARE_FOREIGN if person.foreign else SEAL_SHARE
        if office.age(person) < 18 or household.in_facility:
            continue
        if not household.sure and rng.random() > share:
            continue
        last = last_day(person, office.on)
        came = household.arrived or shift(person.birth, 18)
        day = between(rng, max(came, shift(person.birth, 18)), last)
        items = {
            "履歴番号": "1",
            "印鑑登録番号": office.seal.next(),
            "登録年月日": iso(day),
            "廃止年月日": ended(person),
            "廃止事由": reason(person.gone, "01", "02", "09"),
            "登録氏名区分": _name_on_seal(rng, person),
            "登録証亡失フラグ": "1" if rng.random() < 0.01 else "0",
        }
        yield "seal", office.row(person, day, items)


def _name_on_seal(rng: random.Random, person: Person) -> str:
    if person.foreign:
        return ALIAS_ON_SEAL if person.foreign.alias else NAME_ON_SEAL
    return FORMER_ON_SEAL if person.former and rng.random() < 0.4 else NAME_ON_SEAL


def _physical(rng: random.Random) -> Row:
    part, name, _ = rng.choices(IMPAIRMENTS, [weight for _, _, weight in IMPAIRMENTS])[0]
    grade = rng.choices("123456", (30, 15, 16, 24, 7, 8))[0]
    return {
        "統計部位": part,
        "障害名": name,
        "障害種別": "1" if grade in "12" else "2",
        "総合等級": grade,
    }


def _handbook(office: Office, person: Person, kind: str, grades: Row) -> tuple[str, Row]:
    last = last_day(person, office.on)
    issued = between(office.rng, max(person.birth, shift(last, -20)), last)
    items = {
        "手帳種別": kind,
        "履歴番号": "1",
        "返還日": ended(person),
        "資格状態コード": "50" if person.gone else "40",
        "初回交付日": iso(issued),
        "手帳番号": office.handbook.next(),
        **grades,
    }
    return "disability", office.row(person, issued, items)
