"""The test cards of the demo's provider: the four attributes of the made-up town's showcase residents."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

from residents import feed

ATTRIBUTES = {"name": "name", "address": "address", "birth_date": "birthdate", "sex": "gender"}
HISTORY = ("個人履歴番号", "個人履歴番号_枝番号")


def of_town(town: Path) -> list[dict[str, Any]]:
    """One card for each household of TOWN/showcase.json, as the town's first export has its person."""
    shown = json.loads((town / "showcase.json").read_text(encoding="utf-8"))
    titles = {each["number"]: each["title"] for each in shown}
    rows: dict[str, dict[str, str]] = {}
    for path in (town / "day00").glob(f"*_{_juki().group}_*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            found = [row for row in csv.DictReader(file) if row.get("宛名番号") in titles]
        for row in sorted(found, key=lambda row: [int(row[item] or 0) for item in HISTORY]):
            rows[row["宛名番号"]] = row
    return [
        _card(place, titles[number], rows[number])
        for place, number in enumerate((n for n in titles if n in rows), start=1)
    ]


def _card(place: int, title: str, row: dict[str, str]) -> dict[str, Any]:
    said = {each.fact.key: each.read(row) for each in _juki().facts if each.fact.key in ATTRIBUTES}
    claims: dict[str, Any] = {claim: _claim(said[key]) for key, claim in ATTRIBUTES.items()}
    claims["address"] = {"formatted": claims["address"]}
    return {"id": f"card{place}", "title": f"{claims['name']} — {title}", "claims": claims}


def _claim(value: Any) -> str:
    exact = getattr(value, "exact", value)
    return exact.isoformat() if hasattr(exact, "isoformat") else str(exact or "")


def _juki() -> feed.Feed:
    return feed.feeds()[feed.REGISTER]
