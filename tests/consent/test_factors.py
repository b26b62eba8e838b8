"""Second factors: good once, sealed at rest, and only the account's own."""

import time

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from cryptography.fernet import InvalidToken
from django.core.management import call_command
from django.db import connection

from consent import factors
from consent.factors import UsedCode, WrongCode

pytestmark = pytest.mark.django_db
NOON = 1_790_000_010  # ten seconds into a half minute


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def account(staff):
    return staff["sato"]


def digits(account, seconds=0):
    """What the account's phone shows so many seconds from now."""
    step = int(time.time() + seconds) // 30
    return totp.format_hotp_value(totp.hotp_value(factors.secret_of(account), step))


def test_a_code_is_taken_once(clock, account):
    assert factors.prove(account, digits(account)) == factors.TOTP
    with pytest.raises(UsedCode):
        factors.prove(account, digits(account))


def test_no_code_older_than_the_last_one_is_taken(clock, account):
    older = digits(account, -30)
    factors.prove(account, digits(account))

    with pytest.raises(UsedCode):
        factors.prove(account, older)


@pytest.mark.parametrize(("off", "taken"), [(-60, False), (-30, True), (30, True), (60, False)])
def test_a_clock_may_be_half_a_minute_off_and_no_more(clock, account, off, taken):
    code = digits(account, off)
    if taken:
        assert factors.prove(account, code) == factors.TOTP
    else:
        with pytest.raises(WrongCode):
            factors.prove(account, code)


def test_the_code_of_a_colleague_is_wrong(clock, account, staff):
    with pytest.raises(WrongCode):
        factors.prove(account, digits(staff["suzuki"]))


@pytest.mark.parametrize("typed", ["{0}", " {1} {2} ", "{wide}"])
def test_digits_are_read_as_people_and_input_methods_write_them(clock, account, typed):
    code = digits(account)
    wide = code.translate({ord("0") + n: ord("０") + n for n in range(10)})

    assert factors.prove(account, typed.format(code, code[:3], code[3:], wide=wide))


@pytest.mark.parametrize("typed", ["", "abc", "\0", "12345", "1" * 4000, "①②③④⑤⑥"])
def test_nonsense_is_a_wrong_code(clock, account, typed):
    with pytest.raises(WrongCode):
        factors.prove(account, typed)


def test_each_spare_code_is_good_once_and_new_ones_end_the_old(account):
    old = factors.spare_codes(account)
    codes = factors.spare_codes(account)

    assert len(set(codes)) == 10
    assert set(codes).isdisjoint(old)
    assert factors.prove(account, codes[3]) == factors.SPARE
    assert factors.spare_codes_left(account) == 9
    for spent in (codes[3], old[0]):
        with pytest.raises(WrongCode):
            factors.prove(account, spent)


def test_spare_codes_alone_are_no_second_factor(account):
    factors.spare_codes(account)
    Authenticator.objects.filter(user=account, type=factors.TOTP).delete()

    assert not factors.is_enrolled(account)


def test_a_phone_is_enrolled_by_its_first_code_which_signs_nobody_in(clock, account):
    secret = factors.new_secret()
    first = totp.format_hotp_value(totp.hotp_value(secret, NOON // 30))
    with pytest.raises(WrongCode):
        factors.enrol(account, secret, "000000" if first != "000000" else "111111")

    factors.enrol(account, secret, first)

    assert factors.secret_of(account) == secret
    with pytest.raises(UsedCode):
        factors.prove(account, first)


def test_a_copy_of_the_database_holds_no_secret(account):
    codes = factors.spare_codes(account)
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(data::text, ' ') FROM mfa_authenticator")
        kept = cursor.fetchone()[0]

    assert factors.secret_of(account) not in kept
    assert not [code for code in codes if code in kept]


def test_the_key_can_be_changed_without_anyone_enrolling_anew(clock, account, settings):
    settings.FIELD_KEYS = ["a key to come", *settings.FIELD_KEYS]
    factors.prove(account, digits(account))
    settings.FIELD_KEYS = ["a key to come"]

    assert factors.secret_of(account)


def test_without_the_key_a_secret_stays_shut(account, settings):
    settings.FIELD_KEYS = ["another key"]

    with pytest.raises(InvalidToken):
        factors.secret_of(account)


def test_the_demo_prints_a_code_that_is_taken(clock, account, capsys):
    call_command("demo_code", "sato")

    assert factors.prove(account, capsys.readouterr().out) == factors.TOTP


def test_a_secret_is_shown_of_demo_accounts_alone(account):
    account.demo = False

    with pytest.raises(AssertionError):
        factors.secret_of(account)
