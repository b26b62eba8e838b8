"""The shapes of households: single, couple, with children, three generations, and the rare ones."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date

from residents.town import foreigners, names
from residents.town.ages import birth_at
from residents.town.names import Name
from residents.town.people import (
    BLANK,
    CHILD,
    CHILDS_WIFE,
    FATHER,
    FEMALE,
    GRANDCHILD,
    HEAD,
    HUSBAND,
    LODGER,
    MALE,
    MOTHER,
    RELATIVE,
    WIFE,
    WIFE_UNREGISTERED,
    Household,
    Person,
)
from residents.town.places import Address, at_home

Builder = Callable[[random.Random, date], Household]

SIBLING = {(MALE, True): ("71",), (MALE, False): ("74",), (FEMALE, True): ("81",)}
YOUNGER_SISTER = ("84",)
WIFES_MOTHER = ("12", "52")
WIFES_CHILD = ("14", "20")
CHILDREN = ((1, 40), (2, 43), (3, 14), (4, 3))


def someone(
    rng: random.Random,
    sex: str,
    years: float,
    on: date,
    family: Name | None = None,
    relation: tuple[str, ...] = HEAD,
) -> Person:
    """A Japanese person of about that age."""
    birth = birth_at(rng, years, on)
    family = family or names.surname(rng)
    return Person(sex, birth, family, names.given(rng, sex, birth.year), relation)


def single(rng: random.Random, on: date, low: float, high: float, female: float) -> Household:
    """One person living alone."""
    sex = FEMALE if rng.random() < female else MALE
    person = someone(rng, sex, rng.uniform(low, high), on)
    return Household([person], at_home(rng, 0.75 if high < 65 else 0.35))


def single_young(rng: random.Random, on: date) -> Household:
    """A student or a beginner at work."""
    return single(rng, on, 18, 34, 0.42)


def single_middle(rng: random.Random, on: date) -> Household:
    """One person of 35–64."""
    return single(rng, on, 35, 64.9, 0.38)


def single_old(rng: random.Random, on: date) -> Household:
    """One person of 65 or more; mostly widows."""
    sex = FEMALE if rng.random() < 0.68 else MALE
    high = 99 if sex == FEMALE else 93
    return Household([someone(rng, sex, rng.triangular(65, high, 80), on)], at_home(rng, 0.35))


def pair(rng: random.Random, on: date, husband_age: float) -> tuple[Person, Person]:
    """Husband and wife; in one couple of twenty the wife is 世帯主."""
    husband = someone(rng, MALE, husband_age, on)
    years = min(husband_age + 8, max(19.0, husband_age - rng.gauss(1.8, 3.2)))
    wife = someone(rng, FEMALE, years, on, husband.family, WIFE)
    if rng.random() < 0.03 + (0.05 if years < 45 else 0):
        wife.former = names.surname(rng)
    if rng.random() < 0.05:
        husband.relation, wife.relation = HUSBAND, HEAD
    return husband, wife


def couple(rng: random.Random, on: date, low: float, high: float, mode: float) -> Household:
    """A couple living by themselves."""
    husband, wife = pair(rng, on, rng.triangular(low, high, mode))
    members = [husband, wife] if husband.relation == HEAD else [wife, husband]
    flat = 0.65 if high < 50 else 0.2
    return Household(members, at_home(rng, flat), couples=[(husband, wife)])


def couple_young(rng: random.Random, on: date) -> Household:
    """A couple without children, or whose children have not come yet."""
    return couple(rng, on, 23, 49, 31)


def couple_middle(rng: random.Random, on: date) -> Household:
    """A couple whose children have left."""
    return couple(rng, on, 45, 65, 60)


def couple_old(rng: random.Random, on: date) -> Household:
    """A couple of pensioners."""
    return couple(rng, on, 62, 92, 72)


def children_of(
    rng: random.Random,
    on: date,
    first_age: float,
    count: int,
    family: Name,
    relation: tuple[str, ...] = CHILD,
) -> list[Person]:
    """Brothers and sisters, eldest first; those not born yet on that day are left out."""
    children: list[Person] = []
    taken: list[Name] = []
    years = first_age
    for _ in range(count):
        if years < 0:
            break
        sex = MALE if rng.random() < 0.513 else FEMALE
        birth = birth_at(rng, years, on)
        given = names.given(rng, sex, birth.year, taken)
        taken.append(given)
        children.append(Person(sex, birth, family, given, relation))
        years -= rng.uniform(1.6, 4.2)
    return sorted(children, key=lambda child: child.birth)


def how_many(rng: random.Random) -> int:
    """A number of children, mostly one or two."""
    return rng.choices([n for n, _ in CHILDREN], [weight for _, weight in CHILDREN])[0]


def family(rng: random.Random, on: date) -> Household:
    """A couple and their children up to the early twenties."""
    first_age = rng.triangular(0, 24, 9)
    husband, wife = pair(rng, on, first_age + min(45.0, max(20.0, rng.gauss(32, 5))))
    husband.relation, wife.relation = HEAD, WIFE
    children = children_of(rng, on, first_age, how_many(rng), husband.family)
    return Household(
        [husband, wife, *children],
        at_home(rng, 0.35),
        parents=[husband, wife],
        children=children,
        couples=[(husband, wife)],
    )


def single_parent(rng: random.Random, on: date) -> Household:
    """母子世帯, and one in eight 父子世帯."""
    first_age = rng.triangular(1, 20, 12)
    sex = FEMALE if rng.random() < 0.88 else MALE
    parent = someone(rng, sex, first_age + min(42.0, max(19.0, rng.gauss(28, 5))), on)
    children = children_of(rng, on, first_age, min(3, how_many(rng)), parent.family)
    return Household([parent, *children], at_home(rng, 0.7), parents=[parent], children=children)


def with_grown_child(rng: random.Random, on: date) -> Household:
    """Elderly parents, both or one, and a grown child who stayed."""
    years = rng.triangular(52, 90, 70)
    child_sex = MALE if rng.random() < 0.6 else FEMALE
    if rng.random() < 0.55:
        husband, wife = pair(rng, on, years)
        husband.relation, wife.relation = HEAD, WIFE
        parents, couples = [husband, wife], [(husband, wife)]
    else:
        parents, couples = [someone(rng, FEMALE if rng.random() < 0.75 else MALE, years, on)], []
    child = someone(
        rng, child_sex, max(18.0, years - max(23.0, rng.gauss(29, 4))), on, parents[0].family, CHILD
    )
    if len(parents) == 1 and rng.random() < 0.4:
        child.relation, parents[0].relation = HEAD, MOTHER if parents[0].sex == FEMALE else FATHER
        return Household([child, *parents], at_home(rng, 0.1), couples=couples)
    return Household([*parents, child], at_home(rng, 0.1), couples=couples)


def three_generations(rng: random.Random, on: date) -> Household:
    """Grandparents, parents, children; 世帯主 is the grandfather or the father."""
    household = family(rng, on)
    father, mother = household.parents
    elder_age = father.age(on) + rng.uniform(24, 33)
    if rng.random() < 0.2:
        grandmother = someone(rng, FEMALE, elder_age - 3, on, None, WIFES_MOTHER)
        household.members.append(grandmother)
        return household
    grandfather = someone(rng, MALE, elder_age, on, father.family)
    grandmother = someone(rng, FEMALE, elder_age - 2, on, father.family, WIFE)
    household.couples.append((grandfather, grandmother))
    if rng.random() < 0.45:
        father.relation, mother.relation = CHILD, CHILDS_WIFE
        for child in household.children:
            child.relation = GRANDCHILD
        household.members = [grandfather, grandmother, *household.members]
    else:
        grandfather.relation, grandmother.relation = FATHER, MOTHER
        household.members += [grandfather, grandmother]
    return household


def unregistered_couple(rng: random.Random, on: date) -> Household:
    """夫婦 without a marriage registered (未届), sometimes with her child."""
    man = someone(rng, MALE, rng.uniform(28, 60), on)
    woman = someone(
        rng, FEMALE, max(24.0, man.age(on) - rng.gauss(2, 4)), on, None, WIFE_UNREGISTERED
    )
    members = [man, woman]
    children: list[Person] = []
    if rng.random() < 0.4:
        first = rng.uniform(1, max(2.0, woman.age(on) - 22.0))
        children = children_of(rng, on, min(first, 17), 1, woman.family, WIFES_CHILD)
    return Household(
        members + children,
        at_home(rng, 0.6),
        parents=[woman] if children else [],
        children=children,
        couples=[(man, woman)],
    )


def siblings(rng: random.Random, on: date) -> Household:
    """A brother or sister living with 世帯主."""
    head = someone(rng, MALE if rng.random() < 0.5 else FEMALE, rng.uniform(22, 85), on)
    sex = MALE if rng.random() < 0.5 else FEMALE
    other = someone(rng, sex, max(18.0, head.age(on) + rng.uniform(-9, 9)), on, head.family)
    other.relation = SIBLING.get((sex, other.birth < head.birth), YOUNGER_SISTER)
    return Household([head, other], at_home(rng, 0.5))


def lodgers(rng: random.Random, on: date) -> Household:
    """Somebody with a 同居人 or a 縁故者."""
    head = someone(rng, MALE if rng.random() < 0.6 else FEMALE, rng.uniform(25, 80), on)
    relation = LODGER if rng.random() < 0.7 else RELATIVE
    sex = MALE if rng.random() < 0.5 else FEMALE
    other = someone(rng, sex, rng.uniform(19, 75), on, None, relation)
    return Household([head, other], at_home(rng, 0.5))


def headless(rng: random.Random, on: date) -> Household:
    """世帯主未設定: allowed while it is decided who succeeds (住民記録システム標準仕様書 1.1.10)."""
    household = couple_old(rng, on)
    for member in household.members:
        member.relation = BLANK
    return household


def in_institution(rng: random.Random, on: date, address: Address) -> Household:
    """One resident of a care home: a household of one at the institution's address."""
    sex = FEMALE if rng.random() < 0.75 else MALE
    person = someone(rng, sex, rng.triangular(72, 103, 88), on)
    return Household([person], address, in_facility=True)


# Of a hundred households in a provincial city; the shape follows 国勢調査 世帯の家族類型.
KINDS: tuple[tuple[float, Builder], ...] = (
    (12.5, single_young),
    (13.0, single_middle),
    (18.5, single_old),
    (5.0, couple_young),
    (7.0, couple_middle),
    (14.5, couple_old),
    (11.5, family),
    (3.4, single_parent),
    (9.5, with_grown_child),
    (1.8, three_generations),
    (0.7, unregistered_couple),
    (0.6, siblings),
    (0.3, lodgers),
    (0.05, headless),
    (1.4, foreigners.household),
)
