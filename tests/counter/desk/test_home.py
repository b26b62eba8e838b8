"""受付一覧: three lists, and what was finished today."""

from datetime import date

from lifeevents import bundles
from tests.counter.desk.conftest import text_of
from tests.makers import make_resident


def test_empty_lists_say_what_will_appear(desk):
    text = text_of(desk.get("/"))

    assert "対応中の受付はありません" in text
    assert "同じ係の職員が対応している受付が、ここに出ます" in text
    assert "オンラインで申請した方が、ここに並びます" in text


def test_my_bundles_and_my_colleagues_stand_apart(desk, bundle, takahashi):
    theirs = bundles.start(
        "birth", make_resident("母　一").pk, applicant="self", on=date(2026, 11, 22), by=takahashi
    )

    response = desk.get("/")

    assert [row.number for row in response.context["mine"]] == [bundle.number]
    assert [row.number for row in response.context["team"]] == [theirs.number]
    assert "高橋" in text_of(response)


def test_another_office_sees_nothing_of_them(browser, bundle):
    response = browser("suzuki").get("/")

    assert bundle.number not in text_of(response)


def test_no_list_names_a_person(desk, bundle):
    text = text_of(desk.get("/"))

    assert bundle.number in text
    assert "山田" not in text


def test_the_list_takes_few_queries(desk, bundle, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        desk.get("/")


def test_training_is_said_on_every_screen_and_only_there(desk, settings):
    assert "研修用" not in text_of(desk.get("/"))

    settings.TRAINING = True

    page = desk.get("/")
    assert "研修用" in text_of(page)
    assert 'class="desk training"' in page.content.decode()
