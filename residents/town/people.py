"""Who lives in the demo town: persons and households while they are being made."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from residents.town.ages import age
from residents.town.names import Name
from residents.town.places import Address

MALE, FEMALE, UNKNOWN_SEX = "1", "2", "0"
HEAD, HUSBAND, WIFE = ("02",), ("11",), ("12",)
HUSBAND_UNREGISTERED, WIFE_UNREGISTERED = ("13",), ("14",)
CHILD, GRANDCHILD, CHILDS_WIFE = ("20",), ("20", "20"), ("20", "12")
FATHER, MOTHER = ("51",), ("52",)
RELATIVE, LODGER, BLANK = ("96",), ("99",), ("XX",)


class Work(StrEnum):
    """How somebody earns a living; it decides insurance, pension and tax."""

    EMPLOYEE = "employee"
    CIVIL_SERVANT = "civil_servant"
    SELF_EMPLOYED = "self_employed"
    PART_TIME = "part_time"
    STUDENT = "student"
    RETIRED = "retired"
    NONE = "none"

    @property
    def insured_at_work(self) -> bool:
        """社会保険 of the employer (健康保険法, 厚生年金保険法)."""
        return self in (Work.EMPLOYEE, Work.CIVIL_SERVANT)


class Insurance(StrEnum):
    """公的医療保険; NONE is 生活保護 (医療扶助)."""

    NHI = "nhi"
    LATE = "late"
    WORK = "work"
    DEPENDENT = "dependent"
    NONE = "none"


@dataclass(slots=True)
class Foreign:
    """What 住民基本台帳 adds for 外国人住民."""

    nationality: str
    country_code: str
    language: str
    roman: str
    kanji: str
    category: str
    status: str
    years: str
    until: date | None
    arrived: date
    alias: Name | None = None
    priority: str = "02"


@dataclass(slots=True)
class Gone:
    """Why and when somebody left the register (消除)."""

    state: str
    reason: str
    on: date
    to: Address | None = None


@dataclass(slots=True)
class Protection:
    """支援措置 of one person: its 区分, and until when."""

    kind: str
    start: date
    end: date


@dataclass(slots=True)
class Person:
    """One person. `birth` is the day counted with; 不詳 shows in `birth_raw` and `birth_text`."""

    sex: str
    birth: date
    family: Name
    given: Name
    relation: tuple[str, ...]
    number: str = ""
    birth_raw: str = ""
    birth_text: str = ""
    former: Name | None = None
    foreign: Foreign | None = None
    work: Work = Work.NONE
    salary: int = 0
    income: int = 0
    insurance: Insurance = Insurance.NONE
    supporter: Person | None = None
    pension: str = ""
    welfare: bool = False
    gone: Gone | None = None
    protection: Protection | None = None
    nhi_symbol: str = ""
    nhi_branch: str = ""

    @property
    def name(self) -> str:
        """氏名: 氏 and 名 with a full-width space (standard)."""
        return f"{self.family.text}　{self.given.text}" if self.given.text else self.family.text

    @property
    def kana(self) -> str:
        """氏名_フリガナ."""
        return f"{self.family.kana}　{self.given.kana}" if self.given.kana else self.family.kana

    def age(self, on: date) -> int:
        """Age in whole years on that day."""
        return age(self.birth, on)

    def until(self, on: date) -> date:
        """That day, or the day of leaving the register if it came earlier."""
        return self.gone.on if self.gone else on


@dataclass(slots=True)
class Household:
    """People under one 世帯番号. `parents` are those of the `children` who live here.

    `couples` are husband and wife (or 未届) in any order. `arrived` is when the household came to
    the city (None: always here), `moved` when it moved inside it. `sure` gives its grown-ups a
    連絡先 and a registered seal, `owns` 固定資産, `certified` a 要介護認定, for a demonstration.
    """

    members: list[Person]
    home: Address
    number: str = ""
    parents: list[Person] = field(default_factory=list)
    children: list[Person] = field(default_factory=list)
    couples: list[tuple[Person, Person]] = field(default_factory=list)
    arrived: date | None = None
    arrived_from: Address | None = None
    previous_head: str = ""
    moved: date | None = None
    moved_from: Address | None = None
    in_facility: bool = False
    sure: bool = False
    owns: bool = False
    certified: bool = False

    def partner(self, person: Person) -> Person | None:
        """The husband or wife living here."""
        for one, other in self.couples:
            if person is one:
                return other
            if person is other:
                return one
        return None

    @property
    def head(self) -> Person:
        """世帯主, or the first member while none is set (世帯主未設定)."""
        return next((each for each in self.present if each.relation == HEAD), self.members[0])

    @property
    def present(self) -> list[Person]:
        """The members who are still in the register."""
        return [each for each in self.members if each.gone is None]
