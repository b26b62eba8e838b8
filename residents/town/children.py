"""児童手当, 児童扶養手当, 子ども医療費助成 and 学齢簿 of a household, row by row."""

from __future__ import annotations

import random
from datetime import date

from residents.town import accounts
from residents.town.ages import DAY, age, between, grade, school_year_end, shift
from residents.town.insurance import INSURER, INSURER_NAME
from residents.town.ledger import Office, Row, Rows, ended, iso, reason
from residents.town.people import FEMALE, Household, Insurance, Person, Work
from residents.town.work import earner

LARGEST_FAMILY = 8
UNDER_3, FROM_3, THIRD = 15_000, 10_000, 30_000  # 児童手当法6条（2024年10月から）
SUPPORT_FULL, SUPPORT_SECOND = 46_690, 11_030  # 児童扶養手当 令和7年度の月額
SUPPORT_LIMIT, FULL_LIMIT = 2_300_000, 1_070_000
PAYER_NUMBER = "90019990"
UNIONS = {
    Work.CIVIL_SERVANT: ("4", "31019990", "見本共済組合"),
    Work.EMPLOYEE: ("2", "01019990", "見本健康保険協会"),
}
SCHOOLS = ("見本中央", "見本東", "見本西", "見本南", "見本北", "見本緑", "見本若葉", "見本三輪")
COUNTED_UNTIL, CHILD_UNTIL = 22, 18
CARED_FOR = (0.18, 0.5, 0.58, 0.93, 0.96, 0.97, 0.97)  # by age
NURSERIES = {"1": "幼稚園", "2": "保育園", "3": "保育園"}


def child_allow(office: Office, household: Household) -> Rows:
    """児童手当 of the earning parent, until the first 31 March after 18; 公務員 have none here."""
    recipient = _recipient(household)
    children = _children(household, office.on, CHILD_UNTIL)
    if recipient is None or not children or recipient.work is Work.CIVIL_SERVANT:
        return
    eldest = min(children, key=lambda child: child.birth)
    start = max(eldest.birth, _came(household, recipient))
    third, amount = _amount(household, children, office.on)
    partner = household.partner(recipient)
    numbers = {f"児童_宛名番号{i}": child.number for i, child in enumerate(children, 1)}
    items = {
        "履歴番号": "1",
        "認定番号": office.allowance.next(),
        "認定年月日": iso(start),
        "支給開始年月日": iso(_next_month(start, office.on)),
        "支給終了年月日": ended(recipient),
        "消滅事由": reason(recipient.gone, "01", "05", "09"),
        "支給対象児童数": str(len(children)),
        "第3子以降児童数": str(third),
        "支給月額": str(amount),
        "加入年金種別": "1" if recipient.work.insured_at_work else "2",
        "配偶者_宛名番号": partner.number if partner else "",
        **numbers,
        "公金受取口座利用区分": "1" if office.rng.random() < 0.4 else "0",
        **accounts.account(office.rng, recipient),
    }
    yield "child_allow", office.row(recipient, start, items)


def child_support(office: Office, household: Household) -> Rows:
    """児童扶養手当 of a parent alone whose income is below the limit."""
    parent = _recipient(household)
    children = _children(household, office.on, CHILD_UNTIL)
    alone = parent and len(household.parents) == 1 and not household.partner(parent)
    if not parent or not alone or not children or parent.foreign or parent.gone:
        return
    limit = SUPPORT_LIMIT + 380_000 * (len(children) - 1)
    if parent.income > limit:
        return
    full = parent.income <= FULL_LIMIT
    amount = (SUPPORT_FULL if full else SUPPORT_FULL // 2) + SUPPORT_SECOND * (len(children) - 1)
    first = max(children[0].birth, _came(household, parent))
    start = between(office.rng, first, office.on - 40 * DAY)
    items = {
        "履歴番号": "1",
        "証書番号": office.support.next(),
        "認定年月日": iso(start),
        "支給開始年月日": iso(_next_month(start, office.on)),
        "受給者区分": "1" if parent.sex == FEMALE else "2",
        "支給事由": office.rng.choices(("01", "08", "02"), (80, 13, 7))[0],
        "支給区分": "1" if full else "2",
        "支給対象児童数": str(len(children)),
        "支給月額": str(amount),
        **{f"児童_宛名番号{i}": child.number for i, child in enumerate(children, 1)},
        **accounts.account(office.rng, parent),
    }
    yield "child_support", office.row(parent, start, items)


def child_medical(office: Office, household: Household) -> Rows:
    """子ども医療費助成: every child until the first 31 March after 18, but not under 生活保護."""
    guardian = _recipient(household)
    for child in _children(household, office.on, CHILD_UNTIL):
        if child.insurance is Insurance.NONE or not guardian:
            continue
        start = max(child.birth, _came(household, child))
        left = child.gone is not None
        items = {
            "履歴番号": "1",
            "受給者番号": office.medical.next(),
            "公費負担者番号": PAYER_NUMBER,
            "資格開始年月日": iso(start),
            "資格終了年月日": ended(child) or iso(school_year_end(child.birth, 18) + DAY),
            "終了事由": "01" if left else "",
            "保護者_宛名番号": guardian.number,
            "自己負担区分": "0" if age(child.birth, office.on) < 3 else "1",
            **_insurance(office, child),
        }
        yield "child_medical", office.row(child, start, items)


def school(office: Office, household: Household) -> Rows:
    """学齢簿: children of grade 1–9, at the school of their district."""
    guardian = _recipient(household) or household.head
    for child in household.members:
        year = grade(child.birth, child.until(office.on))
        if not 1 <= year <= 9:
            continue
        junior = year > 6
        entered = date(school_year_end(child.birth, 12 if junior else 6).year, 4, 1)
        special = office.rng.random() < 0.012
        items = {
            "履歴番号": "1",
            "学校区分": "4" if special else "2" if junior else "1",
            "学校名": "北見見本支援学校" if special else _school(household, junior),
            "学年": str(year - 6 if junior else year),
            "就学年月日": iso(max(entered, _came(household, child))),
            "卒業予定年月日": iso(date(entered.year + (3 if junior else 6), 3, 31)),
            "終了年月日": ended(child),
            "就学区分": "1",
            "保護者_宛名番号": guardian.number,
            "就学援助認定区分": _aid(guardian),
        }
        yield "school", office.row(child, max(entered, _came(household, child)), items)


def childcare(office: Office, household: Household) -> Rows:
    """教育・保育給付認定 of children before school: 3号 below three years, then 2号 or 1号."""
    guardian = _recipient(household)
    for child in household.children:
        # Decided by the child's number, so that what other ledgers draw stays as it was.
        rng = random.Random(f"{child.number} childcare")
        school_from = school_year_end(child.birth, 6) + DAY
        years = age(child.birth, child.until(office.on))
        if not guardian or child.until(office.on) >= school_from or rng.random() > CARED_FOR[years]:
            continue
        kind = "3" if years < 3 else "1" if rng.random() < 0.3 else "2"
        first = max(
            child.birth, _came(household, child), shift(child.birth, 3 if kind != "3" else 0)
        )
        start = between(rng, first, child.until(office.on))
        items = {
            "履歴番号": "1" if kind == "3" else "2",
            "認定番号": f"{int(child.number[:9]) % 10_000_000:07}",
            "認定区分": kind,
            "保育必要量": "" if kind == "1" else "1" if guardian.work.insured_at_work else "2",
            "認定開始年月日": iso(start),
            "認定終了年月日": ended(child)
            or iso(shift(child.birth, 3) if kind == "3" else school_from),
            "保護者_宛名番号": guardian.number,
            "施設名": f"見本{SCHOOLS[int(household.home.postal or 0) % len(SCHOOLS)][2:]}{NURSERIES[kind]}",
            "利用者負担月額": str(rng.randrange(8, 40) * 1_000) if kind == "3" else "0",
        }
        stamped = Office(rng, office.on).row(child, start, items)
        yield "childcare", stamped


def _recipient(household: Household) -> Person | None:
    """The parent in charge; of a household that has gone, the one who was."""
    return earner(household) or (household.parents[0] if household.parents else None)


def _children(household: Household, on: date, until: int) -> list[Person]:
    return [
        child
        for child in household.children
        if school_year_end(child.birth, until) >= child.until(on)
    ]


def _amount(household: Household, children: list[Person], on: date) -> tuple[int, int]:
    """第3子以降 counts brothers and sisters until the first 31 March after 22 (法3条)."""
    counted = sorted(_children(household, on, COUNTED_UNTIL), key=lambda child: child.birth)
    third = amount = 0
    for place, child in enumerate(counted, 1):
        if not any(child is each for each in children):
            continue
        third += place >= 3
        younger = UNDER_3 if age(child.birth, on) < 3 else FROM_3
        amount += THIRD if place >= 3 else younger
    return third, amount


def _next_month(day: date, on: date) -> date:
    first = date(day.year + (day.month == 12), day.month % 12 + 1, 1)
    return min(first, on)


def _came(household: Household, person: Person) -> date:
    if person.foreign:
        return max(person.birth, person.foreign.arrived)
    return max(person.birth, household.arrived or person.birth)


def _insurance(office: Office, child: Person) -> Row:
    if child.insurance is Insurance.NHI:
        return {
            "加入医療保険区分": "1",
            "保険者番号": INSURER,
            "保険者名称": INSURER_NAME,
            "被保険者記号番号": f"{child.nhi_symbol}-{child.nhi_branch}",
        }
    work = child.supporter.work if child.supporter else Work.EMPLOYEE
    kind, number, name = UNIONS.get(work, UNIONS[Work.EMPLOYEE])
    symbol = f"{10_000 + int(office.rng.random() * 80_000)}-{1 + int(office.rng.random() * 9_000)}"
    return {
        "加入医療保険区分": kind,
        "保険者番号": number,
        "保険者名称": name,
        "被保険者記号番号": symbol,
    }


def _school(household: Household, junior: bool) -> str:
    """An invented school, the same for everybody of one postal district."""
    name = SCHOOLS[int(household.home.postal or 0) % len(SCHOOLS)]
    return f"北見市立{name}{'中学校' if junior else '小学校'}"


def _aid(guardian: Person) -> str:
    if guardian.welfare:
        return "1"
    return "2" if guardian.income < 1_500_000 else "0"
