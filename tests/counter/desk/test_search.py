"""住民をさがす: few fields, flags, by POST only."""

from uuid import uuid4

import pytest

from consent.models import AccessEntry, AccessSubject
from lifeevents.models import Bundle
from residents import candidates
from tests.counter.desk.conftest import text_of
from tests.makers import make_resident

HTMX = {"HX-Request": "true"}


def find(client, query, **more):
    return client.post("/search", {"q": query, "search_id": uuid4(), **more}, headers=HTMX)


def test_it_shows_name_kana_birth_age_town_and_household(desk, yamada):
    text = text_of(find(desk, "ヤマダ ハナコ"))

    assert "山田 花子" in text.replace("\u3000", "")
    assert "平成2年5月1日" in text
    assert yamada.mother.town in text
    assert yamada.mother.household_number in text
    assert "１２番３号" not in text, "the town only, never the whole address"


def test_the_matched_part_is_bold(desk, yamada):
    assert "<b>ヤマダ</b>" in find(desk, "ヤマダ").content.decode()


def test_without_javascript_it_is_a_page_with_the_same_list(desk, yamada):
    response = desk.post("/search", {"q": "ヤマダ"})

    assert "<!doctype html>" in response.content.decode()
    assert "平成2年5月1日" in text_of(response)


def test_a_protected_person_shows_the_flag_and_no_place(desk, hidden):
    response = find(desk, hidden.mother.name)
    text = text_of(response)

    assert "支援措置" in text
    assert hidden.mother.town not in text


def test_the_removed_are_marked(desk):
    make_resident("去る　人", 住民状態="2")
    make_resident("逝く　人", 住民状態="3")

    assert "転出" in text_of(find(desk, "去る"))
    assert "死亡" in text_of(find(desk, "逝く"))


def test_two_people_of_one_name_and_birth_date_are_warned_of(desk):
    make_resident("同じ　名", 氏名_フリガナ="オナジ　ナ")
    make_resident("同じ　名", 氏名_フリガナ="オナジ　ナ")

    assert "氏名と生年月日が同じ方がいます" in text_of(find(desk, "オナジ"))


def test_many_hits_ask_to_narrow_instead_of_counting(desk):
    for _ in range(21):
        make_resident("多い　名", 氏名_フリガナ="オオイ　ナ")

    text = text_of(find(desk, "オオイ"))

    assert "20件以上 — 絞り込んでください" in text


def test_too_little_says_what_is_enough(desk, yamada):
    response = find(desk, "ヤ")

    assert response.context["found"].hint in text_of(response)
    assert not response.context["rows"]


def test_what_nobody_sees_is_not_searched_for(desk, yamada):
    """T-23: copied from elsewhere, a name may carry it along."""
    response = find(desk, "山田\u200b 花子")

    assert "目に見えない文字が含まれています" in text_of(response)
    assert not response.context["rows"]


@pytest.mark.parametrize("people", [0, 3])
def test_a_search_that_could_not_go_to_its_end_says_so(desk, monkeypatch, people):
    """Where so many were once called so that not everyone is asked where they live."""
    monkeypatch.setattr(candidates, "_READ", 5)
    for number in range(6):
        former = {"旧氏": "前田", "旧氏_フリガナ": "マエダ"}
        town = "緑町" if number < people else "青町"
        make_resident("今　名", 氏名_フリガナ="イマ　ナ", 住所_町字=town, **former)

    text = text_of(find(desk, "マエダ 緑町"))

    assert f"{people}件のほかにも、いるかもしれません" in text
    assert "見つかりません" not in text


def test_nobody_found_says_what_to_try(desk, ledgers):
    assert "見つかりません" in text_of(find(desk, "ソンザイシナイ"))


def test_the_query_stands_in_no_address(desk, yamada):
    response = desk.get("/search?q=ヤマダ")

    assert "山田" not in text_of(response)
    assert AccessEntry.objects.count() == 0


def test_a_page_logs_each_person_once(desk, yamada):
    search_id = uuid4()

    find(desk, "ヤマダ ハナコ", search_id=search_id)
    find(desk, "ヤマダ ハナ", search_id=search_id)

    shown = AccessSubject.objects.filter(entry__search_id=search_id)
    assert [subject.ref for subject in shown] == [yamada.mother.pk]


def test_who_may_see_nobody_may_not_search(browser):
    assert find(browser("admin"), "ヤマダ").status_code == 403


def test_choosing_keeps_the_person_out_of_the_address(desk, yamada):
    response = desk.post("/choose", {"ref": yamada.mother.pk, "search_id": uuid4()})

    assert response.url == "/start"


def test_choosing_nobody_leads_back(desk):
    assert desk.post("/choose", {"ref": "x"}).url == "/search"


def test_a_reception_number_however_typed_leads_to_its_bundle_and_opens_no_record(desk, bundle):
    wide = bundle.number.translate({ord(each): ord(each) + 0xFEE0 for each in "0123456789"})
    before = AccessEntry.objects.count()
    for typed in (bundle.number, wide.replace("-", "ー"), f" {bundle.number} "):
        answer = find(desk, typed).content.decode()
        assert f'action="/b/{bundle.number}"' in answer
    assert AccessEntry.objects.count() == before


def test_a_submitted_bundle_is_taken_over_by_its_number_in_any_office(browser, bundle):
    Bundle.objects.update(state="submitted", office="", submitted_at=bundle.started_at)

    answer = find(browser("suzuki"), bundle.number).content.decode()

    assert f'method="post" action="/b/{bundle.number}/take-over"' in answer


def test_another_offices_reception_is_found_no_more_than_one_that_is_not(browser, bundle):
    other = browser("suzuki")
    day, running = bundle.number.split("-")
    unknown = f"{day}-{int(running) + 7:04d}"

    answers = [text_of(find(other, number)) for number in (bundle.number, unknown)]

    assert answers[0] == answers[1]
    assert "見つかりません" in answers[0]
