"""A clerk's browser: signed in at a window, posting what the page's hidden fields hold."""

import re

import pytest

from consent.actors import actor_of
from lifeevents.models import Bundle
from tests import makers
from tests.entering import signed_in


@pytest.fixture
def browser(staff):
    """Sign someone in at 1番窓口: browser("suzuki")."""

    def browser(username):
        return signed_in(staff[username])

    return browser


@pytest.fixture
def desk(browser):
    """佐藤's browser."""
    return browser("sato")


@pytest.fixture
def bundle(yamada, sato):
    """花子's bundle of a birth, begun and waiting for 本人確認."""
    return makers.bundles.start(
        "birth", yamada.mother.pk, applicant="self", on=makers.date(2026, 11, 22), by=sato
    )


@pytest.fixture
def asked(yamada, sato):
    """花子's bundle at 聞き取り, everything agreed to and nothing answered."""
    agree = ["contact", "insurance", "pension", "child", "tax", "welfare"]
    return makers.make_bundle(yamada.mother, sato, agree=agree, answers=None)


@pytest.fixture
def answered(yamada, sato):
    """花子's bundle at 聞き取り with the newborn's card answered."""
    agree = ["contact", "insurance", "pension", "child", "tax", "welfare"]
    return makers.make_bundle(yamada.mother, sato, agree=agree)


def now(bundle):
    """The bundle as the database has it now."""
    return Bundle.objects.get(pk=bundle.pk)


def at(bundle, step):
    """The bundle moved to a step."""
    whoever_serves = actor_of(bundle.served_by, terminal="1番窓口", channel="desk")
    makers.bundles.go_to(bundle, step, version=now(bundle).version, by=whoever_serves)
    return now(bundle)


def text_of(response):
    """A page's words without markup."""
    page = re.sub(r"<(script|style|svg).*?</\1>", " ", response.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
