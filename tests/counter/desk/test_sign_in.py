"""入口: who you are and where you sit."""

import pytest
from django.test import Client

from consent.management.commands.create_demo_staff import PASSWORD
from consent.models import AccessEntry
from tests.counter.desk.conftest import text_of
from tests.entering import next_code
from tests.makers import make_resident

pytestmark = pytest.mark.django_db


def sign_in(client, **changes):
    given = {"username": "sato", "password": PASSWORD, "terminal": "1番窓口", **changes}
    return client.post("/login", given)


def prove(client, account):
    return client.post("/entry/code", {"code": next_code(account)})


def test_it_lets_a_clerk_in_after_both_steps_and_remembers_the_terminal(staff):
    client = Client()

    assert sign_in(client).url == "/entry/code"
    assert prove(client, staff["sato"]).url == "/"
    assert "1番窓口" in text_of(client.get("/"))


def test_the_terminal_stands_there_again_next_time(staff):
    client = Client()
    sign_in(client)
    client.post("/lock")

    assert 'value="1番窓口"' in client.get("/login").content.decode()


def test_the_terminal_is_written_into_the_access_log(staff):
    make_resident("山田　花子")
    client = Client()
    sign_in(client, terminal="７番")
    prove(client, staff["sato"])

    client.post("/search", {"q": "山田"})

    assert AccessEntry.objects.get().terminal == "７番"


@pytest.mark.parametrize(
    ("given", "remedy"),
    [
        ({"password": "wrong"}, "職員番号とパスワードの組み合わせを確かめて"),
        ({"terminal": " "}, "端末の名前を入力してください"),
        ({"username": ""}, "職員番号を入力してください"),
        ({"username": "sa\u200bto"}, "目に見えない文字が含まれています"),
        ({"terminal": "\u202e口窓番1"}, "目に見えない文字が含まれています"),
    ],
)
def test_a_mistake_says_what_to_do(staff, given, remedy):
    response = sign_in(Client(), **given)

    assert response.status_code == 200
    assert remedy in text_of(response)


def test_who_does_not_serve_people_is_told_so(browser):
    response = browser("admin").get("/")

    assert response.status_code == 403
    assert "この画面は使えません" in text_of(response)


def test_without_a_sign_in_every_page_leads_to_it(db):
    assert Client().get("/b/20261122-0001").url == "/login?next=/b/20261122-0001"


def test_locking_signs_out_and_comes_back_to_the_same_page(desk, bundle):
    page = f"/b/{bundle.number}"

    response = desk.post("/lock", {"next": page})

    assert response.url == f"/login?next=%2Fb%2F{bundle.number}"
    assert desk.get(page).status_code == 302


def test_locking_never_leads_to_another_site(desk):
    assert desk.post("/lock", {"next": "https://evil.example/"}).url == "/login"


def test_a_part_of_a_page_is_never_filled_with_the_sign_in_page(staff):
    response = Client().get("/login", headers={"HX-Request": "true"})

    assert response["HX-Refresh"] == "true"


def test_a_part_of_a_page_that_lost_its_session_sends_the_whole_page_to_the_way_in(staff):
    sent = {"HX-Request": "true", "HX-Current-URL": "http://testserver/b/20261122-0001"}

    response = Client().post("/b/20261122-0001/answer", headers=sent)

    assert response["HX-Redirect"] == "/login?next=/b/20261122-0001"


def test_pages_with_peoples_data_are_kept_in_no_cache(desk, bundle):
    assert "no-store" in desk.get(f"/b/{bundle.number}")["Cache-Control"]
