"""Care homes and dormitories: many households of one at one address."""

from __future__ import annotations

import random
from datetime import date

from residents.town import foreigners
from residents.town.people import FEMALE, HEAD, MALE, Household
from residents.town.places import Address, at_home, in_building, wide
from residents.town.structures import in_institution

CARE_HOMES = (
    ("特別養護老人ホーム見本北の里", "トクベツヨウゴロウジンホームミホンキタノサト"),
    ("介護老人保健施設見本みどり苑", "カイゴロウジンホケンシセツミホンミドリエン"),
    ("グループホーム見本すずらん", "グループホームミホンスズラン"),
    ("養護老人ホーム見本静楽園", "ヨウゴロウジンホームミホンセイラクエン"),
    ("特別養護老人ホーム見本ところ苑", "トクベツヨウゴロウジンホームミホントコロエン"),
    (
        "サービス付き高齢者向け住宅見本はまなす",
        "サービスツキコウレイシャムケジュウタクミホンハマナス",
    ),
)
DORMITORY = ("見本水産加工　社員寮", "ミホンスイサンカコウ　シャインリョウ")
CARE_SHARE, DORMITORY_SHARE = 0.024, 0.006
RESIDENTS_A_HOME = 900


class Institutions:
    """The institutions of the town; a larger town has more of them."""

    def __init__(self, rng: random.Random, residents: int) -> None:
        count = min(len(CARE_HOMES), 1 + residents // RESIDENTS_A_HOME)
        self.homes = [in_building(at_home(rng, 0), *name) for name in CARE_HOMES[:count]]
        self.dormitory = in_building(at_home(rng, 0), *DORMITORY)

    def household(self, rng: random.Random, on: date) -> Household | None:
        """Now and then the next household: one resident of a care home or of a dormitory."""
        chance = rng.random()
        if chance < CARE_SHARE:
            return in_institution(rng, on, rng.choice(self.homes))
        if chance < CARE_SHARE + DORMITORY_SHARE:
            return _trainee(rng, on, self.dormitory)
        return None


def _trainee(rng: random.Random, on: date, address: Address) -> Household:
    of = rng.choice([each for each in foreigners.nationalities()[0] if "T71" in each.stays])
    status = foreigners.stay_of(rng, of, foreigners.TRAINEE)
    sex = FEMALE if rng.random() < 0.6 else MALE
    person = foreigners.adult(rng, of, sex, rng.uniform(19, 33), status, on)
    person.relation = HEAD
    room = wide(101 + int(rng.random() * 30))
    home = in_building(
        address, f"{address.building}{room}号室", f"{address.building_kana}{room}ゴウシツ"
    )
    return Household([person], home)
