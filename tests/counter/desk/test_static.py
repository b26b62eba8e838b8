"""The screens' files: small, no inline style or script, colours named in one place."""

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders

STATIC, TEMPLATES = settings.BASE_DIR / "static", settings.BASE_DIR / "templates"
OURS = ["css/tokens.css", "css/base.css", "css/desk.css", "css/preview.css"]
PAGES = sorted(
    path for folder in (".", "desk", "components") for path in (TEMPLATES / folder).glob("*.html")
)


def test_the_style_of_a_page_is_small():
    assert sum((STATIC / name).stat().st_size for name in OURS) < 40_000


def test_the_script_of_a_page_is_small():
    scripts = [STATIC / "js/desk.js", Path(finders.find("django_htmx/htmx-2.min.js"))]

    assert sum(len(gzip.compress(path.read_bytes())) for path in scripts) < 60_000
    assert (STATIC / "js/desk.js").stat().st_size < 60_000


@pytest.mark.parametrize("name", OURS[1:])
def test_colours_are_named_in_the_tokens_alone(name):
    style = (STATIC / name).read_text()

    assert re.findall(r"#[0-9a-f]{3,8}\b|rgba?\(", style) == []


def test_every_colour_a_style_names_exists():
    styles = "".join((STATIC / name).read_text() for name in OURS)

    assert set(re.findall(r"var\((--[\w-]+)\)", styles)) <= set(re.findall(r"(--[\w-]+):", styles))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_no_page_has_inline_style_or_script(path):
    page = path.read_text()

    assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:", page)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", page))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_part_that_htmx_changes_works_without_it(path):
    for tag in re.findall(r"<(?:form|a|button)\b[^>]*hx-(?:post|get)[^>]*>", path.read_text()):
        assert re.search(r"\b(action|href|formaction)=", tag), tag
