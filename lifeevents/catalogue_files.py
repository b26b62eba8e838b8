"""A catalogue's files on disk: merged into one archive document, or refused in plain Japanese."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

from lifeevents import per_event

Document = dict[str, Any]
SITUATIONS = "situations"
MOST_MISTAKES = 20
NOTHING: Document = {"departments": {}, "events": {}, "procedures": {}, "questions": {}}


class ArchiveRefused(Exception):
    """A catalogue cannot be read; `mistakes` name the file or key and what is wrong."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(["手続カタログに誤りがあります。", *mistakes[:MOST_MISTAKES]]))
        self.mistakes = mistakes


def merge(folder: Path) -> Document:
    """Every *.json of a folder, and its situations/*.toml, as one document of {section: {code: …}}.

    Raises ArchiveRefused when a file cannot be read or two files use one code.
    """
    document: Document = {}
    written_in: dict[tuple[str, str], str] = {}
    for name, section, code, entry in _entries(folder):
        other = written_in.setdefault((section, code), name)
        if code in document.setdefault(section, {}):
            raise ArchiveRefused([f"{name}: {section}の「{code}」は{other}にもあります。"])
        document[section][code] = entry
    return document


def mistakes(document: object) -> list[str]:
    """What in a document does not follow catalogue_schema.json; each names the key."""
    if _follows(document):
        return []
    found = sorted(_validator().iter_errors(document), key=lambda error: list(map(str, error.path)))
    told = [_in_japanese(error) for error in found]
    if told or not isinstance(document, Mapping):
        return told
    return [
        f"{_in_japanese(error)}（{per_event.PER_EVENT} → {event}）"
        for event in document["events"]
        for error in _validator().iter_errors({**NOTHING, **per_event.worded(document, event)})
    ]


def _follows(document: object) -> bool:
    """Whether all of it follows the schema, asked entry by entry: editions share nearly all of them."""
    if not isinstance(document, Mapping) or not NOTHING.keys() <= document.keys() <= _sections():
        return False
    return _each_follows(document) and all(
        _each_follows(per_event.worded(document, event)) for event in document["events"]
    )


def _each_follows(document: Mapping[str, Any]) -> bool:
    return all(
        isinstance(entries, Mapping)
        and all(
            _entry_follows(section, code, json.dumps(entry, sort_keys=True))
            for code, entry in entries.items()
        )
        for section, entries in document.items()
    )


@lru_cache(maxsize=4096)
def _entry_follows(section: str, code: str, text: str) -> bool:
    return _validator().is_valid({**NOTHING, section: {code: json.loads(text)}})


def _entries(folder: Path) -> Iterator[tuple[str, str, str, Any]]:
    for path in sorted(folder.glob("*.json")):
        sections = _read_json(path)
        if not all(isinstance(entries, dict) for entries in sections.values()):
            raise ArchiveRefused([f"{path.name}: 「種類 → コード → 内容」の形で書いてください。"])
        for section, entries in sections.items():
            yield from ((path.name, section, code, entry) for code, entry in entries.items())
    for path in sorted((folder / SITUATIONS).glob("*.toml")):
        for situation in _read_toml(path):
            yield path.name, SITUATIONS, str(situation.get("name", path.stem)), situation


def _read_json(path: Path) -> Document:
    try:
        read = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_refuse_doubles)
    except ValueError as error:
        raise ArchiveRefused([f"{path.name}: JSONとして読めません（{error}）。"]) from error
    if not isinstance(read, dict):
        raise ArchiveRefused([f"{path.name}: 「種類 → コード → 内容」の形で書いてください。"])
    return read


def _refuse_doubles(pairs: list[tuple[str, Any]]) -> Document:
    entries = dict(pairs)
    if len(entries) < len(pairs):
        keys = [key for key, _ in pairs]
        double = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"「{double}」が2回あります")
    return entries


def _read_toml(path: Path) -> list[Document]:
    try:
        situations = tomllib.loads(path.read_text(encoding="utf-8")).get("situation", [])
    except tomllib.TOMLDecodeError as error:
        raise ArchiveRefused([f"{path.name}: TOMLとして読めません（{error}）。"]) from error
    return [_as_json(situation) for situation in situations]


def _as_json(value: Any) -> Any:
    """TOML's own dates as ISO text, so that the archive is plain JSON."""
    if isinstance(value, Mapping):
        return {key: _as_json(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_as_json(each) for each in value]
    return value.isoformat() if isinstance(value, date | datetime | time) else value


def _sections() -> set[str]:
    return set(_validator().schema["properties"])


@cache
def _validator() -> Draft202012Validator:
    schema = Path(__file__).with_name("catalogue_schema.json")
    return Draft202012Validator(json.loads(schema.read_text(encoding="utf-8")))


def _in_japanese(error: ValidationError) -> str:
    inner = best_match(error.context) if error.context else None
    cause = inner or error
    place = [*error.absolute_path, *(inner.relative_path if inner else ())]
    return f"{' → '.join(map(_step, place)) or '全体'}: {_mistake(cause)}"


def _step(part: str | int) -> str:
    return f"{part + 1}番目" if isinstance(part, int) else part


def _mistake(error: ValidationError) -> str:
    match error.validator:
        case "required":
            missing = [name for name in error.validator_value if name not in error.instance]
            return f"{'、'.join(missing)}がありません。"
        case "additionalProperties":
            known = set(error.schema.get("properties", {}))
            return f"{'、'.join(sorted(set(error.instance) - known))}という項目は使えません。"
        case "enum":
            allowed = "、".join(map(str, error.validator_value))
            return f"「{error.instance}」は使えません（使えるのは {allowed}）。"
        case "pattern":
            return f"「{error.instance}」は形式に合いません。"
        case "type":
            return f"値の種類が違います（{error.validator_value}が必要です）。"
    return "値が空か、範囲の外か、重なっています。"
