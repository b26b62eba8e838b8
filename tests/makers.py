"""Rows of the register as an import leaves them, each with sensible contents and `**changes`."""

from datetime import UTC, date, datetime
from hashlib import sha256
from itertools import count

from lifeevents import bundles, replies
from residents import feed, names
from residents.facts import parse_partial_date
from residents.importing import search_keys
from residents.models import (
    Delivery,
    Holding,
    Household,
    Identity,
    Protection,
    Resident,
    SearchKey,
)

AS_OF = datetime(2026, 11, 1, 2, 0, tzinfo=UTC)
_serial = count(1)

PERSON = {
    "住民種別": "1",
    "住民状態": "1",
    "性別": "0",
    "続柄表記": "世帯主",
    "住民となった年月日": "2015-04-01",
    "住所_市区町村コード": "012084",
    "住所_町字コード": "0003000",
    "住所_都道府県": "北海道",
    "住所_市区郡町村名": "北見市",
    "住所_町字": "北進町三丁目",
    "住所_番地号表記": "１２番３号",
    "住所_方書": "",
    "住所_郵便番号": "0900000",
    "転入前住所_都道府県": "東京都",
    "転入前住所_市区郡町村名": "杉並区",
    "転入前住所_町字": "清水一丁目",
    "転入前住所_番地号表記": "９番９号",
    "転入前住所_郵便番号": "1670033",
    "転入前住所_世帯主氏名": "前住　太郎",
}
NEWBORN = {
    ("n1", "name"): "山田　さくら",
    ("n1", "name_kana"): "ヤマダ　サクラ",
    ("n1", "birth_date"): "2026-11-15",
    ("n1", "sex"): "2",
    ("n1", "birth_order"): "長女",
    ("n1", "birth_weight"): "2980",
}
HOLDINGS = {
    "nhi": {
        "国保記号番号": "北見０００１２３",
        "国保資格区分": "1",
        "国保資格取得年月日": "2020-04-01",
    },
    "child_allow": {"児童手当認定番号": "J-0001", "児童手当認定年月日": "2019-07-01"},
    "residence_tax": {"課税年度": "2026", "合計所得金額": "3000000"},
    "pension": {"国民年金種別": "1"},
    "welfare": {"生活保護ケース番号": "S-0001", "生活保護開始年月日": "2024-01-01"},
    "contact": {"電話番号_携帯": "09012340001", "メールアドレス": "home@example.jp"},
    "school": {"学校名": "北進小学校", "学年": "2", "就学年月日": "2025-04-01"},
}


def make_deliveries(as_of=AS_OF, without=()):
    """One applied delivery of every feed but those `without`, as after the first night's import."""
    made = Delivery.objects.bulk_create(
        _delivery(code, as_of) for code in feed.feeds() if code not in without
    )
    return {each.feed: each for each in made}


def make_resident(name="見本　花子", *, codes=("02",), holds=(), protected=None, **changes):
    """One resident with 宛名番号, holdings of the feeds in `holds` and, if `protected`, 支援措置.

    `changes` are data items of 住民基本台帳 (`生年月日="1990-05-01"`); `holds` may be a mapping to
    items of each holding. `protected` is a 区分 ("1", "2", "3") or a mapping of Protection's columns.
    """
    serial = next(_serial)
    record = {
        "宛名番号": f"{700000 + serial:010}",
        "個人履歴番号": "1",
        "個人履歴番号_枝番号": "0",
        "世帯番号": f"{900000 + serial:010}",
        "氏名": name,
        "氏名_フリガナ": "ミホン　ハナコ",
        "生年月日": "1990-05-01",
        **PERSON,
        **{f"続柄コード{place}": code for place, code in enumerate(codes, start=1)},
        **changes,
    }
    identity = Identity.objects.create(number=record["宛名番号"])
    birth = parse_partial_date(record["生年月日"])
    resident = Resident.objects.create(
        identity=identity,
        number=record["宛名番号"],
        household_number=record["世帯番号"],
        kind=record["住民種別"],
        state=record["住民状態"],
        record=record,
        row_hash=sha256(repr(record).encode()).digest(),
        name=names.shown_name(record),
        name_kana=names.shown_kana(record),
        birth_earliest=birth and birth.earliest,
        birth_latest=birth and birth.latest,
        sex=record["性別"],
        relationship_codes=list(codes),
        town=record["住所_町字"],
        delivery=_applied("juki"),
        **search_keys.columns(record)._asdict(),
    )
    SearchKey.objects.bulk_create(
        SearchKey(resident=resident, kind=kind, key=key) for kind, key in search_keys.also([record])
    )
    for system in holds:
        make_holding(resident, system, **(holds[system] if isinstance(holds, dict) else {}))
    if protected:
        columns = protected if isinstance(protected, dict) else {"kind": protected}
        make_protection(resident, **columns)
    return resident


def make_holding(resident, system, **changes):
    """A holding of another core system, held since long ago; `changes` are its data items."""
    record = {"宛名番号": resident.number, **HOLDINGS.get(system, {}), **changes}
    holding = Holding.objects.create(
        identity_id=resident.pk,
        feed=system,
        record=record,
        row_hash=sha256(repr(record).encode()).digest(),
        delivery=_applied(system),
    )
    if system == "contact":
        for kind, key in search_keys.of_contact(record):
            SearchKey.objects.create(resident=resident, kind=kind, key=key)
    return holding


def make_protection(resident, *, kind="1", **changes):
    """支援措置 of one resident, standing unless `kind` is "3"."""
    return Protection.objects.create(
        **{
            "identity_id": resident.pk,
            "kind": kind,
            "record": {},
            "row_hash": b"\0" * 32,
            "delivery": _applied("protection"),
            **changes,
        }
    )


def make_household(*members, **shared):
    """Residents of one household; each member is the arguments of make_resident, the head first.

    Without members: 山田 太郎, his wife 花子 and their son 一郎 (born 2019), all insured by the city.
    """
    serial = next(_serial)
    shared = {"世帯番号": f"{900000 + serial:010}", **shared}
    made = [make_resident(**{**shared, **member}) for member in members or yamada()]
    head = next((each for each in made if each.relationship_codes == ["02"]), None)
    Household.objects.create(number=shared["世帯番号"], head_id=head and head.pk)
    return made


def make_bundle(resident, by, *, agree=(), answers=NEWBORN, **changes):
    """A birth started by a parent, identified, agreed to, and with what was answered so far."""
    bundle = bundles.start(
        "birth",
        resident.pk,
        **{"applicant": "self", "on": date(2026, 11, 22), "by": by, **changes},
    )
    bundles.identify(bundle, version=0, method="card", documents=["individual_number_card"], by=by)
    bundles.agree(bundle, agree, version=1, by=by)
    if answers:
        replies.answer(bundle, answers, version=2, by=by)
    return bundle


def yamada():
    """The members of an ordinary family of three."""
    return (
        man("山田　太郎", "ヤマダ　タロウ", "1988-02-10", holds=("nhi", "child_allow")),
        wife(
            "山田　花子", "ヤマダ　ハナコ", "1990-05-01", holds=("nhi", "contact", "residence_tax")
        ),
        child("山田　一郎", "ヤマダ　イチロウ", "2019-06-15", holds=("nhi", "school"), 性別="1"),
    )


def man(name, kana, born, **changes):
    """A male head of household."""
    return _member(name, kana, born, ("02",), "世帯主", **{"性別": "1", **changes})


def wife(name, kana, born, **changes):
    """The head's wife."""
    return _member(name, kana, born, ("12",), "妻", **{"性別": "2", **changes})


def child(name, kana, born, **changes):
    """A child of the head."""
    return _member(name, kana, born, ("20",), "子", **{"性別": "2", **changes})


def _member(name, kana, born, codes, relationship, **changes):
    items = {"氏名_フリガナ": kana, "生年月日": born, "続柄表記": relationship}
    return {"name": name, "codes": codes, **items, **changes}


def _applied(code):
    found = Delivery.objects.filter(feed=code, state=Delivery.State.APPLIED).first()
    return found or Delivery.objects.bulk_create([_delivery(code, AS_OF)])[0]


def _delivery(code, as_of):
    declared = feed.feeds()[code]
    return Delivery(
        feed=code,
        kind=Delivery.Kind.FULL,
        file_name=f"{declared.business_id}_{declared.group}_全件_20261101020000_{next(_serial)}.csv",
        sha256=sha256(str(next(_serial)).encode()).hexdigest(),
        as_of=as_of,
        state=Delivery.State.APPLIED,
        applied_at=as_of,
    )
