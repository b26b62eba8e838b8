"""Which font draws which character, and what is said of one that none draws."""

import json
from pathlib import Path

import pytest

from lifeevents.printing import fonts

KATSURAGI = "葛\U000e0100城"
NAMES = [
    "𠮷田",
    "髙𣘺",
    "山﨑",
    "𡈽井",
    "渡邉\U000e0101",
    "辻\U000e0100本",
    "神谷",
    "黑澤",
    "佐々木",
    "奈〻絵",
    "NGUYEN THI NGOC ANH",
    "ヴィクトリア",
    "ﾔﾏﾀﾞ",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_difficult_name_is_drawn_as_written(name):
    assert fonts.check_glyphs(name) == []
    assert "".join(run.text for run in fonts.choose_fonts(name)) == name


def test_a_variation_sequence_goes_to_a_font_that_lists_it():
    (run,) = fonts.choose_fonts(KATSURAGI)

    assert run.family == "BIZ UDMincho"


def test_a_sequence_of_the_moji_joho_collection_goes_to_ipamj():
    (run,) = fonts.choose_fonts("葛\U000e0102城")

    assert run.family == "IPAmjMincho"


def test_a_value_no_single_font_draws_is_set_in_runs():
    runs = fonts.choose_fonts("葛\U000e0102葛\U000e0100")

    assert [run.family for run in runs] == ["IPAmjMincho", "BIZ UDMincho"]


@pytest.mark.parametrize(
    "glyph", ["\ue123", "邊\U000e01ef", "\u202e", "\u200b", "\x07", "\U0010ffff"]
)
def test_what_no_font_draws_is_named(glyph):
    assert fonts.check_glyphs(f"田{glyph}田") == [glyph]


def test_an_unlisted_variation_shows_its_base_marked_and_gaiji_a_geta():
    assert fonts.stand_in("邊\U000e01ef") == "邊"
    assert fonts.stand_in("\ue123") == fonts.GETA


def test_a_full_width_character_is_one_em_and_a_selector_has_no_width():
    assert fonts.measure("山田") == pytest.approx(2.0)
    assert fonts.measure(KATSURAGI) == pytest.approx(2.0)


def test_fonts_that_are_not_installed_are_named():
    with pytest.raises(fonts.FontsMissing, match="No Such Mincho"):
        fonts.installed_fonts(("No Such Mincho",))


def test_every_shipped_layout_is_set_in_characters_the_fonts_draw():
    folder = Path(__file__).resolve().parents[3]
    texts = [path.read_text(encoding="utf-8") for path in folder.glob("templates/papers/*.html")]
    texts += [
        json.dumps(json.loads(path.read_text(encoding="utf-8")), ensure_ascii=False)
        for path in folder.glob("lifeevents/catalogue/papers*.json")
    ]

    assert len(texts) > 12
    assert fonts.check_glyphs("".join("".join(text.split()) for text in texts), fonts.LABEL) == []
