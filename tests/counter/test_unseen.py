"""Characters nobody sees: shown by number on every page, refused in every field that is typed (T-23)."""

from itertools import product
from uuid import uuid4

import pytest
from django import forms
from django.http import HttpResponse, JsonResponse
from django.test import RequestFactory

from counter.entry.forms import CodeForm, ResetForm
from counter.legible import Legible, TextField
from counter.office.adding import NewForm, QuestionForm
from counter.office.conditions import GroupForm
from counter.office.forms import SubmitForm, TextsForm
from counter.office.protection_forms import EntryForm
from counter.office.questions import WordsForm
from lifeevents import bundles, certificate, replies
from lifeevents.answering import BadAnswers, Unreadable, read
from residents import unseen
from residents.models import Delivery, Rejection
from tests.entering import signed_in
from tests.makers import make_bundle, make_resident

UNSEEN = [
    *("\0", "\x07", "\x1b", "\x7f", "\x85", "\u00ad", "\u061c", "\u115f", "\u200b", "\u200d"),
    *("\u200e", "\u200f", "\u2028", "\u202a", "\u202e", "\u2060", "\u2066", "\u2800", "\u3164"),
    *("\ufeff", "\uffa0", "\ufff9", "\U000e0041"),
]
SEEN = ["葛󠄀城　葛󠄁飾", "神\ufe00", "髙橋　𠮷男", "\ue123田", "ﾊﾟｰﾌﾟﾙ", "a b\u3000c", "ESPAÑA"]
EVIL = "\u202e子花　本見\u200b"


def of(character):
    return f"U+{ord(character):04X}"


@pytest.mark.parametrize("character", UNSEEN, ids=of)
@pytest.mark.parametrize("kind", ["name", "text"])
def test_no_answer_may_hold_one(character, kind):
    with pytest.raises(Unreadable, match="目に見えない文字"):
        read("name", kind, f"見本{character}花子")


@pytest.mark.parametrize("text", SEEN)
def test_what_tells_one_character_from_another_stays(text):
    assert read("name", "text", text) == text
    assert unseen.shown(text) == text


def test_the_mark_that_stands_for_one_is_no_answer_either():
    """A field is filled with what the register holds, as pages show it."""
    with pytest.raises(Unreadable, match="目に見えない文字"):
        read("name", "name", unseen.shown(EVIL))


@pytest.mark.parametrize("character", [each for each in UNSEEN if each != "\0"], ids=of)
def test_a_certificate_has_none_and_makes_no_two_people_of_one(character):
    found = certificate.read(f"氏名,転出前住所\n転入{character}太郎,杉並区\n転入　花子,杉並区\n")

    assert [person["name"] for person in found.people] == ["転入　花子"]
    assert found.problems == ("2行目：「氏名」に目に見えない文字があります。",)


@pytest.mark.parametrize(
    "form",
    [
        CodeForm,
        ResetForm,
        TextsForm,
        SubmitForm,
        EntryForm,
        NewForm,
        QuestionForm,
        WordsForm,
        GroupForm,
    ],
    ids=lambda each: each.__name__,
)
def test_every_text_of_the_office_refuses_them(form):
    texts = [each for each in vars(form)["base_fields"].values() if _is_typed(each)]
    assert texts
    for field, character in product(texts, UNSEEN):
        with pytest.raises(forms.ValidationError):
            field.clean(f"見本{character}花子")


def _is_typed(field):
    return isinstance(field, forms.CharField) and not isinstance(field, forms.UUIDField)


def test_a_text_of_several_lines_may_have_them():
    assert TextField().clean("一\r\n二\t三") == "一\r\n二\t三"


def test_a_page_shows_each_by_its_number_and_data_goes_out_as_it_is():
    def serve(response):
        return Legible(lambda request: response)(RequestFactory().get("/"))

    assert serve(HttpResponse(f"<p>{EVIL}")).content.decode() == "<p>[U+202E]子花　本見[U+200B]"
    assert serve(HttpResponse(EVIL, content_type="text/csv")).content.decode() == EVIL
    assert "\\u202e" in serve(JsonResponse({"name": EVIL})).content.decode()


def test_a_name_that_would_turn_the_page_round_turns_none(ledgers, staff, sato):
    """Search, the steps of a bundle down to the check, the rejected rows."""
    person = make_resident(EVIL, 氏名_フリガナ="ミホン　ハナコ")
    Rejection.objects.create(
        delivery=(juki := Delivery.objects.get(feed="juki")),
        line=2, reason="date", message="日付。", columns={"宛名番号": person.number, "氏名": EVIL},
    )  # fmt: skip
    bundle = make_bundle(person, sato)
    desk, office = signed_in(staff["sato"]), signed_in(staff["operator"])
    pages = [
        desk.post("/search", {"q": "ミホン ハナコ", "search_id": uuid4()}),
        desk.get(f"/b/{bundle.number}"),
        office.get(f"/office/deliveries/{juki.pk}/rejections"),
    ]
    bundles.go_to(bundle, "check", version=bundle.version, by=sato)
    pages.append(desk.get(f"/b/{bundle.number}"))

    for page in pages:
        text = page.content.decode()
        assert page.status_code == 200
        assert "[U+202E]子花" in text
        assert "\u202e" not in text
        assert "\u200b" not in text
    with pytest.raises(BadAnswers) as refused:
        replies.answer(bundle, {("n1", "name"): EVIL}, version=bundle.version, by=sato)
    assert "目に見えない文字" in str(refused.value.messages)
    person.refresh_from_db()
    assert person.name == EVIL
