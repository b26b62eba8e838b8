"""A family with difficult names, and its bundle as printing receives it (all invented)."""

import json
from pathlib import Path

CATALOGUE = Path(__file__).resolve().parents[3] / "lifeevents" / "catalogue"
ADDRESS = "北海道北見市大通西二丁目１番地１８"
KATAGAKI = f"{ADDRESS}　グランドメゾン北見大通西壱番館１２０５号室"


def catalogue_part(name):
    """One top-level part of the shipped catalogue, merged from its files."""
    merged = {}
    for path in sorted(CATALOGUE.glob("*.json")):
        merged.update(json.loads(path.read_text(encoding="utf-8")).get(name, {}))
    return merged


def known(text, value=None, kana=""):
    return {"text": text, "value": text if value is None else value, "kana": kana}


def person(name, kana, born, sex, **facts):
    return {
        "name": known(name, kana=kana),
        "birth_date": known(born, "2000-01-01"),
        "sex": known("男" if sex == "1" else "女", sex),
        "address": known(KATAGAKI),
        "postal_code": known("090-0024"),
        "joins_household": known("はい", True),
        "is_newborn": known("いいえ", False),
        "supported_adult_child": known("いいえ", False),
        **facts,
    }


BANK = {
    "contact.phone": known("090-1234-5678"),
    "contact.bank_name": known("北見ひかり信用金庫"),
    "contact.bank_branch": known("大通支店"),
    "contact.bank_kind": known("普通", "1"),
    "contact.bank_number": known("0123456"),
    "contact.bank_holder": known("ヨシダ　ミサキ"),
}
MOTHER = person(
    "𠮷田　美咲",
    "ヨシダ　ミサキ",
    "平成4年7月31日",
    "2",
    relationship=known("妻"),
    employer=known("会社員（株式会社オホーツク流氷水産加工 本社総務部）"),
    civil_servant=known("いいえ", False),
    pension_cover=known("厚生年金", "employee"),
    is_father=known("いいえ", False),
    is_mother=known("はい", True),
    is_parent=known("はい", True),
    moved_in_on=known("平成30年4月1日"),
    previous_address=known("北海道札幌市中央区北一条西二丁目　札幌タワーレジデンス壱番館３０１号"),
    use_public_account=known("いいえ", False),
    handbook_number=known("第2026-0418号"),
    support_elsewhere=known("いいえ", False),
    lump_sum_payment=known("直接支払われたが、費用が支給額より少なかった", "direct_less"),
    lump_from_other=known("いいえ", False),
    delivery_cost=known("486,200", "486200"),
    obstetric_compensation=known("はい", True),
    treatment_month=known("令和8年11月"),
    treatment_place=known("北見赤十字病院"),
    treatment_paid=known("132,450", "132450"),
    treatment_stay=known("入院", "inpatient"),
    caused_by_other=known("いいえ", False),
    care_reason=known("就労", "work"),
    **{
        "residence_tax.income": known("3,184,000", "3184000"),
        "nhi.symbol": known("北見 0123456"),
        "nhi.branch": known("02"),
        "nhi.acquired_on": known("令和3年4月1日"),
        "pension.number": known("1234-567890"),
        "pension.extra_premium": known("いいえ", False),
        "child_allow.certificate_no": known("0001234567"),
        "child_allow.children": known("3", "3"),
        "child_allow.monthly_amount": known("30,000", "30000"),
        "residence_tax.taxable": known("課税", True),
        **BANK,
    },
)
FATHER = person(
    "𠮷田　健太郎",
    "ヨシダ　ケンタロウ",
    "昭和64年1月5日",
    "1",
    relationship=known("世帯主"),
    employer=known("自営業（大工）"),
    care_reason=known("就労", "work"),
    **{
        "residence_tax.income": known("2,910,500", "2910500"),
        "nhi.symbol": known("北見 0123456"),
        "nhi.branch": known("01"),
        "nhi.acquired_on": known("令和3年4月1日"),
        **BANK,
    },
)
NEWBORN = person(
    "𠮷田　葵",
    "ヨシダ　アオイ",
    "令和8年11月15日",
    "2",
    relationship=known("子"),
    birth_order=known("三女"),
    legitimate=known("はい", True),
    birth_time=known("午後3時20分"),
    is_newborn=known("はい", True),
    joins_nhi=known("はい", True),
    birth_weight=known("2,380", "2380"),
    birth_length=known("46.5", "46.5"),
    gestation_weeks=known("37", "37"),
    delivery_method=known("帝王切開", "caesarean"),
    feeding=known("混合", "mixed"),
    child_rank=known("4", "4"),
    baby_stays_at=known("里帰り先", "family"),
    baby_stays_where=known("北海道網走市南六条東四丁目１番地　葛󠄀城方"),
    baby_stays_until=known("令和8年12月31日"),
    visit_time=known("午前", "morning"),
    worries=known(
        "上の子が幼稚園に通っているので、訪問は平日の午前にしてほしいです。母乳が足りているか、"
        "夜に眠れないことが続いているので相談したいです。"
    ),
    care_from=known("令和9年4月1日"),
    care_until=known("令和15年3月31日"),
    care_hours=known("標準時間（11時間まで）", "standard"),
    care_days=known("月曜日から金曜日、8時から18時"),
    nursery_1=known("北見市立とん田保育園"),
    nursery_2=known("認定こども園ひかりの森"),
    nursery_3=known("北見市立大正保育園"),
    nursery_reason=known("自宅と勤務先の間にあり、送り迎えができるため"),
    allergy=known("卵（医師の診断はまだありません）"),
    **{"holds.disability": known("いいえ", False)},
    place_of_birth=known("北海道北見市北六条東二丁目１番地　北見赤十字病院"),
)
SIBLINGS = [
    person("𠮷田　翔", "ヨシダ　ショウ", "平成19年4月2日", "1", relationship=known("子")),
    person(
        "葛󠄀城　さくら", "カツラギ　サクラ", "平成24年12月24日", "2", relationship=known("妻の子")
    ),
    person("渡邉󠄁　凛", "ワタナベ　リン", "平成30年2月28日", "2", relationship=known("妻の子")),
]
SIBLINGS[0]["supported_adult_child"] = known("はい", True)
DECEASED = person(
    "𠮷田　勝次郎",
    "ヨシダ　カツジロウ",
    "昭和16年12月8日",
    "1",
    relationship=known("父"),
    died_on=known("令和8年11月20日"),
    death_known_on=known("令和8年11月20日"),
    died_at=known("午前4時15分"),
    place_of_death=known("北海道北見市北六条東二丁目１番地　北見赤十字病院"),
    marital=known("いない（死別）", "bereaved"),
    infectious_cause=known("その他", False),
    lives_here=known("はい", True),
    caused_by_other=known("いいえ", False),
    had_care_medical=known("はい", True),
    previous_address=known(ADDRESS),
    **{f"holds.{system}": known("はい", True) for system in ("nhi", "ltc", "seal", "disability")},
    **{f"holds.{system}": known("いいえ", False) for system in ("late_elderly", "residence_tax")},
    **{"holds.property_tax": known("はい", True), "holds.light_vehicle": known("はい", True)},
    **{
        "nhi.symbol": known("北見 0123456"),
        "nhi.branch": known("06"),
        "nhi.acquired_on": known("昭和61年4月1日"),
        "late_elderly.number": known("01234567"),
        "late_elderly.acquired_on": known("平成28年12月8日"),
        "ltc.number": known("0001234567"),
        "ltc.acquired_on": known("平成18年12月7日"),
        "ltc.certified": known("はい", True),
        "ltc.level": known("要介護２", "22"),
        "ltc.valid_from": known("令和7年4月1日"),
        "ltc.valid_until": known("令和10年3月31日"),
        "pension.number": known("1234-567890"),
        "pension.kind": known("第1号被保険者", "1"),
        "pension_code": known("1150"),
        "child_allow.certificate_no": known("0001234567"),
        "child_allow.monthly_amount": known("30,000", "30000"),
        "disability.handbook": known("身体障害者手帳", "1"),
        "disability.number": known("北海道第０１２３４５号"),
        "disability.name": known("心臓機能障害"),
        "disability.grade": known("３級", "3"),
        "disability.issued_on": known("平成29年6月1日"),
        "light_vehicle.plate": known("北見市 あ 1234"),
        "light_vehicle.kind": known("原動機付自転車（50cc以下）", "11"),
        "light_vehicle.make": known("ホンダ"),
        "light_vehicle.displacement": known("49", "49"),
        "light_vehicle.frame": known("AA01-1234567"),
        "light_vehicle.registered_on": known("平成20年5月1日"),
        "property_tax.owner_code": known("000123456"),
        "property_tax.lots": known("3", "3"),
        "property_tax.houses": known("2", "2"),
    },
)
MOVED = {
    "previous_address": known("北海道北見市北四条西五丁目２番地３　メゾン北四条１０２号室"),
    "address_on_january_1": known("東京都足立区中央本町一丁目１７番１号"),
    "uses_signature": known("はい", True),
    "has_my_number_card": known("はい", True),
    "nationality": known(""),
    "moves": known("はい", True),
    "insurance_now": known("国民健康保険", "nhi"),
    "takes_nhi": known("はい", True),
    "holds.nhi": known("はい", True),
    "holds.late_elderly": known("いいえ", False),
    "holds.ltc": known("いいえ", False),
    "ltc.number": known("0001234567"),
    "ltc.certified": known("はい", True),
    "ltc.level": known("要支援１", "12"),
    "late_elderly.number": known("01234567"),
    "old_late_union": known("東京都後期高齢者医療広域連合"),
    "old_ltc_insurer": known("足立区"),
    "old_care_level": known("要支援", "support"),
    "care_certified": known("はい", True),
    "old_care_until": known("令和9年3月31日"),
    "school.name": known("北見市立中央小学校"),
    "school.grade": known("3", "3"),
    "new_school": known("北見市立小泉小学校 3年"),
    "zone_reason": known("六年生で、卒業まで半年のため、いまの学校に通い続けたい"),
    "zone_until": known("卒業まで", "graduation"),
    "nursery_now": known("足立区立中央本町保育園"),
    "nursery_wish": known("転園", "change"),
    "child_medical.certificate_no": known("0012345"),
    "child_medical.insurer_name": known("北見市国民健康保険"),
    "child_medical.insured_symbol": known("北見 0123456"),
    "child_support.certificate_no": known("第4567号"),
    "child_support.level": known("全部支給", "1"),
    "child_allow.certificate_no": known("0001234567"),
    "child_allow.children": known("3", "3"),
    "disability.handbook": known("療育手帳", "2"),
    "disability.number": known("第012345号"),
    "pension.kind": known("第3号被保険者", "3"),
    "pension.acquired_on": known("平成27年4月1日"),
    "is_subject": known("はい", True),
    "is_family": known("いいえ", False),
    "is_insider": known("はい", True),
    "is_outsider": known("いいえ", False),
    "relation_to_deceased": known("長男の妻"),
    "reports_as": known("同居の親族", "relative_with"),
    "applicant_register": known("同じ"),
    "is_mourner": known("はい", True),
    "represents_heirs": known("はい", True),
    "takes_vehicle": known("はい", True),
}
for member in (FATHER, MOTHER, NEWBORN, *SIBLINGS):
    member.update({key: value for key, value in MOVED.items() if key not in member})
    member["counts_as_child"] = known("はい", member in SIBLINGS[1:] or member is NEWBORN)
BUNDLE = {
    "new_address": known(KATAGAKI),
    "moved_on": known("令和8年11月15日"),
    "old_address": known("東京都足立区中央本町一丁目１７番１号　中央本町ハイツ３０５"),
    "old_head": known("𠮷田　健太郎", kana="ヨシダ　ケンタロウ"),
    "funeral_on": known("令和8年11月24日"),
    "burial_kind": known("火葬", "cremation"),
    "burial_place": known("北海道北見市大正２６２番地　北見市斎場"),
    "hall_at": known("令和8年11月24日 午前11時"),
    "certificate_purpose": known("年金", "pension"),
    "certificate_for": known("北見年金事務所"),
    "certificate_copies": known("2", "2"),
    "child_died": known("いいえ", False),
    "number": known("B-20261122-0001"),
    "on": known("令和8年11月22日"),
    "office": known("市民課"),
    "family_register": known("北海道北見市大通西二丁目１番地"),
    "register_head": known("𠮷田　健太郎"),
    "lived_together_since": known("平成30年4月"),
    "household_work": known("自由業・商工業", "2"),
    "multiple_birth": known("いいえ", False),
    "single_parent": known("いいえ", False),
    "grandparents": known("父方は市内、母方は網走市に住んでいる"),
}
HOUSEHOLD = {
    "address": known(KATAGAKI),
    "postal_code": known("090-0024"),
    "housing_name": known("市営住宅 北光団地"),
    "housing_room": known("3棟 402号室"),
    "on_welfare": known("いいえ", False),
    "dog_number": known("第01234号"),
    "dog_chip": known("392141234567890"),
    "dog_name": known("ハチ"),
    "dog_kind": known("柴"),
    "dog_color": known("茶"),
    "dog_sex": known("おす", "male"),
    "water_customer": known("012-34567-8"),
    "water_stops_on": known("令和8年11月30日"),
    "water_payment": known("納付書", "slip"),
    "bike_kind": known("原付一種"),
    "bike_make": known("ヤマハ"),
    "bike_frame": known("SA36J-123456"),
    "bike_displacement": known("49", "49"),
    "bike_plate": known("足立区 あ 5678"),
}
GROUPS = {
    "self": [NEWBORN],
    "subjects": [NEWBORN],
    "newborn": [NEWBORN],
    "parents": [MOTHER, FATHER],
    "mother": [MOTHER],
    "father": [FATHER],
    "claimant": [MOTHER],
    "applicant": [MOTHER],
    "siblings": SIBLINGS,
    "head": [FATHER],
    "household.before": [FATHER, MOTHER, *SIBLINGS],
    "household.after": [FATHER, MOTHER, *SIBLINGS, NEWBORN],
    "mover": [MOTHER, FATHER, *SIBLINGS[1:]],
    "deceased": [DECEASED],
    "old_head": [FATHER],
    "head_of_rest": [MOTHER],
    "remaining": [MOTHER, *SIBLINGS],
    "next_claimant": [MOTHER],
    "mourner": [MOTHER],
    "heir": [MOTHER],
    "vehicle_heir": [MOTHER],
    "nhi_parent": [FATHER],
    "nhi_head": [FATHER],
    "nhi_child": [NEWBORN],
    "spouse": [MOTHER],
    "children": [FATHER],
    "bundle": [BUNDLE],
    "household": [HOUSEHOLD],
}
PAPERS = catalogue_part("papers")
DEPARTMENTS = catalogue_part("departments")


def cell(field, who):
    """One frozen cell, as prefill makes it."""
    made = {
        "label": field["label"],
        "state": "pen" if field.get("pen") else "blank",
        "print": field.get("print", ""),
        "text": "",
        "kana": "",
        "value": None,
        "origin": "",
    }
    if "value" in field:
        return {**made, "state": "known", "text": "✓", "value": field["value"]}
    if field.get("pen") or who is None:
        return made
    fact = who.get(field["path"].split(".", 1)[1] if "." in field["path"] else "")
    if fact is None:
        return {**made, "state": "missing" if field["required"] else "blank"}
    return {**made, "state": "known", "origin": "住民基本台帳", **fact}


def members(over, where):
    """Those of a list's groups for whom the bool fact is true; `a-b` leaves b out of a."""
    found = []
    for part in over.split("+"):
        group, *without = part.split("-") if part not in GROUPS else [part]
        left_out = [one for name in without for one in GROUPS[name]]
        found += [one for one in GROUPS[group] if one not in left_out and one not in found]
    return [one for one in found if not where or WHERE[where](one)]


WHERE = {
    "child_or_supported": lambda one: one in SIBLINGS or one is NEWBORN,
    "counts_as_child": lambda one: one in SIBLINGS[1:] or one is NEWBORN,
    "holds.nhi": lambda one: "nhi.symbol" in one,
    "takes_nhi": lambda one: True,
    "school_age": lambda one: one in SIBLINGS[1:],
    "is_adult": lambda one: one in (MOTHER, FATHER),
}


def who_of(path, subject):
    for name in sorted(GROUPS, key=len, reverse=True):
        if path.startswith(f"{name}."):
            return subject if name == "self" else GROUPS[name][0]
    raise KeyError(path)


def frozen_paper(code, for_whom="subjects"):
    """One paper of the shipped catalogue, filled for the first of a group."""
    paper = PAPERS[code]
    subject = GROUPS.get(for_whom, [None])[0]
    return {
        "code": code,
        "procedure": code.removeprefix("paper."),
        "title": paper["title"],
        "form_number": paper["form_number"],
        "department": paper["department"],
        "department_name": DEPARTMENTS[paper["department"]]["name"],
        "layout": paper["layout"],
        "addressee": paper["addressee"],
        "subject": subject["name"]["text"] if subject and "name" in subject else "",
        "cells": {
            field["key"]: cell(field, who_of(field["path"], subject) if "path" in field else None)
            for field in paper["fields"]
        },
        "rows": {
            rows["key"]: [
                {field["key"]: cell(field, one) for field in rows["fields"]}
                for one in members(rows["over"], rows.get("where"))
            ]
            for rows in paper.get("rows", [])
        },
    }


def whose_papers():
    """{paper: the group its procedure is for}, in any event."""
    return {
        code: "deceased"
        if procedure["events"] == ["death"]
        else worded.get("for", procedure["for"])
        for procedure in catalogue_part("procedures").values()
        for worded in (*procedure.get("per_event", {}).values(), procedure)
        for code in worded.get("papers", [])
    }


def all_papers():
    """A paper of every shipped layout, each for the person its procedure is for."""
    whose, order = whose_papers(), {code: each["order"] for code, each in DEPARTMENTS.items()}
    one_each = {paper["layout"]: code for code, paper in reversed(PAPERS.items())}
    codes = sorted(one_each.values(), key=lambda code: order[PAPERS[code]["department"]])
    return [frozen_paper(code, whose.get(code, "subjects")) for code in codes]


def content(papers=None):
    """A whole frozen bundle of 出生, with every shipped paper unless some are given."""
    return {
        "number": "B-20261122-0001",
        "event": "出生",
        "on": "2026-11-22",
        "printed_at": "2026-11-22T10:41+09:00",
        "office": "市民課",
        "town": {"name": "北見市（見本データ）", "mayor": "北見市長"},
        "applicant": "𠮷田　美咲",
        "training": False,
        "checklist": CHECKLIST,
        "papers": all_papers() if papers is None else papers,
    }


CHECKLIST = [
    {
        "department": "住民・戸籍窓口",
        "place": "1番",
        "items": [
            {
                "procedure": "birth.report",
                "name": "出生届",
                "subject": "𠮷田　葵さん",
                "state": "submitted",
                "deadline": "2026-11-28",
                "deadline_text": "生まれた日を含めて14日以内",
                "documents": ["出生証明書（届書の右側）", "母子健康手帳"],
                "because": [{"fact": "birth", "text": "お子さまが生まれたため"}],
            },
            {
                "procedure": "my.new",
                "name": "マイナンバーカードの交付申請",
                "subject": "𠮷田　葵さん",
                "state": "submitted",
                "deadline": None,
                "deadline_text": "期限はありません",
                "documents": [],
                "because": ["マイナンバーカードを希望されているため"],
            },
        ],
    },
    {
        "department": "国保・年金窓口",
        "place": "2番",
        "items": [
            {
                "procedure": "nhi.birth_lump",
                "name": "出産育児一時金の支給申請（国民健康保険）",
                "subject": "𠮷田　美咲さん",
                "state": "pending",
                "deadline": "2028-11-15",
                "deadline_text": "",
                "documents": ["直接支払制度の合意文書", "費用の明細書・領収書", "母子健康手帳"],
                "because": [
                    "お母さまが国民健康保険に加入しているため",
                    "医療機関への直接支払では受け取れない分があるため",
                ],
            }
        ],
    },
    {
        "department": "こども窓口",
        "place": "3番",
        "items": [
            {
                "procedure": "child.allow",
                "name": "児童手当の認定請求",
                "subject": "𠮷田　美咲さん",
                "state": "submitted",
                "deadline": "2026-11-30",
                "deadline_text": "生まれた日の翌日から15日以内",
                "documents": ["請求者名義の通帳", "健康保険の資格が分かるもの"],
                "because": ["児童手当を受けている保護者がいないため"],
            },
            {
                "procedure": "child.medical",
                "name": "子ども医療費受給者証の交付申請",
                "subject": "𠮷田　葵さん",
                "state": "submitted",
                "deadline": None,
                "deadline_text": "お子さまの健康保険が決まりしだい",
                "documents": ["お子さまの資格確認書"],
                "because": ["お子さまが医療費の助成を受けられる年齢のため"],
            },
        ],
    },
    {
        "department": "市役所以外の窓口",
        "place": "",
        "items": [
            {
                "procedure": "birth.lump",
                "name": "勤務先への届出",
                "subject": "",
                "state": "guided",
                "deadline": None,
                "deadline_text": "勤務先にお尋ねください",
                "documents": [],
                "because": [],
            }
        ],
    },
]
