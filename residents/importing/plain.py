"""Residents of whom one plain row tells all, as lines of COPY: built a column at a time; pure.

The values are those of building.resident and search_keys.columns, from the same functions.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

import polars as pl

from residents import folding, names
from residents.feed import Feed
from residents.importing import building, search_keys
from residents.importing.rows import hexdigest
from residents.record_text import SEPARATOR

_REMEMBERED = 1 << 15
_KIND, _BIRTH = "住民種別", "生年月日"
_BYTEA = "\\\\x"  # begins a literal of it, whose backslash COPY takes twice
_TOWN, _STREET, _BUILDING = "住所_町字", "住所_番地号表記", "住所_方書"


def are(cells: pl.DataFrame) -> pl.Series:
    """Which rows are plain, if each is the only one of its person and nothing else is odd in it."""
    plain = cells[_KIND] != names.FOREIGN
    for name in search_keys.OTHERS & {*cells.columns}:
        plain &= cells[name] == ""
    for name in {names.NAME, names.KANA} & {*cells.columns}:
        plain &= _each(cells[name], search_keys.has_two_parts, pl.Boolean)
    return plain


def lines(
    cells: pl.DataFrame, items: Sequence[str], feed: Feed, delivery: str, refs: Sequence[str]
) -> bytes | None:
    """The columns building.RESIDENT of plain rows as text of COPY; None if a key is too long.

    `items` are those of a record in the order of its text. With `refs` one of them comes first in each
    row. No value holds a tab, a line end or a backslash: such rows are alone in their block.
    """

    def column(name: str) -> pl.Series:
        return cells[name] if name in cells.columns else pl.repeat("", len(cells), eager=True)

    name, kana = column(names.NAME), column(names.KANA)
    keys = (
        _each(kana, folding.fold_name),
        _each(name, folding.fold_name),
        _place(column(_TOWN), column(_STREET)),
        _each(column(_BUILDING), folding.fold_address),
    )
    if any((each.str.len_chars() >= search_keys.LONGEST).any() for each in keys):
        return None
    record = cells.select(_record(cells.columns, items)).to_series()
    columns = [
        *([pl.Series(refs[: len(cells)])] if refs else []),
        column(feed.key[0]),
        column("世帯番号"),
        column(_KIND),
        column("住民状態"),
        *map(column, feed.versions),
        record,
        _BYTEA + pl.Series([*map(hexdigest, record.cast(pl.Binary).to_list())], dtype=pl.String),
        name,
        kana,
        _each(column(_BIRTH), _span),
        column("性別"),
        _each(_joined(map(column, building.RELATIONSHIPS), SEPARATOR), _codes),
        column(_TOWN),
        pl.repeat(delivery, len(cells), eager=True),
        *keys,
    ]
    text = io.BytesIO()
    _joined(columns, "\t").to_frame().write_csv(text, include_header=False, quote_style="never")
    return text.getvalue()


def _record(held: Sequence[str], items: Sequence[str]) -> pl.Expr:
    """The text of a record (record_text.encode), from the cells of those of its items that are held."""
    parts: list[pl.Expr] = []
    gap = ""
    for item in items:
        if item in held:
            parts += [pl.lit(gap), pl.col(item)] if gap else [pl.col(item)]
            gap = ""
        gap += SEPARATOR
    return pl.concat_str(parts).str.strip_chars_end(SEPARATOR)


def _each(
    cells: pl.Series, function: Callable[[str], object], dtype: type[pl.DataType] = pl.String
) -> pl.Series:
    """A function of each text; it is asked once for each that differs."""
    differing = cells.unique()
    made = pl.Series([*map(function, differing.to_list())], dtype=dtype)
    return cells.replace_strict(differing, made, return_dtype=dtype)


def _joined(columns: Iterable[pl.Series], separator: str) -> pl.Series:
    named = [each.alias(str(place)) for place, each in enumerate(columns)]
    return pl.select(pl.concat_str(named, separator=separator)).to_series()


def _place(town: pl.Series, street: pl.Series) -> pl.Series:
    """folding.fold_place of each row; few rows share both, but many share one of them."""
    first, rest = _each(town, folding.fold_address), _each(street, folding.fold_address)
    between = first.str.contains(r"[0-9]\z") & rest.str.contains(r"\A[0-9]")
    return pl.select(
        pl.concat_str(first, pl.when(between).then(pl.lit("-")).otherwise(pl.lit("")), rest)
    ).to_series()


@lru_cache(maxsize=_REMEMBERED)
def _span(text: str) -> str:
    return "\t".join("\\N" if day is None else day.isoformat() for day in building.span(text))


def _codes(joined: str) -> str:
    return building.array([code for code in joined.split(SEPARATOR) if code])
