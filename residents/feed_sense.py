"""What a schema cannot say of a feed file: that its parts name each other rightly (pure)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from residents import personal_number

Mistakes = Iterator[tuple[tuple[str | int, ...], str]]
Document = Mapping[str, Any]
_DATED = ("{年月日}", "{年月日時分秒}")


def mistakes(
    document: Document, stem: str, lists: Mapping[str, Document], feeds: Mapping[str, Document]
) -> Mistakes:
    """Each mistake of a checked document with the path it is found at.

    `stem` is the file's name, `lists` the code lists, `feeds` every feed by code.
    """
    if "feed" in document:
        yield from _mapping_mistakes(document, feeds.get(document["feed"]), ())
        return
    if document["code"] != stem:
        yield ("code",), f"codeはファイル名（{stem}）と同じにしてください。"
    if document["key"][0] != "宛名番号":
        yield ("key",), "keyの先頭は宛名番号にしてください。"
    yield from _item_mistakes(document, lists)
    names = {each["name"] for each in document["item"] if not each.get("drop")}
    for path, name in _references(document):
        if name not in names:
            yield path, f"「{name}」という項目がありません。"
    for place, fact in enumerate(document.get("fact", ())):
        yield from _fact_mistakes(place, fact, document["item"])
    for place, each in enumerate(document.get("legacy", ())):
        yield from _mapping_mistakes(each, document, ("legacy", place))


def _item_mistakes(document: Document, lists: Mapping[str, Document]) -> Mistakes:
    items = document["item"]
    for part in ("name", "romaji", "id"):
        counts = Counter(each[part] for each in items if part in each)
        for value, count in counts.items():
            if count > 1:
                places = [i for i, each in enumerate(items) if each.get(part) == value]
                yield ("item", places[-1]), f"項目「{value}」が{count}回あります。"
    for place, each in enumerate(items):
        titles = (each["name"], each["romaji"])
        if any(map(personal_number.is_title, titles)) and not each.get("drop"):
            yield (
                ("item", place),
                f"「{each['name']}」は受け取れません（個人番号・住民票コードは保存しません）。"
                "列があるだけならdrop = trueを付けてください。",
            )
        if each.get("codes") and each["codes"] not in lists:
            yield ("item", place), f"「{each['name']}」のコード一覧{each['codes']}がありません。"


def _references(document: Document) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for part in ("key", "record"):
        yield from (((part,), name) for name in document.get(part, ()))
    active = document.get("active", {})
    yield from ((("active", part), active[part]) for part in ("from", "until") if part in active)
    yield from ((("active", "where"), name) for name in active.get("where", {}))
    for part in ("sensitive", "confirm"):
        yield from ((("limits", part), name) for name in document.get("limits", {}).get(part, {}))
    for place, each in enumerate(document["item"]):
        for part in ("unknown_flag", "unknown_text"):
            if part in each:
                yield ("item", place), each[part]
    for place, fact in enumerate(document.get("fact", ())):
        yield from ((("fact", place, "item"), name) for name in _items_of(fact))
    for place, check in enumerate(document.get("check", ())):
        yield from (
            (("check", place), name) for name in (*check["items"], *check.get("unless", {}))
        )


def _items_of(fact: Document) -> list[str]:
    return fact["items"] if "items" in fact else [fact["item"]]


def _fact_mistakes(place: int, fact: Document, items: list[dict[str, Any]]) -> Mistakes:
    names = _items_of(fact)
    join = fact.get("join", "")
    if isinstance(join, list) and len(join) != len(names) - 1:
        yield ("fact", place, "join"), "joinはitemsより一つ少なくしてください。"
    types = {each["name"]: each["type"] for each in items}
    if fact["type"] == "date" and types.get(names[0]) not in ("DATE", None):
        yield ("fact", place, "type"), f"日付ですが、項目「{names[0]}」はDATEではありません。"


def _mapping_mistakes(
    mapping: Document, feed: Document | None, at: tuple[str | int, ...]
) -> Mistakes:
    if feed is None:
        yield ("feed",), f"「{mapping['feed']}」という連携データは定義されていません。"
        return
    if not any(place in mapping["file"] for place in _DATED):
        yield (*at, "file"), f"ファイル名には{'か'.join(_DATED)}が必要です。"
    if not mapping.get("format", {}).get("header", True) and "width" not in mapping:
        yield at, "見出しのない形式では、widthに列の数を書いてください。"
    types = {each["name"]: each["type"] for each in feed["item"] if not each.get("drop")}
    mapped = [each["item"] for each in mapping["column"]]
    for place, each in enumerate(mapping["column"]):
        found = _column_mistakes(each, types, mapped, mapping)
        yield from (((*at, "column", place), words) for words in found)
    needed = {each["name"] for each in feed["item"] if each.get("required")}
    if missing := sorted((needed | set(feed["key"])) - set(mapped)):
        yield at, f"必要な項目の対応がありません：{'、'.join(missing)}。"


def _column_mistakes(
    column: Document, types: Mapping[str, str], mapped: list[str], mapping: Document
) -> Iterator[str]:
    name = column["item"]
    sources = column.get("from", [])
    sources = sources if isinstance(sources, list) else [sources]
    if name not in types:
        yield f"「{name}」という項目がありません。"
    if mapped.count(name) > 1:
        yield f"「{name}」の対応が2回以上あります。"
    if any(personal_number.is_title(str(source)) for source in sources):
        yield "個人番号・住民票コードの列は読み込めません。"
    by_title = mapping.get("format", {}).get("header", True)
    if any(isinstance(each, int) and each > mapping.get("width", each) for each in sources):
        yield "fromの番号がwidthを超えています。"
    if any(isinstance(source, str) is not by_title for source in sources):
        yield "見出しのある形式では見出し、ない形式では列の番号（1から）をfromに書いてください。"
    if "date" in column and types.get(name) != "DATE":
        yield f"dateがありますが、「{name}」はDATEではありません。"
