"""内容確認: every value once, with where it came from; corrected once, on every paper."""

import pytest

from lifeevents import bundles, replies
from lifeevents.models import Answer
from lifeevents.sitting import sit
from tests.counter.desk.conftest import at, now, text_of
from tests.makers import make_bundle

HTMX = {"HX-Request": "true"}


@pytest.fixture
def checked(answered):
    return at(answered, "check")


def row_of(response, name):
    return next(
        row
        for section in response.context["sections"]
        for row in (*section["rows"], *section["folded"])
        if row.name == name
    )


def mother(bundle, yamada):
    return bundle.participants.get(ref=yamada.mother.pk).key


def correct(client, bundle, name, value, headers=None, **more):
    post = {
        "version": now(bundle).version,
        "edit": name,
        "asked": [name],
        "written": [name],
        name: value,
        **more,
    }
    return client.post(f"/b/{bundle.number}/correct", post, headers=headers)


def test_each_value_says_where_it_came_from_and_on_how_many_papers(desk, checked, yamada):
    response = desk.get(f"/b/{checked.number}")

    row = row_of(response, f"{mother(checked, yamada)}:birth_date")
    assert row.row.text == "平成2年5月1日"
    assert row.origin.startswith("住民基本台帳")
    assert row.row.papers == len(row.shows.split())
    assert "紙: " in text_of(response)


def test_what_is_required_and_missing_comes_first_together(desk, checked):
    response = desk.get(f"/b/{checked.number}")

    missing = [field.name for person in response.context["missing"] for field in person["fields"]]
    assert "n1:place_of_birth" in missing
    with pytest.raises(StopIteration):
        row_of(response, "n1:place_of_birth")


def test_filling_them_in_is_one_form(desk, checked):
    page = desk.get(f"/b/{checked.number}")
    names = [field.name for person in page.context["missing"] for field in person["fields"]]
    post = {"version": now(checked).version, "asked": names, "dont_know": "yes"}

    desk.post(f"/b/{checked.number}/correct", {**post, "n1:place_of_birth": "北見市"})

    assert desk.get(f"/b/{checked.number}").context["missing"] == []
    assert Answer.objects.get(bundle=checked, fact="place_of_birth").value == "北見市"


def test_a_row_opens_for_correction_with_its_value(desk, checked, yamada):
    name = f"{mother(checked, yamada)}:name"

    form = row_of(desk.get(f"/b/{checked.number}?edit={name}"), name).form

    assert [(field.name, field.value) for field in form] == [
        (name, "山田　花子"),
        (f"{name}_kana", "ヤマダ　ハナコ"),
    ]
    assert form[0].is_focus


def test_htmx_gets_the_row_alone(desk, checked):
    opened = desk.get(f"/b/{checked.number}?edit=n1:sex", headers=HTMX).content.decode()
    closed = desk.get(f"/b/{checked.number}?focus=n1:sex", headers=HTMX).content.decode()

    assert opened.startswith('<div class="check-row')
    assert "この内容に直す" in opened
    assert "data-focus" in closed


def test_there_is_no_row_of_what_no_paper_shows(desk, checked):
    assert desk.get(f"/b/{checked.number}?edit=p9:x", headers=HTMX).status_code == 404


def test_a_correction_holds_everywhere_and_is_marked(desk, checked, yamada):
    name = f"{mother(checked, yamada)}:birth_date"

    response = correct(desk, checked, name, "2.5.2", headers=HTMX)

    row = row_of(response, name)
    assert row.row.text == "令和2年5月2日"
    assert row.row.corrected
    assert row.origin == "本人申告"
    assert response.context["focus"] == name, "the hands come back to the row"


def test_an_unreadable_correction_stays_open_with_what_to_do(desk, checked, yamada):
    name = f"{mother(checked, yamada)}:birth_date"

    response = correct(desk, checked, name, "いつか")

    field = row_of(response, name).form[0]
    assert response.status_code == 422
    assert (field.value, bool(field.error)) == ("いつか", True)


def test_a_correction_can_be_undone(desk, checked, yamada):
    name = f"{mother(checked, yamada)}:birth_date"
    correct(desk, checked, name, "2.5.2")

    desk.post(f"/b/{checked.number}/undo", {"version": now(checked).version, "edit": name})

    assert row_of(desk.get(f"/b/{checked.number}"), name).row.text == "平成2年5月1日"


def test_withheld_values_are_said_to_be_so(desk, yamada, sato):
    bundle = at(make_bundle(yamada.mother, sato, agree=[]), "check")

    states = {
        row.row.state: row.origin
        for section in desk.get(f"/b/{bundle.number}").context["sections"]
        for row in section["rows"]
    }

    assert states.get("withheld") == "同意なし — 紙に書く"


def test_the_page_is_small(desk, checked):
    assert len(desk.get(f"/b/{checked.number}").content) < 60_000


def test_another_office_finds_no_such_bundle(browser, checked):
    suzuki = browser("suzuki")

    assert suzuki.get(f"/b/{checked.number}").status_code == 404
    assert correct(suzuki, checked, "n1:sex", "1").status_code == 404


def test_a_stale_correction_is_not_kept(desk, checked):
    response = correct(desk, checked, "n1:sex", "1", version=0)

    assert response.url == f"/b/{checked.number}"
    assert Answer.objects.get(bundle=checked, fact="sex").value == "2"


def test_moving_within_the_town_nobody_comes_from_another(desk, yamada, sato, today):
    moving = bundles.start("move_within", yamada.mother.pk, applicant="self", on=today, by=sato)
    said = {("bundle", "new_address"): "緑町一丁目2番3号", ("bundle", "moved_on"): "2026-11-15"}
    replies.answer(moving, said, version=moving.version, by=sato)

    rows = [row for each in sit(moving, by=sato).sections for row in each.rows]

    labels = {row.fact: row.label for row in rows}
    assert labels["previous_address"] == "いままでの住所"
    assert not [label for label in labels.values() if "転入" in label]
