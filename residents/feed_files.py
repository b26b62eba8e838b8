"""The feed files on disk: reading *.toml, refusing a wrong one with the line and the mistake."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from residents import feed_sense
from residents.toml_lines import Lines

FOLDER = Path(__file__).parent / "feeds"
CODES_FILE = "codes.toml"
_AT = re.compile(r"at line (\d+), column (\d+)")
_WORDS = {"string": "文字列", "integer": "整数", "boolean": "trueかfalse", "array": "[ ]の並び"}


class FeedFileRefused(Exception):
    """A feed file is wrong; the text names the file, the lines and the mistakes in Japanese."""

    def __init__(self, file: str, mistakes: list[str]) -> None:
        super().__init__(f"フィード定義 {file} に誤りがあります。" + " ".join(mistakes))
        self.file = file
        self.mistakes = mistakes


@dataclass(frozen=True, slots=True)
class Documents:
    """What the folders hold: feeds by file name, mappings of legacy systems, and code lists."""

    feeds: Mapping[str, dict[str, Any]]
    mappings: Mapping[str, dict[str, Any]]
    codes: Mapping[str, Mapping[str, str]]


def read_all(*folders: Path) -> Documents:
    """Every document of the folders, checked. Raises FeedFileRefused.

    A file of a later folder replaces that of the same name in an earlier one. A file with `feed` is
    the mapping of a legacy system; any other is a feed, which may bring mappings and codes.
    """
    paths = {path.name: path for folder in folders for path in sorted(folder.glob("*.toml"))}
    codes_path = paths.pop(CODES_FILE)
    codes = _codes(codes_path)
    read_as = {path.name: read(path) for path in paths.values()}
    feeds = {name: each for name, each in read_as.items() if "feed" not in each}
    for name, each in feeds.items():
        _join_codes(codes, name, each.get("codes", {}))
    by_code = {each["code"]: each for each in feeds.values()}
    for name, each in read_as.items():
        _refuse_nonsense(paths[name], each, codes, by_code)
    _refuse_clashes(feeds)
    mappings = {name: each for name, each in read_as.items() if "feed" in each}
    return Documents(feeds, mappings, codes)


def check(path: Path, *folders: Path) -> list[str]:
    """The mistakes of one file, read as if it lay in the last of the folders; none if it is right.

    Without another folder's file being read twice: a file of the same name is left out.
    """
    try:
        found = read_all(*folders)
        document = read(path)
        codes = {name: dict(each) for name, each in found.codes.items()}
        others = {name: each for name, each in found.feeds.items() if name != path.name}
        if path.name not in found.feeds:
            _join_codes(codes, path.name, document.get("codes", {}))
        feeds = others if "feed" in document else {**others, path.name: document}
        _refuse_nonsense(path, document, codes, {each["code"]: each for each in feeds.values()})
        _refuse_clashes(feeds)
    except FeedFileRefused as refused:
        return refused.mistakes if refused.file == path.name else [str(refused)]
    return []


def read(path: Path) -> dict[str, Any]:
    """One document, checked against the schema. Raises FeedFileRefused."""
    document, lines = _parse(path)
    part = "mapping" if "feed" in document else "feed"
    wrong = sorted(_validator(part).iter_errors(document), key=lambda each: _line(each, lines))
    if wrong:
        mistakes = [f"{_line(error, lines)}行目　{_in_japanese(error)}" for error in wrong]
        raise FeedFileRefused(path.name, mistakes)
    return document


def _parse(path: Path) -> tuple[dict[str, Any], Lines]:
    try:
        text = path.read_text(encoding="utf-8")
        return tomllib.loads(text), Lines(text)
    except tomllib.TOMLDecodeError as error:
        at = _AT.search(str(error))
        where = f"{at[1]}行目の{at[2]}文字目" if at else "最後の行"
        raise FeedFileRefused(path.name, [f"{where}　TOMLとして読めません。"]) from error
    except UnicodeDecodeError as error:
        raise FeedFileRefused(path.name, ["1行目　文字コードがUTF-8ではありません。"]) from error


def _codes(path: Path) -> dict[str, dict[str, str]]:
    lists, lines = _parse(path)
    for name, codes in lists.items():
        if not isinstance(codes, dict) or not all(isinstance(word, str) for word in codes.values()):
            line = lines.find((name,))
            mistake = f"{line}行目　[{name}]は「コード = 名称」の並びで書いてください。"
            raise FeedFileRefused(path.name, [mistake])
    return lists


def _join_codes(
    codes: dict[str, dict[str, str]], file: str, own: Mapping[str, dict[str, str]]
) -> None:
    for name, words in own.items():
        if name in codes:
            raise FeedFileRefused(file, [f"コード一覧{name}は他の定義にもあります。"])
        codes[name] = words


def _refuse_nonsense(
    path: Path,
    document: Mapping[str, Any],
    codes: Mapping[str, Mapping[str, str]],
    feeds: Mapping[str, Mapping[str, Any]],
) -> None:
    found = list(feed_sense.mistakes(document, path.stem, codes, feeds))
    if found:
        lines = _parse(path)[1]
        raise FeedFileRefused(path.name, [f"{lines.find(at)}行目　{words}" for at, words in found])


def _refuse_clashes(documents: Mapping[str, Mapping[str, Any]]) -> None:
    seen: dict[str, str] = {}
    for file, document in documents.items():
        own = [f"ファイル名 {document['business_id']}_{document['group']}"]
        own += [f"fact {fact['key']}" for fact in document.get("fact", ())]
        for thing in own:
            if thing in seen:
                raise FeedFileRefused(file, [f"{thing}は{seen[thing]}にもあります。"])
            seen[thing] = file


@cache
def _validator(part: str) -> Draft202012Validator:
    schema = json.loads((FOLDER / "schema.json").read_text(encoding="utf-8"))
    return Draft202012Validator({**schema, "$ref": f"#/$defs/{part}"})


def _line(error: ValidationError, lines: Lines) -> int:
    extra = _extra(error) if error.validator == "additionalProperties" else []
    return lines.find((*error.absolute_path, *extra[:1]))


def _extra(error: ValidationError) -> list[str]:
    return sorted(set(error.instance) - set(error.schema.get("properties", {})))


def _in_japanese(error: ValidationError) -> str:
    place = "→".join(
        f"{part + 1}番目" if isinstance(part, int) else str(part) for part in error.absolute_path
    )
    return f"{place or '全体'}: {_mistake(error)}"


def _mistake(error: ValidationError) -> str:
    match error.validator:
        case "required":
            missing = [name for name in error.validator_value if name not in error.instance]
            return f"{'、'.join(missing)}がありません。"
        case "additionalProperties":
            return f"{'、'.join(_extra(error))}という項目は使えません。"
        case "enum":
            return f"「{error.instance}」は使えません（{_listed(error.validator_value)}）。"
        case "pattern":
            return f"「{error.instance}」は形式に合いません（{error.validator_value}）。"
        case "type":
            wanted = _WORDS.get(error.validator_value, error.validator_value)
            return f"値の種類が違います（{wanted}が必要です）。"
        case "oneOf" | "anyOf":
            return f"{_listed(_names(error.validator_value))}のどれか一つが必要です。"
    return "値が空か、数が足りないか、重なっています。"


def _names(choices: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for choice in choices:
        yield from choice.get("required", [_WORDS.get(choice.get("type", ""), "別の値")])


def _listed(values: Iterable[Any]) -> str:
    return "、".join("タブ" if value == "\t" else str(value) for value in values)
