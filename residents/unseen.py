"""Characters nobody sees, and those that turn the text around them (trust.md T-23; pure).

In the register they stay as the core system sent them; a page shows each by its number, and what
someone types must not hold any. Variation selectors (U+FE00–FE0F, U+E0100–E01EF) are not among them:
they tell one form of a 漢字 from another. The joiners U+200C and U+200D are: no name of 住民基本台帳 is
written in a script that needs them.
"""

from __future__ import annotations

import re

# Controls but tab and line ends; fillers and blanks that are no space; zero width; direction; tags.
_CHARACTERS = (
    "\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff9-\ufffb"
    "\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
)
_IN_TEXT = re.compile(f"[{_CHARACTERS}]")
_IN_LINE = re.compile(f"[{_CHARACTERS}\t\n\r]")
_MARK = re.compile(r"\[U\+[0-9A-F]{4,6}\]")


def in_line(text: str) -> bool:
    """Whether a name or other text of one line holds any; tabs and line ends count too."""
    return _IN_LINE.search(text) is not None


def typed(text: str) -> bool:
    """Whether someone typed any, or sent back the mark that a page showed in its place."""
    return _IN_TEXT.search(text) is not None or _MARK.search(text) is not None


def shown(text: str) -> str:
    """A text with each of them as [U+202E]; tabs and line ends are left."""
    return _IN_TEXT.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)
