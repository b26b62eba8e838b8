"""本人確認: documents, authority, who takes part."""

import pytest

from lifeevents import bundles
from tests.counter.desk.conftest import now, text_of


def identify(client, bundle, *documents, **more):
    given = {"version": now(bundle).version, "documents": documents, **more}
    return client.post(f"/b/{bundle.number}/identify", given)


@pytest.fixture
def by_proxy(yamada, sato, today):
    return bundles.start("birth", yamada.mother.pk, applicant="proxy", on=today, by=sato)


def test_it_lists_the_documents_and_the_household(desk, bundle):
    text = text_of(desk.get(f"/b/{bundle.number}"))

    assert "マイナンバーカード" in text
    assert "顔写真なし（2点で確認）" in text
    assert "山田 一郎" in text.replace("\u3000", " ")


@pytest.mark.parametrize(
    ("documents", "method"),
    [
        (["individual_number_card"], "card"),
        (["driving_licence"], "one_point"),
        (["insurance", "pension"], "two_point"),
    ],
)
def test_the_documents_say_the_method(desk, bundle, documents, method):
    response = identify(desk, bundle, *documents)

    assert response.status_code == 302
    assert now(bundle).identified["method"] == method
    assert now(bundle).step == "agree"


@pytest.mark.parametrize(
    ("documents", "remedy"),
    [([], "確かめた書類に印を付けてください"), (["insurance"], "もう1点、印を付けてください")],
)
def test_too_few_documents_say_what_is_missing(desk, bundle, documents, remedy):
    response = identify(desk, bundle, *documents)

    assert response.status_code == 422
    assert remedy in text_of(response)
    assert now(bundle).step == "identify"


def test_a_proxy_shows_authority_as_well(desk, by_proxy):
    refused = identify(desk, by_proxy, "driving_licence")
    identify(desk, by_proxy, "driving_licence", authority="letter")

    assert "代理権を確かめた書類を選んでください" in text_of(refused)
    assert now(by_proxy).identified["authority"] == "letter"


def test_nobody_but_a_proxy_is_asked_for_authority(desk, bundle):
    assert "代理権" not in text_of(desk.get(f"/b/{bundle.number}"))


def test_a_member_of_the_household_can_be_left_out_and_taken_in_again(desk, bundle, yamada):
    key = bundle.participants.get(ref=yamada.child.pk).key
    address = f"/b/{bundle.number}/taking-part/{key}"

    desk.post(address, {"version": now(bundle).version, "taking_part": "no"})
    assert not bundle.participants.get(key=key).taking_part
    desk.post(address, {"version": now(bundle).version, "taking_part": "yes"})
    assert bundle.participants.get(key=key).taking_part


def test_another_office_finds_no_such_bundle(browser, bundle):
    assert identify(browser("suzuki"), bundle, "driving_licence").status_code == 404


def test_a_second_click_changes_nothing_and_says_so(desk, bundle):
    version = bundle.version
    for _ in range(2):
        response = identify(desk, bundle, "driving_licence", version=version)

    assert response.url == f"/b/{bundle.number}"
    assert "ほかの操作で先に進んでいます" in text_of(desk.get(response.url))
    assert now(bundle).version == version + 1
