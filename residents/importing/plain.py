"""Residents of whom one plain row tells all, as lines of COPY: built a column at a time; pure.

The values are those of building.resident and search_keys.columns, from the same functions.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from residents import folding, names
from residents.feed import Feed
from residents.importing import building, search_keys
from residents.importing.rows import hexdigest
from residents.record_text import SEPARATOR

_KIND, _BIRTH = "住民種別", "生年月日"
_BYTEA = "\\\\x"  # begins a literal of it, whose backslash COPY takes twice
_TOWN, _STREET, _BUILDING = "住所_町字", "住所_番地号表記", "住所_方書"


def are(cells: pl.DataFrame) -> pl.Series:
    """Which rows are plain, if each is the only one of its person and nothing else is odd in it."""
    blank = [*(search_keys.OTHERS & {*cells.columns})]
    named = [name for name in (names.NAME, names.KANA) if name in cells.columns]
    met = cells.select(pl.col(named).unique().implode()).row(0) if named else ()
    long = [[text for text in each if not search_keys.has_two_parts(text)] for each in met]
    return cells.select(
        pl.all_horizontal(
            pl.col(_KIND) != names.FOREIGN,
            *(pl.col(name) == "" for name in blank),
            *(~pl.col(name).is_in(each) for name, each in zip(named, long, strict=True) if each),
        )
    ).to_series()


def lines(
    cells: pl.DataFrame, items: Sequence[str], feed: Feed, delivery: str, refs: pl.Series | None
) -> bytes | None:
    """The columns building.RESIDENT of plain rows as text of COPY; None if a key may be too long.

    `items` are those of a record in the order of its text. With `refs` one of them comes first in each
    row. No value holds a tab, a line end or a backslash: such rows are alone in their block.
    """

    def column(name: str) -> pl.Expr:
        return pl.col(name) if name in cells.columns else pl.lit("")

    made = _each(
        cells,
        {
            "kana": (column(names.KANA), folding.fold_name),
            "name": (column(names.NAME), folding.fold_name),
            "town": (column(_TOWN), folding.fold_address),
            "street": (column(_STREET), folding.fold_address),
            "building": (column(_BUILDING), folding.fold_address),
            "codes": (_joined(map(column, building.RELATIONSHIPS), SEPARATOR), _codes),
        },
    )
    longest = max(made.longest("kana"), made.longest("name"), made.longest("building"))
    if max(longest, made.longest("town") + 1 + made.longest("street")) >= search_keys.LONGEST:
        return None
    records = cells.select(_record(cells.columns, items)).to_series()
    hashes = pl.Series([*map(hexdigest, records.cast(pl.Binary).to_list())], dtype=pl.String)
    columns = [
        *([] if refs is None else [pl.lit(refs)]),
        column(feed.key[0]),
        column("世帯番号"),
        column(_KIND),
        column("住民状態"),
        *map(column, feed.versions),
        pl.lit(records),
        pl.lit(_BYTEA) + pl.lit(hashes),
        column(names.NAME),
        column(names.KANA),
        _span(cells, column(_BIRTH)),
        column("性別"),
        made["codes"],
        column(_TOWN),
        pl.lit(delivery),
        made["kana"],
        made["name"],
        _place(made["town"], made["street"]),
        made["building"],
    ]
    return _text(cells.select(_joined(columns, "\t")))


def identities(refs: pl.Series, numbers: pl.Series) -> bytes:
    """The columns ref, number and created_at of people as text of COPY."""
    return _text(pl.select(_joined([pl.lit(refs), pl.lit(numbers), pl.lit("now")], "\t")))


def _text(lines: pl.DataFrame) -> bytes:
    text = io.BytesIO()
    lines.write_csv(text, include_header=False, quote_style="never")
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


@dataclass(frozen=True, slots=True)
class _Made:
    """What functions of one text made of columns: for each of the texts met, what it became."""

    columns: Mapping[str, pl.Expr]
    met: Mapping[str, Sequence[str]]
    became: Mapping[str, Sequence[str]]

    def __getitem__(self, name: str) -> pl.Expr:
        old, new = self.met[name], self.became[name]
        return self.columns[name].replace_strict(old, new, return_dtype=pl.String)

    def longest(self, name: str) -> int:
        """The letters of the longest of them."""
        return max(map(len, self.became[name]))


def _each(cells: pl.DataFrame, asked: Mapping[str, tuple[pl.Expr, Callable[[str], str]]]) -> _Made:
    """A function of each text of some columns; it is asked once for each that differs."""
    columns = {name: column for name, (column, _) in asked.items()}
    met = cells.select(**{name: each.unique().implode() for name, each in columns.items()})
    texts = met.row(0, named=True)
    became = {name: [*map(made, texts[name])] for name, (_, made) in asked.items()}
    return _Made(columns, texts, became)


def _joined(columns: Iterable[pl.Expr], separator: str) -> pl.Expr:
    return pl.concat_str([*columns], separator=separator)


def _place(town: pl.Expr, street: pl.Expr) -> pl.Expr:
    """folding.fold_place of what was folded; few rows share both, but many share one of them."""
    between = town.str.contains(r"[0-9]\z") & street.str.contains(r"\A[0-9]")
    dash = pl.when(between).then(pl.lit("-")).otherwise(pl.lit(""))
    return pl.concat_str(town, dash, street)


def _span(cells: pl.DataFrame, days: pl.Expr) -> pl.Expr:
    """The first and the last day that each may mean, with a tab between; nearly all mean one."""
    read = days.str.to_date("%Y-%m-%d", strict=False)
    is_one = (read.dt.to_string("%Y-%m-%d") == days) & read.dt.year().is_between(1, 9998)
    is_one = is_one.fill_null(value=False)
    odd = cells.select(days.filter(~is_one).unique()).to_series().to_list()
    one = pl.concat_str(days, days, separator="\t")
    if not odd:
        return one
    spans = days.replace_strict(odd, [*map(_bounds, odd)], default="", return_dtype=pl.String)
    return pl.when(is_one).then(one).otherwise(spans)


def _bounds(text: str) -> str:
    return "\t".join("\\N" if day is None else day.isoformat() for day in building.span(text))


def _codes(joined: str) -> str:
    return building.array([code for code in joined.split(SEPARATOR) if code])
