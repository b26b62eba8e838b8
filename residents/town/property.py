"""個人住民税, 固定資産税 and 軽自動車税 of a household, row by row."""

from __future__ import annotations

from datetime import date

from residents.town.ages import age, between, fiscal_year, shift
from residents.town.foreigners import TRAINEE
from residents.town.ledger import Office, Row, Rows, ended, iso, last_day
from residents.town.people import Household, Insurance, Person, Work
from residents.town.places import wide

TAX_FREE = 380_000  # 均等割の非課税限度額（級地により異なる）: 本人だけのとき
TAX_FREE_EACH, TAX_FREE_PLUS = 280_000, 168_000
PER_CAPITA, RATE = 5_000, 0.1
BASIC_DEDUCTION = 430_000
LAST_YEAR_TOO, UNDECLARED = 0.12, 0.03
KEI = (("スズキ　見本号", 0.66), ("ダイハツ　見本号", 0.66), ("ホンダ　見本号", 0.66))
MOTORBIKES = (("11", "0.05"), ("12", "0.09"), ("13", "0.12"), ("31", "0.25"))
KANA_ON_PLATES = "あいうえかきくけこさすせそ"


def residence_tax(office: Office, household: Household) -> Rows:
    """個人住民税 of everybody of 16 or more on 1 January; taxed elsewhere if they came later."""
    year = fiscal_year(office.on)
    for person in household.members:
        new_year = date(year, 1, 1)
        if age(person.birth, new_year) < 16 or person.until(office.on) < new_year:
            continue
        dependents = sum(each.supporter is person for each in household.members)
        yield "residence_tax", _assessment(office, household, person, year, dependents)
        if office.rng.random() < LAST_YEAR_TOO and _here_on(household, person, year - 1):
            yield "residence_tax", _assessment(office, household, person, year - 1, dependents)


def property_tax(office: Office, household: Household) -> Rows:
    """固定資産税: heads who own land or a house here; mostly people over 40 in houses."""
    rng, owner = office.rng, household.members[0]
    if household.in_facility or owner.foreign or office.age(owner) < 30:
        return
    rate = 0.06 if household.home.building else 0.62 if office.age(owner) >= 45 else 0.4
    if not household.owns and rng.random() > rate:
        return
    land, house = rng.randrange(900, 9_000) * 1000, rng.randrange(500, 12_000) * 1000
    year = fiscal_year(office.on)
    items = {
        "課税年度": str(year),
        "履歴番号": "1",
        "義務者コード": owner.number,
        "共有区分": "2" if rng.random() < 0.15 else "1",
        "土地筆数": str(rng.choices((1, 2, 3, 7), (70, 18, 8, 4))[0]),
        "家屋棟数": str(rng.choices((1, 2), (82, 18))[0]),
        "土地評価額": str(land),
        "家屋評価額": str(house),
        "年税額": str(int((land / 6 + house) * 0.014) // 100 * 100),
        "納税管理人区分": "1" if owner.gone and owner.gone.state == "2" else "0",
        "納付方法": "2" if rng.random() < 0.5 else "1",
    }
    yield "property_tax", office.row(owner, date(year, 5, 1), items)


def light_vehicle(office: Office, household: Household) -> Rows:
    """軽自動車税: one grown-up in four has a small car, one in forty a motorbike or a tractor."""
    rng = office.rng
    for person in household.members:
        years = office.age(person)
        trainee = person.foreign and person.foreign.status in TRAINEE
        if not 18 <= years < 85 or household.in_facility or trainee or person.welfare:
            continue
        if rng.random() < 0.26:
            yield small_car(office, person)
        if rng.random() < 0.025:
            kind, displacement_text = rng.choice(MOTORBIKES)
            plate = f"北見市　{rng.choice(KANA_ON_PLATES)}　{wide(int(office.plate.next()))}"
            yield _vehicle(office, person, plate, kind, "見本二輪", displacement_text, 2_000)
        if person.work is Work.SELF_EMPLOYED and rng.random() < 0.06:
            plate = f"北見市　農　{wide(int(office.plate.next()))}"
            yield _vehicle(office, person, plate, "21", "見本農機", "", 2_400)


def small_car(office: Office, person: Person) -> tuple[str, Row]:
    """A 軽自動車 of that person."""
    rng = office.rng
    make, displacement = rng.choice(KEI)
    plate = f"北見　５８０　{rng.choice(KANA_ON_PLATES)}　{wide(int(office.plate.next()))}"
    return _vehicle(office, person, plate, "41", make, str(displacement), 10_800)


def _vehicle(
    office: Office,
    person: Person,
    plate: str,
    kind: str,
    make: str,
    displacement: str,
    tax: int,
) -> tuple[str, Row]:
    last = last_day(person, office.on)
    bought = between(office.rng, max(shift(last, -12), shift(person.birth, 18)), last)
    scrapped = ""
    if office.rng.random() < 0.04:
        scrapped = iso(between(office.rng, bought, last))
    items = {
        "標識番号": plate,
        "履歴番号": "1",
        "車種区分": kind,
        "総排気量": displacement,
        "車台番号": f"SAMPLE-{office.plate.last:07}",
        "車名": make,
        "所有形態": "2" if office.rng.random() < 0.2 else "1",
        "登録年月日": iso(bought),
        "廃車年月日": scrapped or (ended(person) if person.gone and person.gone.to else ""),
        "税額": str(tax),
    }
    return "light_vehicle", office.row(person, bought, items)


def _assessment(
    office: Office, household: Household, person: Person, year: int, dependents: int
) -> Row:
    rng = office.rng
    elsewhere = not _here_on(household, person, year)
    came_from = household.arrived_from.code if household.arrived_from else ""
    taxed = not elsewhere and not person.welfare and person.income > _tax_free(dependents)
    undeclared = not taxed and person.income == 0 and rng.random() < UNDECLARED
    amounts = {
        "給与収入金額": str(person.salary),
        "合計所得金額": str(person.income),
        "扶養親族数": str(dependents),
        "均等割額": str(PER_CAPITA if taxed else 0),
        "所得割額": str(_levy(person, dependents) if taxed else 0),
    }
    items = {
        "課税年度": str(year),
        "課税情報履歴番号": "1",
        "課税非課税区分": "1" if taxed else "0",
        "個人履歴番号": "1",
        "未申告区分": "2" if undeclared else "0",
        "他団体課税対象者区分": "1" if elsewhere else "0",
        "他団体課税対象者の課税先市区町村コード": came_from if elsewhere else "",
        **({} if elsewhere else amounts),
    }
    return office.row(person, date(year, 6, 1), items)


def _tax_free(dependents: int) -> int:
    if not dependents:
        return TAX_FREE
    return TAX_FREE_EACH * (dependents + 1) + TAX_FREE_PLUS + 100_000


def _levy(person: Person, dependents: int) -> int:
    taxable = person.income - BASIC_DEDUCTION - 330_000 * dependents
    social = int(person.income * 0.12) if person.insurance is not Insurance.NONE else 0
    return max(0, int((taxable - social) * RATE) // 100 * 100)


def _here_on(household: Household, person: Person, year: int) -> bool:
    came = person.foreign.arrived if person.foreign else household.arrived or person.birth
    return came < date(year, 1, 1)
