"""The pages of a move: agree, one question a page, check, submit, status; nobody else's."""

import re
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from consent.models import AccessEntry, Account, Engagement
from lifeevents import bundles
from lifeevents.finishing import finish
from lifeevents.models import Bundle
from tests import makers
from tests.entering import signed_in

ANSWERS = {"date": "8.12.1", "number": "1", "text": "北見市北進町一丁目１番１号", "name": "見本"}


@pytest.fixture
def phone(family):
    """花子 signed in; how is test_sign_in's matter."""
    account = Account.objects.create(username="r-1", kind="resident", ref=family.mother.pk)
    account.groups.add(Group.objects.get(name="resident"))
    client = Client()
    client.force_login(account)
    return client


@pytest.fixture
def moving(phone):
    return begin(phone, "move_within")


def begin(phone, event, token=None):
    form = {"event": event, "token": token or str(uuid4())}
    return phone.post("/online/begin", form)["Location"]


def version(page):
    return re.search(r'name="version" value="(\d+)"', page).group(1)


def send(phone, where, page, **form):
    return phone.post(where, {"version": version(page), **form})


def agree(phone, at, answer="yes"):
    response = send(phone, f"{at}/agree", html(phone, at), agree=answer)
    page = html(phone, response["Location"])
    if "/who" in response["Location"]:
        send(phone, f"{at}/who", page, moves=re.findall(r'name="moves" value="(\w+)"', page))


def html(phone, at):
    response = phone.get(at)
    assert response.status_code == 200, (at, response.status_code)
    return response.content.decode()


def asked_of(page):
    found = re.search(r'name="asked" value="([^"]+)"', page)
    return found and found.group(1)


def answer_all(phone, at, most=60):
    """Answer every question as it comes; the names asked, in order, and how many were announced."""
    names, announced = [], []
    for _ in range(most):
        page = html(phone, at)
        name = asked_of(page)
        if not name:
            return names, announced
        names.append(name)
        announced.append(int(re.search(r"あと(\d+)問", page).group(1)))
        choices = re.findall(rf'name="{re.escape(name)}" value="([^"]+)"', page)
        written = {"written": name} if 'name="written"' in page else {}
        said = "北見市北進町一丁目１番１号" if written else choices[-1]
        response = send(phone, f"{at}/answer", page, asked=name, **{name: said}, **written)
        if response.status_code == 422:
            for other in ("8.12.1", "1", "09012345678", "ヤマダ"):
                response = send(phone, f"{at}/answer", page, asked=name, **{name: other}, **written)
                if response.status_code == 302:
                    break
        if response.status_code == 422:
            send(phone, f"{at}/answer", page, asked=name, dont_know="yes")
    raise AssertionError(f"it never ends: {names}")


def test_the_start_page_offers_what_can_be_begun_here(phone):
    page = html(phone, "/online/")

    assert "転居" in page
    assert "出生" in page
    assert "おくやみ" not in page


def test_a_second_tap_begins_nothing_twice(phone):
    token = str(uuid4())

    assert begin(phone, "move_within", token) == begin(phone, "move_within", token)
    assert Bundle.objects.count() == 1


@pytest.mark.parametrize("event", ["move_within", "birth"])
@pytest.mark.parametrize("agreed", ["yes", "no"])
def test_a_resident_gets_from_the_agreement_to_a_number(phone, event, agreed):
    at = begin(phone, event)
    agree(phone, at, agreed)
    names, announced = answer_all(phone, at)

    assert len(names) == len(set(names)), "something was asked twice"
    assert announced[-1] == 1
    letter = html(phone, at)
    assert "この内容で申請する" in letter
    done = send(phone, f"{at}/submit", letter)

    bundle = Bundle.objects.get()
    assert bundle.number in done.content.decode()
    assert (bundle.state, bundle.channel) == ("submitted", "online")
    again = send(phone, f"{at}/submit", letter)
    assert again.status_code == 302
    assert bundle.number in html(phone, at)
    assert "申請済み" in html(phone, "/online/")


def test_nothing_the_register_holds_is_asked(phone, moving):
    agree(phone, moving)
    names, _ = answer_all(phone, moving)

    assert not {"name", "birth_date", "sex", "relationship"} & {n.split(":")[1] for n in names}


def test_going_back_shows_what_was_said_and_loses_nothing(phone, moving):
    agree(phone, moving)
    first = asked_of(html(phone, moving))
    page = html(phone, moving)
    assert 'name="written"' in page
    new = "北見市北進町一丁目１番１号"
    send(phone, f"{moving}/answer", page, asked=first, written=first, **{first: new})

    second = html(phone, moving)
    link = re.search(r'class="back" href="([^"]+)"', second).group(1)
    before = html(phone, link)

    assert asked_of(before) == first
    assert f'value="{new}"' in before
    assert html(phone, f"{moving}/agreement")
    assert asked_of(html(phone, moving)) == asked_of(second)


def test_an_answer_that_cannot_be_read_keeps_what_was_typed(phone, moving):
    agree(phone, moving)
    page = html(phone, moving)
    while 'name="written"' not in page:
        name = asked_of(page)
        send(phone, f"{moving}/answer", page, asked=name, dont_know="yes")
        page = html(phone, moving)
    name = asked_of(page)

    response = send(phone, f"{moving}/answer", page, asked=name, written=name, **{name: "\0"})

    assert response.status_code == 422
    assert "error" in response.content.decode()


def test_one_row_is_corrected_in_the_letter_and_put_back(phone, moving, family):
    agree(phone, moving)
    answer_all(phone, moving)
    name = re.search(r'href="\?edit=([^"#]+:name)#', html(phone, moving).replace("%3A", ":"))
    assert name, "names can be corrected"
    page = html(phone, f"{moving}?edit={name.group(1)}")
    assert "この内容に直す" in page

    form = {"asked": name.group(1), "edit": name.group(1), name.group(1): "山田　花"}
    send(phone, f"{moving}/answer", page, **form)

    assert "本人申告" in html(phone, moving)


def test_nobody_elses_bundle_is_found(phone, moving, katsuragi):
    other = Account.objects.create(username="r-2", kind="resident", ref=katsuragi.mother.pk)
    other.groups.add(Group.objects.get(name="resident"))
    stranger = Client()
    stranger.force_login(other)

    assert stranger.get(moving).status_code == 404
    assert stranger.post(f"{moving}/submit", {"version": 0}).status_code == 404
    assert stranger.post(f"{moving}/cancel", {"version": 0}).status_code == 404


def test_a_household_under_protection_from_now_on_is_led_to_the_counter(phone, moving, family):
    makers.make_protection(family.father)

    response = phone.get(moving)

    assert response["Location"] == "/online/counter"
    assert "_auth_user_id" not in phone.session
    page = html(phone, "/online/counter")
    assert "支援" not in page
    assert "保護" not in page


def test_every_page_with_register_data_is_logged_as_online(phone, moving):
    agree(phone, moving)
    before = AccessEntry.objects.count()
    html(phone, moving)

    entry = AccessEntry.objects.order_by("-at").first()
    assert AccessEntry.objects.count() == before + 1
    assert (entry.channel, entry.actor_kind, entry.purpose) == ("online", "resident", "move_within")


def test_a_draft_is_gone_on_with_another_day(phone, moving):
    agree(phone, moving)
    page = html(phone, moving)
    first = asked_of(page)
    new = "北見市北進町一丁目１番１号"
    send(phone, f"{moving}/answer", page, asked=first, written=first, **{first: new})
    Engagement.objects.update(until=timezone.now())

    assert asked_of(html(phone, moving)) != first
    assert new in html(phone, f"{moving}?q={first}")
    assert Engagement.objects.filter(until__gt=timezone.now()).get().agreed


def test_stopping_applies_for_nothing(phone, moving):
    page = html(phone, moving)
    send(phone, f"{moving}/cancel", page)

    assert Bundle.objects.get().state == "cancelled"
    assert phone.get(moving).status_code == 404


def test_the_counter_takes_it_over_finishes_it_and_the_phone_shows_it(phone, moving, sato, staff):
    agree(phone, moving)
    answer_all(phone, moving)
    send(phone, f"{moving}/submit", html(phone, moving))
    number = Bundle.objects.get().number
    desk = signed_in(staff["sato"])

    assert number in html(desk, "/")
    assert desk.post(f"/b/{number}/take-over")["Location"] == f"/b/{number}"
    assert "窓口で確認" in html(phone, moving)
    assert phone.post(f"{moving}/answer", {"version": 0}).status_code == 404
    bundle = bundles.find(number, by=sato)
    bundles.identify(bundle, version=bundle.version, method="card", documents=[], by=sato)
    finish(bundle, version=bundle.version, by=sato, leave_open=True)
    assert "手続きは終わりました" in html(phone, moving)
    assert "完了" in html(phone, "/online/")
