"""連絡先 and bank accounts: invented banks, telephone numbers nobody has, and example.jp addresses."""

from __future__ import annotations

import random

from residents.town.ages import between, shift
from residents.town.ledger import Office, Row, Rows, ended, iso, last_day
from residents.town.people import Household, Person

REACHED, WITH_ACCOUNT, WITHDRAWN = 0.4, 0.45, 0.03
BANKS = (
    ("9991", "見本銀行", (("101", "北見支店"), ("102", "北見西支店"), ("110", "札幌支店"))),
    ("9992", "見本信用金庫", (("001", "本店"), ("004", "三輪支店"), ("007", "端野支店"))),
    ("9993", "見本貯金銀行", (("908", "九〇八支店"), ("918", "九一八支店"))),
)


def account(rng: random.Random, holder: Person) -> Row:
    """An account in that person's name, 名義人 in kana as banks write it."""
    code, bank, branches = rng.choice(BANKS)
    branch_code, branch = rng.choice(branches)
    return {
        "金融機関コード": code,
        "金融機関名": bank,
        "支店コード": branch_code,
        "支店名": branch,
        "口座種別": "1",
        "口座番号": f"{int(rng.random() * 10_000_000):07}",
        "口座名義人カナ": holder.kana,
    }


def contact(office: Office, household: Household) -> Rows:
    """連絡先 of the grown-ups who agreed that the city keeps it; a few withdrew again."""
    rng = office.rng
    for person in household.members:
        years = office.age(person)
        if years < 18 or not (household.sure or rng.random() < REACHED):
            continue
        last = last_day(person, office.on)
        told = between(rng, max(shift(last, -5), shift(person.birth, 18)), last)
        withdrawn = not household.sure and rng.random() < WITHDRAWN
        items = {
            "履歴番号": "1",
            **_channels(rng, person, years),
            "希望言語": person.foreign.language if person.foreign else "ja",
            "申告年月日": iso(told),
            "同意年月日": iso(told),
            "同意終了年月日": ended(person) or (iso(between(rng, told, last)) if withdrawn else ""),
        }
        if household.sure or rng.random() < WITH_ACCOUNT:
            items |= account(rng, person)
        yield "contact", office.row(person, told, items)


def _channels(rng: random.Random, person: Person, years: int) -> Row:
    mobile = years < 75 or rng.random() < 0.6
    mail = years < 70 and rng.random() < 0.6
    return {
        "電話番号_携帯": f"090-0000-{int(rng.random() * 10_000):04}" if mobile else "",
        "電話番号_自宅": ""
        if mobile and years < 55
        else f"0157-00-{int(rng.random() * 10_000):04}",
        "メールアドレス": f"user{person.number}@example.jp" if mail else "",
        "希望連絡方法": "2" if mail and rng.random() < 0.4 else "1",
    }
