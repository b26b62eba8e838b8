"""Fonts: which font holds which character, chosen per character so that no name prints wrong.

A variation sequence (IVS) is drawn as its base glyph, silently, by a font that does not list it in
its cmap format 14, and Pango does not try the next font. So every value is looked up here first.
"""

from __future__ import annotations

import subprocess
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby

VALUE = ("IPAmjMincho", "BIZ UDMincho", "Noto Serif CJK JP")
LABEL = ("BIZ UDGothic", "Noto Sans CJK JP", "IPAmjMincho")

GETA = "〓"
"""What stands for a character that no font holds (下駄記号)."""

_VARIATIONS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))


class FontsMissing(Exception):
    """None of the fonts the papers are set in is installed on this machine."""


@dataclass(frozen=True, slots=True)
class Font:
    """What one installed font can draw: characters, variation sequences, widths in em."""

    family: str
    characters: frozenset[int]
    sequences: frozenset[tuple[int, int]]
    widths: dict[int, float]

    def holds(self, cluster: str) -> bool:
        """Whether the font draws this cluster as written, its variation selector included."""
        base, *marks = map(ord, cluster)
        if base not in self.characters:
            return False
        return all(
            (base, mark) in self.sequences if _is_variation(mark) else mark in self.characters
            for mark in marks
        )


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring characters set in one font; `family` is empty when no font holds them."""

    text: str
    family: str


def split_clusters(text: str) -> Iterator[str]:
    """The text in units that must not be parted: a character with its selectors and marks."""
    cluster = ""
    for character in text:
        if cluster and (_is_variation(ord(character)) or unicodedata.combining(character)):
            cluster += character
            continue
        if cluster:
            yield cluster
        cluster = character
    if cluster:
        yield cluster


@lru_cache(maxsize=4096)
def choose_fonts(text: str, stack: tuple[str, ...] = VALUE) -> tuple[Run, ...]:
    """The text in runs of one font each: one font for all of it if any can, else per character."""
    clusters = tuple(split_clusters(text))
    fonts = installed_fonts(stack)
    for font in fonts:
        if all(font.holds(cluster) for cluster in clusters):
            return (Run(text, font.family),)
    named = ((cluster, _holder(cluster, fonts)) for cluster in clusters)
    return tuple(
        Run("".join(cluster for cluster, _ in run), family)
        for family, run in groupby(named, key=lambda pair: pair[1])
    )


def check_glyphs(text: str, stack: tuple[str, ...] = VALUE) -> list[str]:
    """The characters of the text that no font of the stack can draw as written, each once."""
    fonts = installed_fonts(stack)
    missing = (cluster for cluster in split_clusters(text) if not _holder(cluster, fonts))
    return list(dict.fromkeys(missing))


def stand_in(cluster: str, stack: tuple[str, ...] = VALUE) -> str:
    """What is shown, marked, for a cluster no font holds: its base character, else 〓."""
    base = cluster[0]
    drawable = unicodedata.category(base)[0] not in "CM" and not check_glyphs(base, stack)
    return base if drawable else GETA


def measure(text: str, stack: tuple[str, ...] = VALUE) -> float:
    """The text's width in em at most: of each character the widest of the fonts that hold it."""
    return sum(_width(cluster, stack) for cluster in split_clusters(text))


@lru_cache(maxsize=16384)
def _width(cluster: str, stack: tuple[str, ...]) -> float:
    widths = (
        font.widths[ord(cluster[0])] for font in installed_fonts(stack) if font.holds(cluster)
    )
    return max(widths, default=1.0)


@cache
def installed_fonts(stack: tuple[str, ...]) -> tuple[Font, ...]:
    """The stack's fonts that this machine has. Raises FontsMissing when it has none of them."""
    fonts = tuple(font for font in map(_load_font, stack) if font)
    if not fonts:
        raise FontsMissing(f"install one of these fonts: {', '.join(stack)}")
    return fonts


@cache
def _load_font(family: str) -> Font | None:
    from fontTools.ttLib import TTFont  # 0.1 s that a page without printing should not pay

    found = _find_file(family)
    if not found:
        return None
    path, number = found
    with TTFont(path, fontNumber=number, lazy=True) as font:
        names = font.getBestCmap()
        scale = font["head"].unitsPerEm
        metrics = font["hmtx"].metrics
        selectors = (table.uvsDict for table in font["cmap"].tables if table.format == 14)
        return Font(
            family,
            frozenset(code for code in names if not _is_invisible(code)),
            frozenset(
                (base, selector)
                for table in selectors
                for selector, entries in table.items()
                for base, _ in entries
            ),
            {code: metrics[name][0] / scale for code, name in names.items()},
        )


def _find_file(family: str) -> tuple[str, int] | None:
    """The file fontconfig would draw this family with; None if it would take another family."""
    answer = subprocess.run(
        ["fc-match", "-f", "%{family}|%{file}|%{index}", f"{family}:style=Regular"],
        capture_output=True,
        text=True,
        check=True,
    )
    families, path, index = answer.stdout.split("|")
    return (path, int(index) & 0xFFFF) if family in families.split(",") else None


def _holder(cluster: str, fonts: Iterable[Font]) -> str:
    return next((font.family for font in fonts if font.holds(cluster)), "")


def _is_variation(code: int) -> bool:
    return any(code in block for block in _VARIATIONS)


def _is_invisible(code: int) -> bool:
    # Controls, direction marks and zero-width characters would change a line without being seen.
    return unicodedata.category(chr(code)) in {"Cc", "Cf", "Co", "Cn", "Cs"}
