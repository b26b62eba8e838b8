"""The catalogue in words: what groups are called, and what its entries say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lifeevents import changes, editions, per_event
from lifeevents.editions import Edition
from lifeevents.rules.patterns import Tree
from lifeevents.rules.sentences import Clause, Names, clause, sentence, value_in_words
from lifeevents.rules.verdict import Tri
from residents.facts import FactType

Entry = Mapping[str, Any]
GROUPS = {
    "subjects": "届出の対象となる方",
    "newborn": "生まれたお子さま",
    "mover": "引っ越す方",
    "deceased": "亡くなった方",
    "claimant": "児童手当を請求する保護者",
    "applicant": "届け出る方",
    "participants": "手続に加わる方",
    "head": "世帯主",
    "parents": "父母",
    "mother": "母",
    "father": "父",
    "siblings": "きょうだい",
    "spouse": "配偶者",
    "children": "子",
    "joined": "もとからいる世帯員",
    "remaining": "あとに残る世帯員",
    "outsider": "市外の届け出る方",
    "signers": "引っ越す15歳以上の方",
    "head_candidates": "次の世帯主になれる方",
    "rest_candidates": "残る世帯の世帯主になれる方",
    "head_of_rest": "残る世帯の世帯主",
    "old_head": "いままでの世帯主",
    "next_claimant": "次に手当を受ける方",
    "mourner": "喪主",
    "heir": "相続人の代表者",
    "vehicle_heir": "原付などを引き継ぐ方",
    "nhi_parent": "国民健康保険に加入している保護者",
    "nhi_head": "国民健康保険に加入するお子さまの世帯主",
    "nhi_child": "国民健康保険に加入するお子さま",
    "household.before": "異動前の世帯",
    "household.after": "異動後の世帯",
}
SHARED = {"household": "世帯", "bundle": "届出全体"}
SECTIONS = {
    "procedures": "手続",
    "events": "ライフイベント",
    "questions": "質問",
    "derived": "計算する項目",
    "papers": "様式",
    "cards": "質問の画面",
    "departments": "担当",
    "situations": "事例",
}
ONLINE = {
    "complete": "オンラインで完了",
    "pre_application": "オンラインで事前申請",
    "counter": "窓口",
}
KINDS = {"application": "申請・届出", "notice": "案内のみ", "external": "市役所以外の手続"}
UNITS = {"days": "日", "months": "か月", "years": "年"}
CHECKED = {
    "verified": "出典を確かめた",
    "law_verified": "法令の条文を確かめた",
    "local": "市の独自の手続",
}
OF = {"person": "人", **SHARED}
ALONE = "一つの画面で一つずつ"
VERDICTS = {Tri.YES: "必要", Tri.NO: "不要", Tri.UNKNOWN: "未確定"}


def names(edition: Edition) -> Names:
    """What facts and groups are called in an edition's rules."""
    events = edition.document["events"].values()
    roles = {role: role for event in events for role in event.get("roles", ())}
    return Names(editions.vocabulary(edition), {**roles, **GROUPS})


def group(name: str) -> str:
    """What a group, the household or the bundle is called."""
    return SHARED.get(name) or GROUPS.get(name, name)


def name_of(key: str, edition: Edition) -> str:
    """What an object is called; its code where it has no name."""
    entry = changes.entry(edition.document, key) or {}
    name: str = (
        entry.get("name") or entry.get("title") or entry.get("label") or key.partition("/")[2]
    )
    return name


def tell(section: str, entry: Entry, edition: Edition) -> dict[str, str]:
    """An entry in words, by what each is called; last what life events have their own way."""
    told = dict(TELLERS[section](entry, edition))
    for event in entry.get(per_event.PER_EVENT, {}):
        name = _names_of(edition, "events", [event])
        for label, text in differing(section, entry, event, edition):
            told[f"{label}（{name}のとき）"] = text
    return told


def differing(
    section: str, entry: Entry, event: str, edition: Edition
) -> Iterator[tuple[str, str]]:
    """What of an entry an event has its own way, in words; "" where it has none of it."""
    shared = dict(TELLERS[section](entry, edition))
    for label, text in TELLERS[section](per_event.seen(entry, event, edition.document), edition):
        if text != shared.get(label, ""):
            yield label, text


def deadline(entry: Entry, called: Names) -> str:
    """How a deadline is counted, in words; "" where none is."""
    unit = next((each for each in UNITS if entry.get(each)), None)
    if unit is None:
        return ""
    counted = entry["from"]
    whose = "ご本人" if counted["of"] == "self" else group(counted["of"])
    start = "その日を1日目として" if entry.get("count_first_day") else "その翌日から"
    roll = "。閉庁日に当たるときは次の開庁日" if entry.get("roll_to_open_day") else ""
    return (
        f"{whose}の「{called.fact(counted['fact'])}」から、{start}{entry[unit]}{UNITS[unit]}{roll}"
    )


def called(name: str) -> str:
    """Whom a procedure of a sample family is for: a name, the household or the bundle."""
    return SHARED.get(name, name)


def _procedure(entry: Entry, edition: Edition) -> Iterator[tuple[str, str]]:
    called = names(edition)
    yield "名称", entry["name"]
    yield "説明", entry["summary"]
    yield "だれの手続か", group(entry["for"])
    yield "条件", sentence(entry["rule"], called)
    yield "理由の文", "\n".join(_reasons(clause(entry["rule"], called)))
    yield "期限", entry["deadline"]["text"]
    yield "期限の数え方", deadline(entry["deadline"], called)
    yield "持ち物", "\n".join(_document(each, called) for each in entry["documents"])
    yield "担当", _names_of(edition, "departments", [entry["department"]])
    yield "様式", _names_of(edition, "papers", entry["papers"])
    yield "申請の方法", ONLINE[entry["online"]]
    yield "種類", KINDS[entry["kind"]]
    yield "先に必要な手続", _names_of(edition, "procedures", entry["requires"])
    yield "根拠", entry["law"]
    if entry["sources"] != [entry["law"]]:  # a town's own procedure has its rule for a source
        yield "出典", "\n".join(entry["sources"])
    yield "適用期間", "から".join(each or "" for each in entry["effective"].values()).strip("から")
    yield "確認の状況", "\n".join(text for name, text in CHECKED.items() if entry.get(name))


def _event(entry: Entry, edition: Edition) -> Iterator[tuple[str, str]]:
    called = names(edition)
    yield "名称", entry["name"]
    yield "説明", entry["description"]
    yield "手続", _names_of(edition, "procedures", entry["procedures"])
    yield (
        "引き継ぐライフイベント",
        "\n".join(
            f"{_names_of(edition, 'events', [each['event']])}（{sentence(each['guard'], called)}とき）"
            for each in entry.get("includes", ())
        ),
    )
    yield (
        "はじめに聞くこと",
        "\n".join(
            f"{group(who)}：{_names_of(edition, 'cards', [asked['card']])}"
            for who, asked in entry.get("asks", {}).items()
        ),
    )
    yield (
        "人の役割",
        "\n".join(
            f"{group(role)}：{group(each['over'])}のうち、{sentence(each['where'], called)}方"
            for role, each in entry.get("roles", {}).items()
        ),
    )
    yield "オンライン", ONLINE[entry["online"]] if entry.get("online") else ""


def _question(entry: Entry, edition: Edition) -> Iterator[tuple[str, str]]:
    yield "項目", entry["label"]
    yield "質問", entry["text"]
    yield "補足", entry.get("help", "")
    yield "だれに聞くか", group(entry["of"])
    yield "選択肢", "\n".join(each["label"] for each in entry.get("choices", ()))
    yield "単位", entry.get("unit", "")
    card = entry.get("card", "")
    yield "聞く画面", _names_of(edition, "cards", [card]) if card else ALONE


def _derived(entry: Entry, edition: Edition) -> Iterator[tuple[str, str]]:
    yield "項目", entry["label"]
    is_condition = entry["type"] == FactType.BOOL.value
    told = (sentence if is_condition else value_in_words)(entry["rule"], names(edition))
    yield "だれの項目か", OF[entry["of"]] if entry["of"] in OF else entry["of"]
    yield "決め方", told


def _paper(entry: Entry, edition: Edition) -> Iterator[tuple[str, str]]:
    called = names(edition)
    yield "名称", entry["title"]
    yield "様式番号", entry.get("form_number", "")
    yield "担当", _names_of(edition, "departments", [entry["department"]])
    yield "用紙", f"{entry.get('size', 'A4')}、{entry['layout']}"
    yield "欄", "\n".join(_box(each, called) for each in entry["fields"])
    for table in entry.get("rows", ()):
        label = table.get("label") or table["key"]
        yield f"表「{label}」", "\n".join(_box(each, called) for each in table["fields"])


def _box(field: Entry, called: Names) -> str:
    """One field of a paper: what is printed there."""
    who, _, fact = field.get("path", "").partition(".")
    if field.get("pen") or not fact:
        return f"{field['label']}：{field.get('value') or '手書き'}"
    return f"{field['label']}：{group(who)}の{called.fact(fact)}"


def _card(entry: Entry, edition: Edition) -> Iterator[tuple[str, str]]:
    yield "題", entry["title"]
    yield "説明", entry.get("help", "")


def _department(entry: Entry, edition: Edition) -> Iterator[tuple[str, str]]:
    yield "名称", entry["name"]
    yield "窓口の場所", entry["place"]


def _situation(entry: Entry, edition: Edition) -> Iterator[tuple[str, str]]:
    yield "必要な手続", "\n".join(_pairs(entry["yes"], edition))
    yield "未確定の手続", "\n".join(_pairs(entry.get("unknown", ()), edition))
    yield "質問", "\n".join(entry.get("asks", ()))
    for label, name in (("理由", "because"), ("期限", "deadlines")):
        told = entry.get(name, {})
        yield label, "\n".join(f"{_pair(code, edition)}：{text}" for code, text in told.items())


TELLERS: dict[str, Callable[[Entry, Edition], Iterator[tuple[str, str]]]] = {
    "procedures": _procedure,
    "events": _event,
    "questions": _question,
    "derived": _derived,
    "papers": _paper,
    "cards": _card,
    "departments": _department,
    "situations": _situation,
}


def _reasons(read: Clause) -> Iterator[str]:
    yield from dict.fromkeys(each for each in (read.because, read.because_no) if each)
    for part in read.parts:
        yield from _reasons(part)


def _document(entry: Entry, called: Names) -> str:
    when: Tree = entry.get("when")
    return f"{entry['name']}（{sentence(when, called)}とき）" if when else entry["name"]


def _names_of(edition: Edition, section: str, codes: list[str]) -> str:
    entries = edition.document.get(section, {})
    found = (entries.get(code, {}) for code in codes)
    return "\n".join(
        each.get("name") or each.get("title") or code
        for code, each in zip(codes, found, strict=True)
    )


def _pairs(stated: Any, edition: Edition) -> Iterator[str]:
    return (_pair(each, edition) for each in stated)


def _pair(stated: str, edition: Edition) -> str:
    code, _, who = stated.partition("@")
    name = _names_of(edition, "procedures", [code])
    return f"{name}（{called(who)}）" if who else name
