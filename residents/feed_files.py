"""The feed files on disk: reading residents/feeds/*.toml, refusing a wrong one in plain words."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

FOLDER = Path(__file__).parent / "feeds"
CODES_FILE = "codes.toml"
FORBIDDEN = ("個人番号", "住民票コード")  # 番号法: never a column of this system


class FeedFileRefused(Exception):
    """A feed file is wrong; the text names the file and the mistake in Japanese."""

    def __init__(self, file: str, mistakes: list[str]) -> None:
        super().__init__(f"フィード定義 {file} に誤りがあります。" + " ".join(mistakes))
        self.file = file
        self.mistakes = mistakes


def read_all(folder: Path = FOLDER) -> dict[str, dict[str, Any]]:
    """Every feed document by file name, checked. Raises FeedFileRefused."""
    lists = read_codes(folder)
    documents = {}
    for path in sorted(folder.glob("*.toml")):
        if path.name != CODES_FILE:
            documents[path.name] = read(path, lists)
    _refuse_clashes(documents)
    return documents


def read(path: Path, lists: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """One feed document, checked against schema.json and against itself. Raises FeedFileRefused."""
    document = _parse(path)
    wrong = sorted(_validator().iter_errors(document), key=lambda error: list(map(str, error.path)))
    if wrong:
        raise FeedFileRefused(path.name, [_in_japanese(error) for error in wrong])
    mistakes = list(_inconsistencies(document, path.stem, lists))
    if mistakes:
        raise FeedFileRefused(path.name, mistakes)
    return document


def read_codes(folder: Path = FOLDER) -> dict[str, dict[str, str]]:
    """codes.toml: list name → {code: words}. Raises FeedFileRefused."""
    lists = _parse(folder / CODES_FILE)
    for name, codes in lists.items():
        if not isinstance(codes, dict) or not all(isinstance(word, str) for word in codes.values()):
            raise FeedFileRefused(
                CODES_FILE, [f"[{name}]は「コード = 名称」の並びで書いてください。"]
            )
    return lists


def _parse(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise FeedFileRefused(path.name, [f"TOMLとして読めません（{error}）。"]) from error


@cache
def _validator() -> Draft202012Validator:
    schema = json.loads((FOLDER / "schema.json").read_text(encoding="utf-8"))
    return Draft202012Validator(schema)


def _in_japanese(error: ValidationError) -> str:
    place = "→".join(
        f"{part + 1}番目" if isinstance(part, int) else str(part) for part in error.path
    )
    return f"{place or '全体'}: {_mistake(error)}"


def _mistake(error: ValidationError) -> str:
    known = set(error.schema.get("properties", {}))
    match error.validator:
        case "required":
            missing = [name for name in error.validator_value if name not in error.instance]
            return f"{'、'.join(missing)}がありません。"
        case "additionalProperties":
            return f"{'、'.join(sorted(set(error.instance) - known))}という項目は使えません。"
        case "enum":
            return f"「{error.instance}」は使えません（{'、'.join(error.validator_value)}）。"
        case "pattern":
            return f"「{error.instance}」は形式に合いません（{error.validator_value}）。"
        case "type":
            return f"値の種類が違います（{error.validator_value}が必要です）。"
        case "oneOf" | "anyOf":
            return "itemかitemsのどちらか一つが必要です。"
    return "値が空か、数が足りないか、重なっています。"


def _inconsistencies(
    document: Mapping[str, Any], stem: str, lists: Mapping[str, Mapping[str, str]]
) -> Iterator[str]:
    if document["code"] != stem:
        yield f"codeはファイル名（{stem}）と同じにしてください。"
    if document["key"][0] != "宛名番号":
        yield "keyの先頭は宛名番号にしてください。"
    yield from _item_mistakes(document, lists)
    names = {item["name"] for item in document["item"]}
    for place, name in _references(document):
        if name not in names:
            yield f"{place}の「{name}」という項目がありません。"
    for fact in document.get("fact", ()):
        yield from _fact_mistakes(fact, document["item"])


def _item_mistakes(
    document: Mapping[str, Any], lists: Mapping[str, Mapping[str, str]]
) -> Iterator[str]:
    items = document["item"]
    for part in ("name", "romaji"):
        for value, count in Counter(item[part] for item in items).items():
            if count > 1:
                yield f"項目「{value}」が{count}回あります。"
    for item in items:
        if any(word in item["name"] for word in FORBIDDEN):
            yield f"「{item['name']}」は受け取れません（個人番号・住民票コードは保存しません）。"
        if item.get("codes") and item["codes"] not in lists:
            yield f"「{item['name']}」のコード一覧{item['codes']}が{CODES_FILE}にありません。"


def _references(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for part in ("key", "record"):
        yield from ((part, name) for name in document.get(part, ()))
    active = document.get("active", {})
    yield from ((f"active.{part}", active[part]) for part in ("from", "until") if part in active)
    yield from (("active.where", name) for name in active.get("where", {}))
    for item in document["item"]:
        for part in ("unknown_flag", "unknown_text"):
            if part in item:
                yield f"{item['name']}の{part}", item[part]
    for fact in document.get("fact", ()):
        yield from ((f"fact {fact['key']}", name) for name in _items_of(fact))


def _items_of(fact: Mapping[str, Any]) -> list[str]:
    return fact["items"] if "items" in fact else [fact["item"]]


def _fact_mistakes(fact: Mapping[str, Any], items: list[dict[str, Any]]) -> Iterator[str]:
    names = _items_of(fact)
    join = fact.get("join", "")
    if isinstance(join, list) and len(join) != len(names) - 1:
        yield f"fact {fact['key']}のjoinはitemsより一つ少なくしてください。"
    types = {item["name"]: item["type"] for item in items}
    if fact["type"] == "date" and types.get(names[0]) not in ("DATE", None):
        yield f"fact {fact['key']}は日付ですが、項目「{names[0]}」はDATEではありません。"


def _refuse_clashes(documents: Mapping[str, Mapping[str, Any]]) -> None:
    seen: dict[str, str] = {}
    for file, document in documents.items():
        own = [f"ファイル名 {document['business_id']}_{document['group']}"]
        own += [f"fact {fact['key']}" for fact in document.get("fact", ())]
        for thing in own:
            if thing in seen:
                raise FeedFileRefused(file, [f"{thing}は{seen[thing]}にもあります。"])
            seen[thing] = file
