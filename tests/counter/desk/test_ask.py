"""聞き取り: one card at a time; what an answer changes is marked at once."""

import pytest

from lifeevents.models import Answer
from tests.counter.desk.conftest import now, text_of

HTMX = {"HX-Request": "true"}
NEWBORN = {
    "n1:name": "さくら",
    "n1:name:family": "山田",
    "n1:name:settled": "山田",
    "n1:name_kana": "さくら",
    "n1:name_kana:family": "ヤマダ",
    "n1:name_kana:settled": "ヤマダ",
    "n1:birth_date": "8.11.15",
    "n1:sex": "2",
    "n1:birth_order": "長女",
    "n1:birth_weight": "2980",
}


def fields(client, bundle):
    return client.get(f"/b/{bundle.number}").context["card"].fields


def answer(client, bundle, given, headers=None, **more):
    asked = sorted({":".join(name.split(":")[:2]) for name in given})
    written = [name for name in asked if given[name] and not given[name].isdigit()]
    post = {
        "version": now(bundle).version,
        "asked": asked,
        "written": [name for name in written if "order" not in name],
        **given,
        **more,
    }
    return client.post(f"/b/{bundle.number}/answer", post, headers=headers)


def answers_of(bundle):
    return {each.fact: each.value for each in Answer.objects.filter(bundle=bundle)}


def test_the_familys_name_is_settled_and_only_the_given_name_is_typed(desk, asked):
    name = next(field for field in fields(desk, asked) if field.name == "n1:name")

    assert name.family == "山田"
    assert name.value == ""


def test_a_card_is_answered_in_one_go(desk, asked):
    response = answer(desk, asked, NEWBORN)

    assert response.status_code == 302
    assert answers_of(asked)["name"] == "山田　さくら"
    assert answers_of(asked)["name_kana"] == "ヤマダ　サクラ"
    assert answers_of(asked)["birth_date"] == "2026-11-15"


@pytest.mark.parametrize(
    ("name", "kana"), [("山田　さくら", "やまだ さくら"), ("山田 さくら", "ヤマダ　サクラ")]
)
def test_a_family_name_typed_although_it_stands_there_counts_once(desk, asked, name, kana):
    answer(desk, asked, {**NEWBORN, "n1:name": name, "n1:name_kana": kana})

    assert answers_of(asked)["name"].split() == ["山田", "さくら"]
    assert answers_of(asked)["name_kana"] == "ヤマダ　サクラ"


def test_only_what_someone_had_to_write_is_counted(desk, asked):
    answer(desk, asked, NEWBORN)

    assert now(asked).typed_chars == len("さくら" + "さくら" + "8.11.15")


def test_another_family_name_can_be_typed(desk, asked):
    opened = answer(desk, asked, {**NEWBORN, "open_family": "yes"})
    answer(desk, asked, {**NEWBORN, "n1:name:family": "鈴木"})

    assert opened.context["card"].fields[0].family_open
    assert opened.context["card"].fields[0].value == "さくら", "nothing typed is lost"
    assert answers_of(asked)["name"] == "鈴木　さくら"
    assert now(asked).typed_chars == len("さくら" + "さくら" + "8.11.15" + "鈴木")


def test_a_mistake_says_what_to_do_and_keeps_everything(desk, asked):
    response = answer(desk, asked, {**NEWBORN, "n1:birth_date": "8/13/41"})

    by_name = {field.name: field for field in response.context["card"].fields}
    assert response.status_code == 422
    assert "のように入力してください" in by_name["n1:birth_date"].error
    assert by_name["n1:birth_date"].is_focus
    assert by_name["n1:birth_date"].value == "8/13/41"
    assert by_name["n1:name"].value == "さくら"
    assert answers_of(asked) == {}


def test_empty_fields_may_be_left_unknown(desk, asked):
    answer(desk, asked, {**NEWBORN, "n1:birth_weight": ""}, dont_know="yes")

    assert answers_of(asked)["birth_weight"] is None
    assert answers_of(asked)["sex"] == "2"


def test_what_was_answered_is_never_asked_again(desk, answered):
    asked = {
        f"{question.subject}:{question.fact}"
        for question in desk.get(f"/b/{answered.number}").context["sitting"].questions
    }

    assert asked.isdisjoint(f"n1:{fact}" for fact in answers_of(answered))


def test_htmx_gets_the_next_question_and_hears_what_changed(desk, asked):
    seen = desk.get(f"/b/{asked.number}").context["checklist"].seen

    response = answer(desk, asked, NEWBORN, headers=HTMX, seen=seen)

    page = response.content.decode()
    assert "<!doctype" not in page
    assert "低体重児の届出：不要" in page.split("innerHTML:#announce")[1]
    assert any(item.changed for item in response.context["checklist"].not_needed)


def test_an_answer_is_taken_back_and_asked_again(desk, answered):
    desk.post(
        f"/b/{answered.number}/take-back", {"version": now(answered).version, "answer": "n1:sex"}
    )

    assert "sex" not in answers_of(answered)
    assert [field.name for field in fields(desk, answered)].count("n1:sex") == 1


def test_answering_everything_leads_on(desk, answered):
    for _ in range(12):
        card = desk.get(f"/b/{answered.number}").context["card"]
        if card is None:
            break
        answer(desk, answered, {field.name: "" for field in card.fields}, dont_know="yes")

    assert "伺うことは、もうありません" in text_of(desk.get(f"/b/{answered.number}"))


@pytest.mark.parametrize("subject", ["p9", "x"])
def test_a_stranger_to_the_bundle_cannot_be_answered_for(desk, asked, subject):
    response = answer(desk, asked, {f"{subject}:sex": "2"})

    assert response.status_code == 422
    assert answers_of(asked) == {}


def test_another_office_finds_no_such_bundle(browser, asked):
    assert answer(browser("suzuki"), asked, NEWBORN).status_code == 404


def test_a_stale_answer_is_not_kept(desk, asked):
    response = answer(desk, asked, NEWBORN, version=0)

    assert response.url == f"/b/{asked.number}"
    assert answers_of(asked) == {}


def test_a_stale_answer_by_htmx_loads_the_page_anew(desk, asked):
    response = answer(desk, asked, NEWBORN, headers=HTMX, version=0)

    assert response["HX-Redirect"] == f"/b/{asked.number}"
