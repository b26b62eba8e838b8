"""Leafing through the register (trust: A7, T-02): refused for a while, and found in the log."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from consent import door, engagements, searching
from consent.models import AccessEntry
from tests import makers


def search(query, by, page=None):
    return door.search(query, by=by, search_id=page or uuid4())


def refusals():
    found = AccessEntry.objects.filter(action=AccessEntry.Action.LIMIT)
    return list(found.values_list("account_id", "reason"))


@pytest.fixture
def few(tmp_path, monkeypatch):
    """Limits a test reaches quickly, all but the one named far away."""

    def choose(**chosen):
        far = dict.fromkeys(searching.Limits.__slots__, 10000) | {"gap": 20}
        path = tmp_path / "limits.toml"
        lines = (f"{name} = {most}" for name, most in {**far, **chosen}.items())
        path.write_text("\n".join(lines))
        monkeypatch.setattr(searching, "PATH", path)
        searching.limits.cache_clear()

    yield choose
    monkeypatch.undo()
    searching.limits.cache_clear()


def test_a_thousand_numbers_in_a_row_find_ten_people_and_no_more(sato, suzuki, ledgers):
    people = [
        makers.make_resident(f"続　{place}", 宛名番号=f"{10 * place:010}") for place in range(1, 31)
    ]

    found = [len(search(person.number, sato).hits) for person in people]

    most = searching.limits().numbers_in_a_row
    assert found == [1] * most + [0] * (len(people) - most)
    assert refusals() == [(sato.account_id, "numbers_in_a_row")] * (len(people) - most)
    assert "続いた番号" in search(people[0].number, sato).hint
    assert search(people[0].number, suzuki).hits


def test_numbers_far_apart_are_ordinary_work(sato, ledgers):
    people = [makers.make_resident(宛名番号=f"{1000 * place:010}") for place in range(1, 31)]

    assert all(search(person.number, sato).hits for person in people)


def test_guessing_numbers_nobody_has_is_refused(sato, yamada):
    for place in range(searching.limits().numbers_of_nobody):
        assert "番号" not in search(f"{4000000000 + place * 977}", sato).hint

    assert "どなたのものでもない番号" in search(yamada.mother.number, sato).hint
    assert search("ヤマダ", sato).hits == ()


def test_names_nobody_has_are_no_guessed_numbers(sato, yamada):
    for _ in range(searching.limits().numbers_of_nobody + 1):
        assert not search("ソンザイシナイ", sato).hits

    assert search("ヤマダ", sato).hits


def test_a_number_being_typed_is_no_guess(sato, yamada):
    page = uuid4()
    for length in range(4, 11):
        found = search(yamada.mother.number[:length], sato, page)

    assert found.hits
    assert not refusals()


def test_a_sweep_of_beginnings_is_refused_within_the_minute(sato, few, yamada):
    few(per_minute=5)
    page = uuid4()
    for start in ("アア", "アイ", "アウ", "アエ", "アオ"):
        assert search(start, sato, page).hint == ""

    assert "短い時間" in search("ヤマダ", sato, page).hint


def test_searching_on_and_on_without_opening_anyone_is_refused_until_someone_is_opened(
    sato, few, yamada
):
    few(pages_without_opening=3)
    for _ in range(3):
        assert search("ヤマダ", sato).hits
    assert "手続も始めないまま" in search("ヤマダ", sato).hint

    ground = engagements.begin("birth", [yamada.mother.pk], reference="20261122-0001", by=sato)
    door.open([yamada.mother.pk], engagement=ground.pk, by=sato)

    assert search("ヤマダ", sato).hits


def test_the_page_that_reached_the_limit_may_be_searched_on(sato, few, yamada):
    few(pages_without_opening=1)
    page = uuid4()

    assert search("ヤマ", sato, page).hits
    assert search("ヤマダ", sato, page).hits


def test_showing_very_many_people_is_refused(sato, few, yamada):
    few(people_per_hour=3)
    assert search("ヤマダ", sato).hits

    assert "多くの方" in search("ヤマダ", sato).hint
    assert refusals() == [(sato.account_id, "people_per_hour")]


@pytest.mark.parametrize(("minutes", "refused"), [(59, True), (61, False)])
def test_after_an_hour_it_is_forgotten(sato, few, yamada, monkeypatch, minutes, refused):
    few(people_per_hour=3)
    search("ヤマダ", sato)
    later = timezone.now() + timedelta(minutes=minutes)
    monkeypatch.setattr(timezone, "now", lambda: later)

    assert bool(search("ヤマダ", sato).hint) is refused


def test_the_log_says_what_kind_of_thing_was_searched_by_and_nothing_of_it(sato, yamada):
    for query in (yamada.mother.number, "山田 1990-05-01", "緑町 3-5", "0157-12-1111", "や"):
        search(query, sato)

    found = AccessEntry.objects.order_by("at").values_list("found_by", flat=True)
    assert list(found) == ["number", "birth+name", "place", "number", ""]


def test_the_file_states_every_limit():
    assert all(
        count > 0 for count in map(searching.limits().__getattribute__, ("per_minute", "gap"))
    )
    assert set(searching.REASONS) | {"gap"} == set(searching.Limits.__slots__)
