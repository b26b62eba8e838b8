"""Work, income, health insurance and pension of a household's people, consistent with each other."""

from __future__ import annotations

import random
from datetime import date

from residents.town.foreigners import TRAINEE
from residents.town.people import CHILD, FEMALE, Household, Insurance, Person, Work

LATE_FROM, PENSION_FROM, PENSION_UNTIL, WORK_PENSION_UNTIL = 75, 20, 60, 70
THIRD_KIND_UNTIL = 65  # of the supporter (国民年金法附則3条)
DEPENDENT_SALARY = 1_300_000  # 被扶養者の年間収入の目安
SHARES = {
    # from age: (work, share) of men, of women without a partner, of wives
    22: (
        ((Work.EMPLOYEE, 72), (Work.CIVIL_SERVANT, 7), (Work.SELF_EMPLOYED, 12), (Work.NONE, 9)),
        (
            (Work.EMPLOYEE, 66),
            (Work.CIVIL_SERVANT, 6),
            (Work.SELF_EMPLOYED, 6),
            (Work.PART_TIME, 11),
            (Work.NONE, 11),
        ),
        (
            (Work.EMPLOYEE, 46),
            (Work.CIVIL_SERVANT, 5),
            (Work.SELF_EMPLOYED, 8),
            (Work.PART_TIME, 25),
            (Work.NONE, 16),
        ),
    ),
    60: (
        ((Work.EMPLOYEE, 52), (Work.SELF_EMPLOYED, 16), (Work.RETIRED, 32)),
        ((Work.EMPLOYEE, 38), (Work.SELF_EMPLOYED, 8), (Work.RETIRED, 54)),
        ((Work.EMPLOYEE, 24), (Work.PART_TIME, 20), (Work.SELF_EMPLOYED, 8), (Work.RETIRED, 48)),
    ),
    65: (
        ((Work.EMPLOYEE, 25), (Work.SELF_EMPLOYED, 13), (Work.RETIRED, 62)),
        ((Work.EMPLOYEE, 14), (Work.SELF_EMPLOYED, 6), (Work.RETIRED, 80)),
        ((Work.EMPLOYEE, 10), (Work.SELF_EMPLOYED, 6), (Work.RETIRED, 84)),
    ),
    75: (((Work.SELF_EMPLOYED, 4), (Work.RETIRED, 96)),) * 3,
}


def employ(rng: random.Random, household: Household, on: date) -> None:
    """Give everybody without one a job and an income, then insure the household."""
    for person in household.members:
        untouched = person.work is Work.NONE and not person.income and not person.welfare
        years = person.age(person.until(on))
        if untouched and years >= 15:
            person.work = _job(rng, household, person, years)
            _pay(rng, person, years)
    insure(rng, household, on)


def insure(rng: random.Random, household: Household, on: date) -> None:
    """公的医療保険 and 国民年金 種別 of everybody, from work, age and the household."""
    for person in household.members:
        if person.welfare:
            person.insurance = Insurance.NONE
        elif person.age(person.until(on)) >= LATE_FROM:
            person.insurance = Insurance.LATE
        elif person.work.insured_at_work:
            person.insurance = Insurance.WORK
        elif supporter := _supporter(rng, household, person, on):
            person.insurance, person.supporter = Insurance.DEPENDENT, supporter
        else:
            person.insurance = Insurance.NHI
    for person in household.members:
        person.pension = _pension(rng, household, person, on)


def earner(household: Household) -> Person | None:
    """The parent who supports the children: the one with the higher income (児童手当法4条3項)."""
    here = [parent for parent in household.parents if parent.gone is None]
    return max(here or household.parents, key=lambda parent: parent.income, default=None)


def income_from_salary(salary: int) -> int:
    """給与所得 after 給与所得控除 (所得税法28条, 令和7年分から)."""
    if salary <= 1_900_000:
        deduction = 650_000
    elif salary <= 3_600_000:
        deduction = salary * 30 // 100 + 80_000
    elif salary <= 6_600_000:
        deduction = salary * 20 // 100 + 440_000
    elif salary <= 8_500_000:
        deduction = salary * 10 // 100 + 1_100_000
    else:
        deduction = 1_950_000
    return max(0, salary - deduction)


def _job(rng: random.Random, household: Household, person: Person, years: int) -> Work:
    if years < 18:
        return Work.STUDENT
    if person.foreign:
        return _foreign_job(rng, person, years)
    if years < 22:
        at_home = person.relation == CHILD
        return Work.STUDENT if rng.random() < (0.5 if at_home else 0.6) else Work.EMPLOYEE
    men, women, wives = next(SHARES[low] for low in (75, 65, 60, 22) if years >= low)
    if person.sex == FEMALE:
        shares = wives if household.partner(person) else women
    else:
        shares = men
    jobs = [work for work, _ in shares]
    return rng.choices(jobs, [share for _, share in shares])[0]


def _foreign_job(rng: random.Random, person: Person, years: int) -> Work:
    assert person.foreign
    status = person.foreign.status
    if years >= 65:
        return Work.RETIRED
    if status == "T41":
        return Work.STUDENT
    if status == "T44":
        return Work.PART_TIME if rng.random() < 0.4 else Work.NONE
    if status in TRAINEE or rng.random() < 0.7:
        return Work.EMPLOYEE
    return Work.SELF_EMPLOYED


def _pay(rng: random.Random, person: Person, years: int) -> None:
    match person.work:
        case Work.EMPLOYEE | Work.CIVIL_SERVANT:
            top = 2_400_000 + min(30, max(0, years - 20)) * 95_000
            person.salary = int(top * rng.lognormvariate(0, 0.28)) // 1000 * 1000
            person.income = income_from_salary(person.salary)
        case Work.PART_TIME:
            person.salary = rng.randrange(600, 1290) * 1000
            person.income = income_from_salary(person.salary)
        case Work.SELF_EMPLOYED:
            person.income = int(2_300_000 * rng.lognormvariate(0, 0.55)) // 1000 * 1000
        case Work.RETIRED:
            person.income = max(0, rng.randrange(0, 1500) * 1000 - 500_000)


def _supporter(rng: random.Random, household: Household, person: Person, on: date) -> Person | None:
    """Whose 被扶養者 somebody is: the earning parent's, the partner's, or a grown child's."""
    if person.work is Work.SELF_EMPLOYED or person.salary > DEPENDENT_SALARY:
        return None
    if any(person is child for child in household.children):
        parent = earner(household)
        return parent if parent and parent.work.insured_at_work else None
    partner = household.partner(person)
    if partner and _can_support(partner, person, on):
        return partner
    if person.age(on) < 60 or person.income > DEPENDENT_SALARY or rng.random() < 0.5:
        return None
    return next(
        (
            each
            for each in household.members
            if _can_support(each, person, on) and each.age(on) < person.age(on) - 15
        ),
        None,
    )


def _can_support(worker: Person, other: Person, on: date) -> bool:
    together = worker.gone is None or other.gone is not None
    return together and worker.work.insured_at_work and worker.age(on) < LATE_FROM


def _pension(rng: random.Random, household: Household, person: Person, on: date) -> str:
    years = person.age(person.until(on))
    if person.insurance is Insurance.WORK and years < WORK_PENSION_UNTIL:
        return "2"
    if not PENSION_FROM <= years < PENSION_UNTIL:
        return "4" if 60 <= years < 65 and not person.welfare and rng.random() < 0.03 else ""
    partner = household.partner(person)
    young = partner and partner.age(on) < THIRD_KIND_UNTIL
    if young and person.insurance is Insurance.DEPENDENT and person.supporter is partner:
        return "3"
    return "1"
