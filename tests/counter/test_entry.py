"""The entrance: two factors before any page, a lock for who guesses, an end to every session."""

import logging
import re

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.test import Client, RequestFactory

from consent import factors
from consent.management.commands.create_demo_staff import PASSWORD
from counter.entry import lockout
from tests.entering import next_code, signed_in
from tests.test_urls import ADDRESSES, ANYONE, GARBAGE, address

pytestmark = pytest.mark.django_db
NOON = 1_790_000_010
HALL = "192.0.2.10"
"""The one address a whole town hall has."""


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def password(client, username="sato", given=PASSWORD, **form):
    form = {"username": username, "password": given, "terminal": "1番窓口", **form}
    return client.post("/login", form)


def code(client, digits):
    return client.post("/entry/code", {"code": digits})


def wrong(account):
    """Six digits that are not the account's now."""
    secret = factors.secret_of(account)
    right = {
        totp.format_hotp_value(totp.hotp_value(secret, step))
        for step in totp.yield_hotp_counters_from_time()
    }
    return next(each for each in ("000000", "000001", "000002", "000003") if each not in right)


def words(response):
    return re.sub(r"\s+", " ", response.content.decode())


def is_in(client):
    return SESSION_KEY in client.session


# Both factors


def test_a_password_alone_opens_no_address_at_all(staff, clock):
    """AC-5.6, with the session a right password leaves and with one that lacks our mark."""
    halfway, unmarked = Client(), Client()
    opened = []
    for name, route, _ in ADDRESSES:
        if name in ANYONE:
            continue
        password(halfway)
        unmarked.force_login(staff["sato"], "django.contrib.auth.backends.ModelBackend")
        for client in (halfway, unmarked):
            where = address(route)
            for response in (client.get(where), client.post(where, GARBAGE)):
                sent_on = response.headers.get("Location", "").startswith(
                    ("/entry/code", "/login", "/online/?again")
                )
                if not sent_on and response.status_code not in (401, 403):
                    opened.append((name, response.status_code))

    assert opened == []


def test_who_gave_the_password_is_led_to_the_second_step_and_then_where_they_wanted(staff, clock):
    client = Client()
    password(client, next="/keys")

    assert client.get("/b/20261122-0001").url == "/entry/code"
    assert code(client, next_code(staff["sato"])).url == "/keys"
    assert client.get("/keys").status_code == 200


def test_the_second_step_alone_is_nothing(staff, clock):
    client = Client()

    assert code(client, next_code(staff["sato"])).url == "/login"
    assert not is_in(client)


def test_the_first_step_is_forgotten_after_ten_minutes(staff, clock):
    client = Client()
    password(client)
    clock.shift(601)

    assert code(client, next_code(staff["sato"])).url == "/login"


def test_an_account_shut_between_the_steps_stays_out(staff, clock):
    client = Client()
    password(client)
    staff["sato"].is_active = False
    staff["sato"].save()

    assert code(client, next_code(staff["sato"])).url == "/login"


def test_a_wrong_code_is_said_and_a_used_one_too(staff, clock):
    first, second = Client(), Client()
    used = next_code(staff["sato"])
    for client in (first, second):
        password(client)
    code(first, used)

    assert "もう使われました" in words(code(second, used))
    refused = code(second, wrong(staff["sato"]))
    assert refused.status_code == 422
    assert "もう一度入力" in words(refused)
    assert not is_in(second)


def test_signing_in_changes_the_session_key_at_both_steps(staff, clock):
    client = Client()
    client.get("/login")
    session = client.session
    session["planted"] = "by someone else"
    session.save()
    keys = [session.session_key]
    password(client)
    keys.append(client.session.session_key)
    code(client, next_code(staff["sato"]))
    keys.append(client.session.session_key)

    assert len(set(keys)) == 3
    assert "planted" not in client.session
    assert not Session.objects.filter(session_key__in=keys[:2]).exists()


def test_residents_are_asked_for_no_second_factor_of_ours(staff):
    from consent.models import Account  # noqa: PLC0415

    resident = Account.objects.create(username="r", kind="resident")
    client = Client()
    client.force_login(resident, "django.contrib.auth.backends.ModelBackend")

    assert client.get("/online/").status_code == 200
    assert is_in(client)


def test_a_residents_account_has_no_way_in_here_even_with_a_password(staff):
    staff["sato"].kind = "resident"
    staff["sato"].save()

    assert password(Client()).status_code == 403


# Setting up


def test_the_first_sign_in_sets_up_a_phone_and_shows_the_spare_codes_once(staff, clock):
    account, client = staff["sato"], Client()
    factors.take_away(account)
    password(client, next="/keys")

    assert client.get("/entry/code").url == "/entry/enrol"
    page = words(client.get("/entry/enrol"))
    secret = re.search(r'class="secret">([A-Z2-7 ]+)<', page).group(1).replace(" ", "")
    assert "data:image/svg+xml" in page
    digits = totp.format_hotp_value(totp.hotp_value(secret, NOON // 30))
    done = client.post("/entry/enrol", {"code": digits})

    codes = re.findall(r"<code>(\d{4}) (\d{4})</code>", words(done))
    assert len(codes) == 10
    assert 'href="/keys"' in words(done)
    assert is_in(client)
    assert "".join(codes[0]) not in words(client.get("/entry/enrol", follow=True))
    again = Client()
    password(again)
    assert code(again, "".join(codes[0])).url == "/"
    assert "残りは9個" in words(again.get("/"))


def test_a_wrong_first_code_sets_nothing_up(staff, clock):
    account, client = staff["sato"], Client()
    factors.take_away(account)
    password(client)

    assert client.post("/entry/enrol", {"code": "123456"}).status_code == 422
    assert not Authenticator.objects.filter(user=account).exists()
    assert not is_in(client)


def test_who_has_a_factor_cannot_replace_it_with_the_password_alone(staff, clock):
    client = Client()
    password(client)

    assert client.get("/entry/enrol").url == "/entry/code"
    assert client.post("/entry/enrol", {"code": "123456"}).url == "/entry/code"
    assert client.post("/entry/enrol/passkey", {"credential": "{}"}).url == "/entry/code"


@pytest.mark.parametrize("sent", ["", "{}", "[]", '"x"', '{"id":"x"}', "null", '{"response":1}'])
@pytest.mark.parametrize("enrolled", [True, False])
def test_an_answer_for_a_passkey_that_is_none_is_refused(staff, clock, sent, enrolled):
    client = Client()
    if not enrolled:
        factors.take_away(staff["sato"])
    password(client)
    where = "/entry/passkey" if enrolled else "/entry/enrol/passkey"
    client.get("/entry/code", follow=True)

    assert client.post(where, {"credential": sent}).status_code == 422
    assert not is_in(client)


# Guessing


def guess(client, username="sato", times=5, **extra):
    for _ in range(times):
        response = client.post(
            "/login", {"username": username, "password": "x", "terminal": "1"}, **extra
        )
    return response


def test_five_wrong_passwords_shut_even_the_right_one_out_and_say_until_when(staff, clock):
    client = Client(REMOTE_ADDR=HALL)

    assert "入り直" not in words(guess(client, times=4))
    told = words(guess(client, times=1))
    assert "時" in re.search(r"入れません。(.+?)を過ぎてから", told).group(1)
    assert "を過ぎてから" in words(password(client))
    assert not is_in(client)
    clock.shift(15 * 60 + 1)
    assert password(client).url == "/entry/code"


def test_a_colleague_behind_the_same_address_is_not_locked_out(staff, clock):
    guess(Client(REMOTE_ADDR=HALL), times=8)

    assert password(Client(REMOTE_ADDR=HALL), "suzuki").url == "/entry/code"


def test_one_who_guesses_from_elsewhere_locks_nobody_out_at_the_counter(staff, clock):
    guess(Client(REMOTE_ADDR="198.51.100.7"), times=8)

    assert password(Client(REMOTE_ADDR=HALL)).url == "/entry/code"


def test_wrong_codes_lock_as_wrong_passwords_do(staff, clock):
    client = Client(REMOTE_ADDR=HALL)
    password(client)
    for _ in range(4):
        assert code(client, wrong(staff["sato"])).status_code == 422
    last = client.post("/entry/code", {"code": wrong(staff["sato"])}, follow=True)

    assert "を過ぎてから" in words(last)
    assert client.get("/entry/code").url == "/login"
    assert "を過ぎてから" in words(password(client))


def test_giving_the_password_again_does_not_buy_more_guesses_at_the_code(staff, clock):
    client = Client(REMOTE_ADDR=HALL)
    answers = []
    for _ in range(7):
        answers.append(password(client).status_code)
        code(client, wrong(staff["sato"]))

    assert answers == [302] * 5 + [200] * 2


def test_a_used_code_locks_nobody_out(staff, clock):
    client = Client(REMOTE_ADDR=HALL)
    used = next_code(staff["sato"])
    factors.prove(staff["sato"], used)
    password(client)

    assert {code(client, used).status_code for _ in range(8)} == {422}


def test_signing_in_forgets_the_mistakes_before(staff, clock):
    client = Client(REMOTE_ADDR=HALL)
    for _ in range(2):
        guess(client, times=4)
        password(client)
        code(client, next_code(staff["sato"]))
        assert is_in(client)
        client.post("/lock")


@pytest.mark.parametrize(
    ("behind", "header", "seen"),
    [
        (False, "203.0.113.9", HALL),
        (True, "203.0.113.9, 192.0.2.77", "192.0.2.77"),
        (True, "", HALL),
        (True, "nonsense", "0.0.0.0"),
    ],
)
def test_the_address_is_what_the_trusted_proxy_saw(settings, behind, header, seen):
    settings.BEHIND_TLS_PROXY = behind
    request = RequestFactory().get("/", REMOTE_ADDR=HALL, headers={"X-Forwarded-For": header})

    assert lockout.address_of(request) == seen


def test_nothing_that_was_typed_is_kept_or_logged(staff, clock, caplog):
    caplog.set_level(logging.DEBUG)
    from axes.models import AccessAttempt  # noqa: PLC0415

    client = Client(REMOTE_ADDR=HALL)
    password(client, given="my-other-password")
    password(client, next="/b/20261122-0001")
    typed = wrong(staff["sato"])
    code(client, typed)
    kept = " ".join(f"{each.get_data} {each.post_data}" for each in AccessAttempt.objects.all())

    assert AccessAttempt.objects.exists()
    for secret in ("my-other-password", PASSWORD, typed, "20261122-0001"):
        assert secret not in kept
        assert secret not in caplog.text


# The end of a session


@pytest.fixture
def desk(staff, clock):
    return signed_in(staff["sato"])


def test_who_does_nothing_for_a_quarter_of_an_hour_is_out_and_comes_back_to_the_page(desk, clock):
    key = desk.session.session_key
    clock.shift(899)
    assert desk.get("/keys").status_code == 200
    clock.shift(900)

    answer = desk.get("/keys")

    assert answer.url == "/login?next=/keys&ended=idle"
    assert not Session.objects.filter(session_key=key).exists()
    assert "しばらく操作がなかった" in words(desk.get(answer.url))


def test_what_is_sent_too_late_leads_back_to_the_page_it_was_sent_from(desk, clock):
    clock.shift(901)
    page = "http://testserver/b/20261122-0001"

    answer = desk.post("/b/20261122-0001/answer", headers={"Referer": page})

    assert answer.url == "/login?next=/b/20261122-0001&ended=idle"


def test_no_other_site_is_come_back_to(desk, clock):
    clock.shift(901)

    answer = desk.post("/b/20261122-0001/answer", headers={"Referer": "https://evil.example/x"})

    assert answer.url == "/login?next=/&ended=idle"


def test_after_eight_hours_the_busiest_are_out(desk, clock):
    for _ in range(8 * 60 // 10 - 1):
        clock.shift(600)
        assert desk.get("/entry/stay").status_code == 405
    assert is_in(desk)
    clock.shift(600)

    assert desk.get("/keys").url.endswith("&ended=long")


def test_a_page_that_asks_how_long_is_left_does_not_keep_the_session(desk, clock):
    clock.shift(600)
    assert desk.get("/entry/left").json() == {"seconds": 300}
    clock.shift(301)

    assert desk.get("/entry/left").status_code == 403
    assert desk.get("/keys").url == "/login?next=/keys&ended=idle"


@pytest.mark.parametrize(
    ("who", "where"),
    [
        ("sato", "/keys"),
        ("admin", "/office/drafts"),
        ("admin", "/entry/staff"),
        ("takahashi", "/office/protection"),
    ],
)
def test_every_frame_watches_for_the_end_of_the_session(staff, clock, who, where):
    page = words(signed_in(staff[who]).get(where))

    assert re.search(r'id="idle".* data-seconds="900" data-warning="120"', page)
    assert f'data-page="{where}" hidden' in page
    assert "js/idle.js" in page


def test_saying_that_one_is_still_there_does(desk, clock):
    clock.shift(600)
    assert desk.post("/entry/stay").status_code == 204

    assert desk.get("/entry/left").json() == {"seconds": 900}


def test_a_cookie_kept_beyond_the_end_opens_nothing(desk, clock):
    stolen = Client()
    stolen.cookies[settings.SESSION_COOKIE_NAME] = desk.session.session_key
    assert stolen.get("/keys").status_code == 200
    desk.post("/lock")

    assert stolen.get("/keys").url == "/login?next=/keys"


def test_a_locked_terminal_opens_again_with_both_factors_at_the_same_page(desk, staff, clock):
    locked = desk.post("/lock", {"next": "/keys"}).url
    assert not is_in(desk)
    assert password(desk, next="/keys").url == "/entry/code"
    assert desk.get("/keys").url == "/entry/code"
    used = next_code(staff["sato"])

    assert locked == "/login?next=%2Fkeys"
    assert code(desk, used).url == "/keys"
    assert desk.get("/keys").status_code == 200


def test_the_pages_of_the_entrance_are_kept_in_no_cache(staff, clock):
    client = Client()
    password(client)

    for where in ("/login", "/entry/code"):
        assert "no-store" in client.get(where)["Cache-Control"]
