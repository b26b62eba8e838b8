"""国民健康保険, 後期高齢者医療, 介護保険 and 国民年金 of a household, row by row."""

from __future__ import annotations

import random
from datetime import date

from residents.town.ages import DAY, between, reaches, shift
from residents.town.ledger import Office, Row, Rows, ended, iso, last_day, reason
from residents.town.people import HEAD, Household, Insurance, Person, Work

INSURER, INSURER_NAME = "019998", "北見市（見本）"  # a number no insurer has
CARE_INSURER = "019992"
LTC_START = date(2000, 4, 1)
LATE_START = date(2008, 4, 1)
FORMER_MEMBERS = 0.05
CERTIFIED = ((75, 0.04), (80, 0.13), (85, 0.28), (90, 0.5), (200, 0.74))
LEVELS = (("12", 15), ("13", 15), ("21", 22), ("22", 18), ("23", 13), ("24", 11), ("25", 6))
HEAVY_LEVELS = (("23", 40), ("24", 36), ("25", 24))
STUDENT_EXEMPTION, LEGAL_EXEMPTION = "6", "7"


def nhi(office: Office, household: Household) -> Rows:
    """国保: a 記号番号 per household, a 枝番 per member; 擬制世帯主 where the head is not in it."""
    members = [each for each in household.members if each.insurance is Insurance.NHI]
    if members:
        yield from _nhi_household(office, household, members)
    for person in household.present:
        nominal_head = members and person is household.head
        left = person.insurance is Insurance.WORK and office.age(person) >= 22
        if left and not nominal_head and office.rng.random() < FORMER_MEMBERS:
            yield "nhi", _former_member(office, person)


def late_elderly(office: Office, household: Household) -> Rows:
    """後期高齢者医療: from the 75th birthday itself (高齢者の医療の確保に関する法律52条)."""
    for person in household.members:
        if person.insurance is not Insurance.LATE:
            continue
        start = max(shift(person.birth, 75), LATE_START, _since(household, person))
        moved_in = start > max(shift(person.birth, 75), LATE_START)
        share = "1" if person.income < 1_000_000 else "2" if person.income < 2_500_000 else "3"
        items = {
            "被保険者番号": office.late.next(),
            "履歴番号": "1",
            "個人区分コード": "2" if person.gone else "1",
            "被保険者資格取得事由コード": "03" if moved_in else "01",
            "被保険者資格取得年月日": iso(start),
            "被保険者資格喪失事由コード": reason(person.gone, "41", "42", "49"),
            "被保険者資格喪失年月日": ended(person),
            "保険者番号適用開始年月日": iso(start),
            "負担割合": share,
        }
        yield "late_elderly", office.row(person, start, items)


def ltc(office: Office, household: Household) -> Rows:
    """介護保険: 第1号 from the day 65 is reached, 第2号 only with a certification."""
    rng, on = office.rng, office.on
    for person in household.members:
        years = person.age(on)
        insured_at_40 = 40 <= years < 65 and not person.welfare and rng.random() < 0.004
        first = reaches(person.birth, 65) <= person.until(on)
        if not first and not insured_at_40:
            continue
        certified = _certification(rng, household, person, on, insured_at_40)
        start = max(reaches(person.birth, 65), LTC_START, _since(household, person))
        if not first:
            start = date.fromisoformat(certified["有効期間開始日"])
        items = {
            "介護保険者番号": CARE_INSURER,
            "被保険者番号": office.care.next(),
            "資格履歴番号": "1",
            "被保険者区分コード": "1" if first else "2",
            "資格取得日": iso(start),
            "資格喪失日": ended(person),
            **certified,
        }
        yield "ltc", office.row(person, start, items)


def pension(office: Office, household: Household) -> Rows:
    """国民年金: 第1号, 第2号, 第3号 of 20–59 (第2号 to 69), 任意加入 from 60."""
    for person in household.members:
        if not person.pension:
            continue
        rng, years = office.rng, office.age(person)
        grown = shift(person.birth, 18) if person.pension == "2" else reaches(person.birth, 20)
        start = max(grown, _since(household, person))
        if years > 23 and rng.random() < 0.7:
            last = last_day(person, office.on)
            start = max(start, between(rng, shift(person.birth, 22), last))
        lost = person.gone and reason(person.gone, "49", "43", "49")
        items = {
            "履歴番号": "1",
            "基礎年金番号": f"{1000 + int(rng.random() * 9000)}{office.pension.next()}",
            "被保険者種別": person.pension,
            "資格取得年月日": iso(min(start, office.on)),
            "資格取得事由": _acquired(rng, person, start),
            "資格喪失年月日": ended(person),
            "資格喪失事由": lost or "",
            **_first_kind(rng, person, office.on),
        }
        yield "pension", office.row(person, start, items)


def _nhi_household(office: Office, household: Household, members: list[Person]) -> Rows:
    symbol = office.nhi.next()
    head = household.head
    if head.insurance is not Insurance.NHI and head.relation == HEAD and not head.gone:
        start = max(_since(household, each) for each in members)
        yield "nhi", office.row(head, start, _nhi_items(symbol, "", "2", start, "09"))
    for place, person in enumerate(members, 1):
        person.nhi_symbol, person.nhi_branch = symbol, f"{place:02}"
        kind = "1" if person is head else "3"
        start, why = _nhi_start(office.rng, household, person, office.on)
        items = _nhi_items(symbol, person.nhi_branch, kind, start, why) | {
            "国保資格喪失年月日": ended(person),
            "国保資格喪失事由": reason(person.gone, "41", "44", "49"),
            "国保適用終了年月日": ended(person),
            "証区分": "03" if office.rng.random() < 0.02 else "01",
            "有効期限": iso(date(office.on.year + (office.on.month > 7), 7, 31)),
        }
        yield "nhi", office.row(person, start, items)


def _nhi_items(symbol: str, branch: str, kind: str, start: date, why: str) -> Row:
    return {
        "被保険者履歴番号": "1",
        "市区町村保険者番号": INSURER,
        "保険者名称": INSURER_NAME,
        "国保記号番号": symbol,
        "枝番": branch,
        "国保資格区分": kind,
        "国保資格取得年月日": iso(start),
        "国保資格取得事由": why,
        "国保適用開始年月日": iso(start),
    }


def _nhi_start(
    rng: random.Random, household: Household, person: Person, on: date
) -> tuple[date, str]:
    since = _since(household, person)
    if person.age(person.until(on)) >= 20 and rng.random() < 0.6:
        return between(rng, max(since, shift(person.birth, 20)), last_day(person, on)), "02"
    return since, "04" if since == person.birth else "01"


def _former_member(office: Office, person: Person) -> Row:
    start = between(office.rng, shift(person.birth, 20), shift(office.on, -1))
    left = between(office.rng, start, office.on - DAY)
    items = _nhi_items(office.nhi.next(), "01", "3", start, "02") | {
        "国保資格喪失年月日": iso(left),
        "国保資格喪失事由": "42",
        "国保適用終了年月日": iso(left),
    }
    return office.row(person, left, items)


def _since(household: Household, person: Person) -> date:
    """Since when somebody has been a resident."""
    if person.foreign:
        return max(person.birth, person.foreign.arrived)
    if household.arrived and household.arrived > person.birth:
        return household.arrived
    return person.birth


def _certification(
    rng: random.Random, household: Household, person: Person, on: date, always: bool
) -> Row:
    rate = next(rate for below, rate in CERTIFIED if person.age(person.until(on)) < below)
    if not (always or household.in_facility or household.certified or rng.random() < rate):
        return {}
    levels = HEAVY_LEVELS if household.in_facility else LEVELS
    level = rng.choices([code for code, _ in levels], [weight for _, weight in levels])[0]
    last = last_day(person, on)
    certified = between(rng, shift(last, -2), last)
    start = certified.replace(day=1)
    return {
        "要介護認定状況コード": "04",
        "要介護状態区分コード": level,
        "要介護認定日": iso(certified),
        "有効期間開始日": iso(start),
        "有効期間終了日": iso(shift(start, 3) - DAY),
    }


def _acquired(rng: random.Random, person: Person, start: date) -> str:
    if start == reaches(person.birth, 20):
        return "01"
    if person.foreign:
        return "04"
    return {"1": "02", "2": "05", "3": "06"}.get(person.pension, "09")


def _first_kind(rng: random.Random, person: Person, on: date) -> Row:
    if person.pension != "1":
        return {}
    year = on.year if on.month >= 7 else on.year - 1
    exemption, until = "0", date(year + 1, 6, 30)
    if person.welfare:
        exemption = LEGAL_EXEMPTION
    elif person.work is Work.STUDENT:
        exemption, until = STUDENT_EXEMPTION, date(on.year + (on.month > 3), 3, 31)
    elif person.income < 700_000:
        exemption = rng.choices(("0", "1", "3", "5"), (35, 40, 10, 15))[0]
    held = exemption != "0"
    start = date(year, 4, 1) if exemption == STUDENT_EXEMPTION else date(year, 7, 1)
    return {
        "付加保険料区分": "1" if rng.random() < 0.05 else "0",
        "免除区分": exemption,
        "免除開始年月日": iso(start) if held else "",
        "免除終了年月日": iso(until) if held else "",
        "納付方法": rng.choices(("1", "2", "3"), (50, 42, 8))[0],
    }
