"""Ages and school years, as the demo town needs them to be consistent (the rules have their own)."""

from __future__ import annotations

import random
from datetime import date, timedelta

DAY = timedelta(days=1)


def shift(day: date, years: int) -> date:
    """The same day `years` later; 29 February becomes the 28th in a common year."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def age(birth: date, on: date) -> int:
    """Whole years between birth and `on`, counted at the birthday."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def reaches(birth: date, years: int) -> date:
    """The day an age is reached: the day before the birthday (年齢計算ニ関スル法律)."""
    try:
        return birth.replace(year=birth.year + years) - DAY
    except ValueError:
        return date(birth.year + years, 2, 28)


def school_year_end(birth: date, years: int) -> date:
    """The first 31 March on or after that age is reached (〜歳到達後最初の3月31日)."""
    reached = reaches(birth, years)
    end = date(reached.year, 3, 31)
    return end if reached <= end else date(reached.year + 1, 3, 31)


def fiscal_year(on: date) -> int:
    """年度: from 1 April."""
    return on.year if on.month >= 4 else on.year - 1


def grade(birth: date, on: date) -> int:
    """School grade (1–6 小学校, 7–9 中学校); below 1 or above 9 means not of compulsory age."""
    return fiscal_year(on) - school_year_end(birth, 6).year + 1


def between(rng: random.Random, first: date, last: date) -> date:
    """A day from `first` to `last`; `first` when they are the wrong way round."""
    return first + timedelta(days=int(rng.random() * (max(0, (last - first).days) + 1)))


def birth_at(rng: random.Random, years: float, on: date) -> date:
    """A birth date for somebody who is about `years` old on that day, never after it."""
    born = on - timedelta(days=int((years + rng.random()) * 365.2425))
    return min(born, on)
