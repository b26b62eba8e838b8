"""同意: yes and no weigh the same; nothing is ticked beforehand."""

from consent.models import Engagement
from lifeevents import bundles
from tests.counter.desk.conftest import now, text_of
from tests.makers import make_bundle

CATEGORIES = ["contact", "insurance", "pension", "child", "tax", "welfare"]


def at_agree(bundle, by):
    bundles.identify(bundle, version=0, method="card", documents=["individual_number_card"], by=by)
    return bundle


def agree(client, bundle, **given):
    return client.post(f"/b/{bundle.number}/agree", {"version": now(bundle).version, **given})


def agreed(bundle):
    return Engagement.objects.get(pk=bundle.engagement).agreed


def test_it_shows_the_notice_and_ticks_nothing(desk, bundle, sato):
    at_agree(bundle, sato)

    response = desk.get(f"/b/{bundle.number}")

    assert "いつ・どの課が見たかは記録され" in text_of(response)
    assert "checked" not in response.content.decode()


def test_each_category_is_answered_for_itself(desk, bundle, sato):
    at_agree(bundle, sato)

    agree(desk, bundle, **dict.fromkeys(CATEGORIES, "no") | {"insurance": "yes"})

    assert agreed(bundle) == ["insurance"]
    assert now(bundle).step == "ask"


def test_all_of_them_at_once(desk, bundle, sato):
    at_agree(bundle, sato)

    agree(desk, bundle, all="yes")

    assert agreed(bundle) == CATEGORIES


def test_none_of_them_at_once_and_the_bundle_goes_on(desk, bundle, sato):
    at_agree(bundle, sato)

    agree(desk, bundle, all="no")

    assert agreed(bundle) == []
    assert now(bundle).step == "ask"


def test_a_row_without_an_answer_is_asked_for_and_the_others_stay(desk, bundle, sato):
    at_agree(bundle, sato)

    response = agree(desk, bundle, insurance="yes")

    assert response.status_code == 422
    assert "どの行も「はい」か「いいえ」を選んでください" in text_of(response)
    assert response.content.decode().count("checked") == 1
    assert now(bundle).step == "agree"


def test_who_comes_back_finds_what_was_agreed(desk, yamada, sato):
    bundle = make_bundle(yamada.mother, sato, agree=["insurance"], answers=None)
    bundles.go_to(bundle, "agree", version=now(bundle).version, by=sato)

    assert desk.get(f"/b/{bundle.number}").content.decode().count("checked") == len(CATEGORIES)


def test_another_office_finds_no_such_bundle(browser, bundle, sato):
    at_agree(bundle, sato)

    assert agree(browser("suzuki"), bundle, all="yes").status_code == 404


def test_a_stale_page_changes_nothing(desk, bundle, sato):
    at_agree(bundle, sato)

    response = agree(desk, bundle, all="yes", version=0)

    assert response.url == f"/b/{bundle.number}"
    assert agreed(bundle) == []
