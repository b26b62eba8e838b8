"""What 住民基本台帳 hears of on one day: moves, births, marriages, deaths, and what follows from them."""

from __future__ import annotations

from residents.town import children, names, register
from residents.town.book import DIED, MOVED, Book
from residents.town.ledger import Office, Row, iso
from residents.town.people import (
    CHILD,
    FEMALE,
    HEAD,
    HUSBAND,
    MALE,
    WIFE,
    Gone,
    Household,
    Insurance,
    Person,
)
from residents.town.places import Address, at_home, elsewhere
from residents.town.structures import someone
from residents.town.work import earner

HERE = "住所_"
BEFORE = "転居前住所_"
NAME_CHANGED, LEFT, DEAD = "43", "21", "23"


def move_within(office: Office, household: Household, book: Book) -> None:
    """転居 of everybody: a new address, and where they lived before."""
    household.home = at_home(office.rng)
    for person in household.present:
        old = _resident(book, person)
        before = {
            BEFORE + name.removeprefix(HERE): text
            for name, text in old.items()
            if name.startswith(HERE) and not name.endswith("_フリガナ")
        }
        gone = {name: "" for name in old if name.startswith((HERE, BEFORE))}
        _change(office, book, person, register.MOVED, gone | before | _address(household.home))


def move_out(office: Office, household: Household, book: Book) -> None:
    """転出 of everybody to another municipality; the other ledgers close."""
    to = elsewhere(office.rng)
    for person in household.present:
        person.gone = Gone("2", LEFT, office.on, to)
        items = _removed(office, "2") | to.items("転出先住所（予定）")
        _change(office, book, person, LEFT, items)
        book.end_all(person.number, office, MOVED)


def die(office: Office, household: Household, book: Book) -> None:
    """Death of the eldest if old; husband or wife becomes 世帯主 if it was the head."""
    person = min(household.present, key=lambda each: each.birth, default=None)
    if person is None or office.age(person) < 60:
        return
    heir = household.partner(person)
    alone = len(household.present) == 1
    if person.relation == HEAD and not alone and (heir is None or heir.gone):
        return
    was_head = person.relation == HEAD
    person.gone = Gone("3", DEAD, office.on)
    _change(office, book, person, DEAD, _removed(office, "3"))
    book.end_all(person.number, office, DIED)
    if was_head and heir and not alone:
        heir.relation = HEAD
        items = {"続柄コード1": "02", "続柄コード2": "", "続柄表記": "世帯主"}
        _change(office, book, heir, register.HEAD_CHANGED, items)


def be_born(office: Office, household: Household, book: Book) -> None:
    """Birth of a child to a couple living here, with its insurance and the parents' 児童手当."""
    parents = next((pair for pair in household.couples if _may_have_a_child(office, pair)), None)
    if parents is None or HEAD not in (parents[0].relation, parents[1].relation):
        return
    child = _child(office, parents)
    household.members.append(child)
    household.children.append(child)
    household.parents = household.parents or list(parents)
    _enter(office, household, book, child)
    _insure(office, household, book, child)
    alone = Household([child], household.home, parents=household.parents, children=[child])
    for code, row in children.child_medical(office, alone):
        book.add(code, row)
    _pay_for(office, household, book, child)


def marry(office: Office, household: Household, book: Book) -> None:
    """Somebody living alone marries: the other moves in from elsewhere, the wife takes his 氏."""
    if len(household.present) != 1 or household.in_facility:
        return
    single = household.present[0]
    if single.foreign or single.welfare or not 20 <= office.age(single) < 45:
        return
    rng = office.rng
    sex, relation = (MALE, HUSBAND) if single.sex == FEMALE else (FEMALE, WIFE)
    family = None if sex == MALE else single.family
    years = max(19.0, office.age(single) + rng.uniform(-4, 4))
    other = someone(rng, sex, years, office.on, family, relation)
    household.members.append(other)
    household.couples = [(single, other)]
    _enter(office, household, book, other, elsewhere(rng))
    if single.sex == FEMALE:
        single.family = other.family
        items = {"氏名": single.name, "氏名_フリガナ": single.kana}
        _change(office, book, single, NAME_CHANGED, items)


def correct(office: Office, household: Household, book: Book) -> None:
    """誤記修正 of one person's 方書."""
    if household.present and not household.in_facility:
        person = office.rng.choice(household.present)
        room = f"コーポ見本{1 + int(office.rng.random() * 9)}号室"
        _change(
            office, book, person, register.CORRECTED, {"住所_方書": room, "住所_方書_フリガナ": ""}
        )


def _resident(book: Book, person: Person) -> Row:
    return book.latest("juki", person.number)[0]


def _change(office: Office, book: Book, person: Person, reason: str, items: Row) -> None:
    event = {"異動年月日": iso(office.on), "異動届出年月日": iso(office.on), "異動事由": reason}
    stamp = office.stamp(office.on)
    book.supersede("juki", _resident(book, person), {**event, **items, **stamp})


def _address(home: Address) -> Row:
    return home.items("住所") | {
        "住所_方書_フリガナ": home.building_kana,
        "地区管理コード1": home.postal[3:],
    }


def _removed(office: Office, state: str) -> Row:
    return {
        "住民状態": state,
        "消除の届出年月日": iso(office.on),
        "消除の異動年月日": iso(office.on),
        "消除の異動年月日_不詳フラグ": "0",
    }


def _may_have_a_child(office: Office, pair: tuple[Person, Person]) -> bool:
    here = all(each.gone is None and not each.foreign for each in pair)
    mother = next((each for each in pair if each.sex == FEMALE), None)
    return here and mother is not None and 20 <= office.age(mother) < 43


def _child(office: Office, parents: tuple[Person, Person]) -> Person:
    rng, on = office.rng, office.on
    head = next(each for each in parents if each.relation == HEAD)
    sex = MALE if rng.random() < 0.513 else FEMALE
    return Person(sex, on, head.family, names.given(rng, sex, on.year), CHILD)


def _enter(
    office: Office,
    household: Household,
    book: Book,
    person: Person,
    come_from: Address | None = None,
) -> None:
    person.number = office.persons.next()
    alone = Household([person], household.home, household.number)
    if come_from:
        alone.arrived, alone.arrived_from, alone.previous_head = office.on, come_from, person.name
    for code, row in register.rows(office, alone):
        book.add(code, row)


def _insure(office: Office, household: Household, book: Book, child: Person) -> None:
    for parent in household.parents:
        for row in book.running("nhi", parent.number, office.on):
            members = [
                each for each in book.rows["nhi"] if each["国保記号番号"] == row["国保記号番号"]
            ]
            child.insurance = Insurance.NHI
            child.nhi_symbol, child.nhi_branch = row["国保記号番号"], f"{len(members) + 1:02}"
            items = {name: text for name, text in row.items() if name != "宛名番号"} | {
                "被保険者履歴番号": "1",
                "枝番": child.nhi_branch,
                "国保資格区分": "3",
                "国保資格取得年月日": iso(office.on),
                "国保資格取得事由": "04",
                "国保適用開始年月日": iso(office.on),
            }
            book.add("nhi", office.row(child, office.on, items))
            return
    child.insurance, child.supporter = Insurance.DEPENDENT, earner(household)


def _pay_for(office: Office, household: Household, book: Book, child: Person) -> None:
    for parent in household.parents:
        for row in book.running("child_allow", parent.number, office.on):
            count = int(row["支給対象児童数"]) + 1
            items = {
                "支給対象児童数": str(count),
                f"児童_宛名番号{min(count, 8)}": child.number,
                "支給月額": str(int(row["支給月額"]) + 15_000),
            }
            book.supersede("child_allow", row, items | office.stamp(office.on))
            return
    for code, row in children.child_allow(office, household):
        book.add(code, row)
