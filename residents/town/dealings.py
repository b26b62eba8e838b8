"""What people settle with the other offices on one day: 支援措置, 国保, 印鑑, cars, care and tax."""

from __future__ import annotations

from datetime import date

from residents.town import property
from residents.town.ages import DAY, shift
from residents.town.book import OTHER, Book
from residents.town.ledger import Office, iso
from residents.town.people import FEMALE, Household


def begin_protection(office: Office, household: Household, book: Book) -> None:
    """支援措置 of a woman and everybody who lives with her."""
    if household.in_facility or household.head.sex != FEMALE or book.rows.get("protection"):
        return
    for person in household.present:
        items = {
            "履歴番号": "1",
            "支援措置開始年月日": iso(office.on),
            "支援措置終了年月日": iso(shift(office.on, 1) - DAY),
            "支援措置区分": "1",
        }
        book.add("protection", office.row(person, office.on, items))


def review_protection(office: Office, household: Household, book: Book) -> None:
    """支援措置 is prolonged for a year, or ends (区分3)."""
    ends = office.rng.random() < 0.4
    for person in household.present:
        for row in book.latest("protection", person.number):
            if row["支援措置区分"] == "3":
                continue
            until = shift(date.fromisoformat(row["支援措置終了年月日"]), 1)
            items = {"支援措置区分": "1", "支援措置終了年月日": iso(until)}
            if ends:
                items = {"支援措置区分": "3", "支援措置終了年月日": iso(office.on)}
            book.supersede("protection", row, items | office.stamp(office.on))


def leave_nhi(office: Office, household: Household, book: Book) -> None:
    """Somebody finds work with 社会保険 and leaves 国保."""
    for person in household.present:
        for row in book.running("nhi", person.number, office.on):
            if 20 <= office.age(person) < 65 and row["国保資格区分"] == "3":
                book.end("nhi", row, office, OTHER)
                return


def tell_contact(office: Office, household: Household, book: Book) -> None:
    """A new mobile number, told by those who agreed that the city keeps it."""
    for person in household.present:
        for row in book.running("contact", person.number, office.on):
            number = f"090-0000-{int(office.rng.random() * 10_000):04}"
            items = {"電話番号_携帯": number, "申告年月日": iso(office.on)}
            book.supersede("contact", row, items | office.stamp(office.on))
            return


def register_or_end_seal(office: Office, household: Household, book: Book) -> None:
    """印鑑登録 ends on request, or a grown-up registers one."""
    for person in household.present:
        if rows := book.running("seal", person.number, office.on):
            book.end("seal", rows[0], office, OTHER)
            return
        if office.age(person) >= 18 and not book.latest("seal", person.number):
            items = {
                "履歴番号": "1",
                "印鑑登録番号": office.seal.next(),
                "登録年月日": iso(office.on),
                "登録氏名区分": "1",
                "登録証亡失フラグ": "0",
            }
            book.add("seal", office.row(person, office.on, items))
            return


def change_car(office: Office, household: Household, book: Book) -> None:
    """A small car is scrapped, and half of them are replaced by another."""
    for person in household.present:
        for row in book.running("light_vehicle", person.number, office.on):
            book.end("light_vehicle", row, office, OTHER)
            if office.rng.random() < 0.5:
                book.add(*property.small_car(office, person))
            return


def certify_again(office: Office, household: Household, book: Book) -> None:
    """要介護認定 anew, one level up or down."""
    for person in household.present:
        for row in book.running("ltc", person.number, office.on):
            if row.get("要介護状態区分コード"):
                level = office.rng.choice(("12", "13", "21", "22", "23", "24", "25"))
                items = {
                    "要介護状態区分コード": level,
                    "要介護認定日": iso(office.on),
                    "有効期間開始日": iso(office.on),
                    "有効期間終了日": iso(shift(office.on, 2) - DAY),
                }
                book.supersede("ltc", row, items | office.stamp(office.on))
                return


def assess_again(office: Office, household: Household, book: Book) -> None:
    """更正 of a 住民税 assessment after a late declaration."""
    for person in household.present:
        for row in book.latest("residence_tax", person.number)[:1]:
            income = int(row.get("合計所得金額") or 0) + 100_000
            items = {"合計所得金額": str(income)} | office.stamp(office.on)
            book.supersede("residence_tax", row, items)
            return
