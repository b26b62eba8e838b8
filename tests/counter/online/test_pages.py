"""The pages of a move: agree, one question a page, check, submit, status; nobody else's."""

import re
from datetime import date
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from consent.models import AccessEntry, Account, Category, Engagement
from lifeevents import bundles
from lifeevents.finishing import finish
from lifeevents.models import Bundle, Opinion
from tests import makers
from tests.entering import signed_in

SAID = {
    "new_address": "北見市北進町一丁目１番１号",
    "moved_on": "2026-11-20",
    "name": "山田　花",
    "name_kana": "やまだ　はな",
    "birth_date": "2026-11-10",
    "birth_weight": "2980",
}


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
    response = send(phone, f"{at}/agree", html(phone, at), all=answer)
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


def answer_all(phone, at, most=40):
    """Answer every page as it comes; the names asked, in order, and how many were announced."""
    names, announced = [], []
    for _ in range(most):
        page = html(phone, at)
        asked = all_asked(page)
        if not asked:
            return names, announced
        names += asked
        announced.append(int(re.search(r"あと(\d+)問", page).group(1)))
        form = {name: SAID.get(name.split(":")[1], picked(name, page)) for name in asked}
        written = re.findall(r'name="written" value="([^"]+)"', page)
        known = {"dont_know": "yes"} if "" in form.values() else {}
        sent = {"asked": asked, "written": written, **form, **known}
        assert send(phone, f"{at}/answer", page, **sent).status_code == 302, sent
    raise AssertionError(f"it never ends: {names}")


def all_asked(page):
    return re.findall(r'name="asked" value="([^"]+)"', page)


def picked(name, page):
    """The last of the choices: いいえ of a yes or no, what stands in a list; "" for a text."""
    choices = re.findall(rf'<(?:button|input)[^>]*name="{re.escape(name)}" value="([^"]+)"', page)
    return "no" if f'name="ticks" value="{name}"' in page else choices[-1] if choices else ""


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
    assert done["Location"] == at
    assert "受け付けました" in html(phone, at)
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

    assert "あなたの答え" in html(phone, moving)


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


def categories(page):
    return re.findall(r'type="radio" name="(\w+)" value="yes"', page)


def test_each_category_has_its_own_yes_and_no_and_nothing_is_chosen_beforehand(phone, moving):
    page = html(phone, f"{moving}/agreement?each")

    assert {"contact", "insurance", "disability"} <= set(categories(page))
    assert "checked" not in page
    assert page.count('value="yes"') == page.count('value="no"')


def test_the_engagement_holds_exactly_what_was_agreed(phone, moving):
    page = html(phone, f"{moving}/agreement?each")
    said = dict.fromkeys(categories(page), "no") | {"insurance": "yes"}
    send(phone, f"{moving}/agree", page, **said)

    assert Engagement.objects.get().agreed == ["insurance"]
    again = html(phone, f"{moving}/agreement?each")
    chosen = re.findall(r'name="(\w+)" value="yes" checked', again)
    assert chosen == ["insurance"]


def test_a_category_without_an_answer_is_asked_again_with_the_others_kept(phone, moving):
    page = html(phone, f"{moving}/agreement?each")
    said = {code: "yes" for code in categories(page) if code != "child"}

    response = send(phone, f"{moving}/agree", page, **said)

    page = response.content.decode()
    assert response.status_code == 422
    assert "child-error" in page
    assert page.count(" checked") == len(said)
    assert Engagement.objects.get().agreed_at is None


def test_each_category_says_whose_it_is_and_what_for(phone, moving):
    page = html(phone, moving)

    assert "国民健康保険の変更届" in page
    for name in Category.objects.filter(code__in=["contact", "pension"]):
        assert str(name) in page
    assert "あなただけ" in page
    assert "同じ世帯の方" in page


def handed_in(phone, at, answer="yes"):
    agree(phone, at, answer)
    answer_all(phone, at)
    send(phone, f"{at}/submit", html(phone, at))
    return html(phone, at)


def test_a_birth_is_not_filed_as_if_done(phone):
    at = begin(phone, "birth")
    page = handed_in(phone, at)

    done, _, visit = page.partition("窓口で届け出るもの")
    assert "出生届" in visit
    assert "出生届" not in done
    assert "持ってくるもの" in visit
    assert "出生証明書" in visit
    assert "令和8年11月24日" in done, "by when to come"
    assert not Bundle.objects.get().applications.filter(procedure="birth.report").exists()


def test_what_to_bring_can_be_read_again_and_kept(phone):
    at = begin(phone, "birth")
    handed_in(phone, at)

    assert "持ってくるもの" in html(phone, at)
    receipt = phone.get(f"{at}/receipt.pdf")
    assert receipt["Content-Type"] == "application/pdf"
    assert receipt.content.startswith(b"%PDF")
    [birth] = [
        each
        for each in Calendar.from_ical(phone.get(f"{at}/calendar.ics").content).walk("VEVENT")
        if "出生届" in each["summary"]
    ]
    assert birth.decoded("dtstart") == date(2026, 11, 24)
    assert "出生証明書" in birth["description"]
    assert "山田" not in birth.to_ical().decode(), "calendars are shared"


def test_nobody_elses_receipt_is_given(phone, katsuragi):
    at = begin(phone, "birth")
    handed_in(phone, at)
    other = Account.objects.create(username="r-2", kind="resident", ref=katsuragi.mother.pk)
    other.groups.add(Group.objects.get(name="resident"))
    stranger = Client()
    stranger.force_login(other)

    for name in ("receipt.pdf", "calendar.ics"):
        assert stranger.get(f"{at}/{name}").status_code == 404
    assert stranger.post(f"{at}/opinion", {"opinion": "easy"}).status_code == 404


def test_one_tap_says_how_it_was_and_is_linked_to_nobody(phone, moving):
    handed_in(phone, moving)
    for _ in range(2):
        phone.post(f"{moving}/opinion", {"opinion": "easy"})

    [counted] = Opinion.objects.all()
    assert (counted.event, counted.answer, counted.count) == ("move_within", "easy", 1)
    assert {field.name for field in Opinion._meta.fields}.isdisjoint({"bundle", "account", "ref"})
    assert "いかがでしたか" not in html(phone, moving)


def test_a_list_of_yes_and_no_takes_ticks_and_leaves_open_what_nobody_knows(phone, moving):
    agree(phone, moving)
    page = html(phone, moving)
    while 'name="ticks"' not in page:
        name = asked_of(page)
        send(phone, f"{moving}/answer", page, asked=name, dont_know="yes")
        page = html(phone, moving)
    names = all_asked(page)
    assert len(names) > 1
    said = {name: ["no", "yes"] if name == names[0] else "no" for name in names}
    send(phone, f"{moving}/answer", page, asked=names, ticks=names, dont_know="yes", **said)

    stored = {f"{a.subject}:{a.fact}": a.value for a in Bundle.objects.get().answers.all()}
    assert stored[names[0]] is True
    assert [stored[name] for name in names[1:]] == [None] * len(names[1:])


def test_the_record_shows_who_looked_and_nothing_of_others(phone, moving, katsuragi, sato):
    bundle = bundles.start(
        "birth", katsuragi.mother.pk, applicant="self", on=date(2026, 11, 22), by=sato
    )

    page = html(phone, "/online/record")

    assert "あなた（オンライン）" in page
    assert "転居に伴う手続" in page
    assert bundle.number not in page
    assert "市民課" not in page


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
    assert "手続は終わりました" in html(phone, moving)
    assert "完了" in html(phone, "/online/")


def test_what_they_came_to_a_counter_for_stands_there_too_and_nobody_elses(phone, family, sato):
    own, fathers = (makers.make_bundle(each, sato) for each in (family.mother, family.father))
    assert own.number not in html(phone, "/online/"), "the counter still works on it"
    for bundle in (own, fathers):
        finish(bundle, version=bundle.version, by=sato, leave_open=True)

    home = html(phone, "/online/")
    assert own.number in home
    assert fathers.number not in home
    assert "窓口で手続が進むと" in home, "it is no news"
    page = html(phone, f"/online/b/{own.number}")
    assert "手続は終わりました" in page
    assert "出生届" in page
    assert "いかがでしたか" not in page
    assert phone.get(f"/online/b/{fathers.number}").status_code == 404
