"""What every test stands on: a database of its own, no worker, no network, and the cast."""

import fcntl
import socket
from contextlib import suppress
from datetime import date
from io import StringIO
from itertools import count
from types import SimpleNamespace

import hypothesis
import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import TransactionTestCase

DATABASES = pytest.StashKey()
SERVED = (
    "{event} {family}: {typed} characters typed, {keys} keys; of {fields} fields {filled} filled, "
    "{prefilled} of them from what the town holds"
)


def pytest_configure():
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # A connection a server thread keeps would stand in the way of dropping the test database.
    settings.DATABASES["default"]["CONN_MAX_AGE"] = 0
    # Without a worker a queued task would wait in the database of the demo.
    settings.CELERY_TASK_ALWAYS_EAGER = True
    settings.CELERY_TASK_EAGER_PROPAGATES = True
    # No test fails because the machine had something else to do.
    hypothesis.settings.register_profile(
        "unhurried", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
    )
    hypothesis.settings.load_profile("unhurried")


def pytest_terminal_summary(terminalreporter):
    """Say what each journey at the desk took: the figures the README states."""
    passed = terminalreporter.getreports("passed")
    told = [each for report in passed for name, each in report.user_properties if name == "served"]
    if told:
        terminalreporter.section("served at the desk")
    for each in told:
        terminalreporter.write_line(SERVED.format(**each))


@pytest.fixture(scope="session")
def django_db_modify_db_settings():
    """Take the first free test database, so that runs at the same time do not meet."""
    for number in count():
        slot = (settings.VAR / f"test-{number}.lock").open("a")
        try:
            fcntl.flock(slot, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            slot.close()
            continue
        settings.DATABASES["default"]["TEST"]["NAME"] = f"test_kakanai_{number}"
        yield
        return slot.close()


@pytest.fixture(scope="session")
def databases(request, django_db_setup, django_db_blocker):
    """What tests run in: `plain`, with the demo's staff and nobody in the register, and `town`."""
    from tests.databases import Databases  # noqa: PLC0415

    def fill_town():
        make_staff()
        _import_town(request.getfixturevalue("town_exports"))

    def make_staff():
        call_command("create_demo_staff", stdout=StringIO())

    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        made = Databases({"plain": make_staff, "town": fill_town})
        # After a test that commits Django would empty every table, of what migrations wrote, too.
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda self: made.spoil())
        request.config.stash[DATABASES] = made
        yield made
        made.drop()


@pytest.fixture
def _the_database(request, databases, django_db_blocker):
    from residents import record_items  # noqa: PLC0415

    with django_db_blocker.unblock():
        databases.enter("town" if "_in_town" in request.fixturenames else "plain")
        # What another test let this process remember was rolled back, and no query is counted twice.
        record_items.read()


@pytest.fixture
def _django_db_helper(_the_database, _django_db_helper):
    """What every way to ask pytest-django for a database comes to: first enter the right one."""


@pytest.fixture(scope="module", autouse=True)
def _nothing_left_behind(request):
    """No test of a module may commit anything unless it says so (`transaction=True`)."""
    yield
    if databases := request.config.stash.get(DATABASES, None):
        with request.getfixturevalue("django_db_blocker").unblock():
            assert databases.left_behind() == [], "committed without transaction=True"


@pytest.fixture(autouse=True)
def _no_network(monkeypatch):
    """Refuse to connect anywhere but to this machine."""
    connect = socket.socket.connect

    def refuse_strangers(self, address):
        host = address[0] if isinstance(address, tuple) else "localhost"
        if host not in {"localhost", "127.0.0.1", "::1"}:
            pytest.fail(f"A test tried to connect to {host}.")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", refuse_strangers)


@pytest.fixture
def today():
    """The reception day of every test: a Sunday before which the exports of the town were made."""
    return date(2026, 11, 22)


@pytest.fixture
def staff(db):
    """The demo staff's accounts by username: sato, suzuki, takahashi, admin, operator."""
    from consent.models import Account  # noqa: PLC0415

    return {account.username: account for account in Account.objects.filter(demo=True)}


def _actor(account):
    from consent.actors import actor_of  # noqa: PLC0415

    return actor_of(account, terminal="1番窓口", channel="desk")


@pytest.fixture
def sato(staff):
    """市民課の窓口職員: may search and open, may not show a protected address."""
    return _actor(staff["sato"])


@pytest.fixture
def suzuki(staff):
    """こども課の窓口職員: another office."""
    return _actor(staff["suzuki"])


@pytest.fixture
def takahashi(staff):
    """市民課の窓口責任者: may show a protected address for a reason."""
    return _actor(staff["takahashi"])


@pytest.fixture
def hanako_admin(staff):
    """管理者: may see nobody's record."""
    return _actor(staff["admin"])


@pytest.fixture
def ledgers(db):
    """Every core system has delivered once, so that what is not held is known not to be held."""
    from tests import makers  # noqa: PLC0415

    return makers.make_deliveries()


@pytest.fixture
def yamada(ledgers):
    """山田家: 太郎 (head), 花子 and their son 一郎; insured by the city."""
    from tests import makers  # noqa: PLC0415

    father, mother, child = makers.make_household()
    return SimpleNamespace(father=father, mother=mother, child=child)


@pytest.fixture
def yoshida(ledgers):
    """𠮷田家: a surname outside the BMP, insured by the city, one child."""
    from tests import makers  # noqa: PLC0415

    father, mother, child = makers.make_household(
        makers.man("𠮷田　剛", "ヨシダ　ツヨシ", "1985-01-20", holds=("nhi",)),
        makers.wife("𠮷田　由美", "ヨシダ　ユミ", "1987-03-03", holds=("nhi", "contact")),
        makers.child("𠮷田　葵", "ヨシダ　アオイ", "2021-08-08", holds=("nhi",)),
    )
    return SimpleNamespace(father=father, mother=mother, child=child)


@pytest.fixture
def katsuragi(ledgers):
    """葛󠄀城家: a surname that needs a variation selector (IVS)."""
    from tests import makers  # noqa: PLC0415

    father, mother = makers.make_household(
        makers.man("葛󠄀城　誠", "カツラギ　マコト", "1991-12-01"),
        makers.wife("葛󠄀城　恵", "カツラギ　メグミ", "1992-02-29"),
    )
    return SimpleNamespace(father=father, mother=mother)


@pytest.fixture
def hidden(ledgers):
    """A mother under 支援措置 and her child, who live where nobody may learn."""
    from tests import makers  # noqa: PLC0415

    place = {"住所_町字": "秘町五丁目", "住所_番地号表記": "７番８号", "住所_郵便番号": "0909999"}
    mother, child = makers.make_household(
        {
            **makers.wife("守口　恵子", "モリグチ　ケイコ", "1989-07-07", protected="1"),
            "codes": ("02",),
            "続柄表記": "世帯主",
            "holds": {
                "contact": {"電話番号_携帯": "08055550000", "メールアドレス": "hide@example.jp"}
            },
        },
        makers.child(
            "守口　空", "モリグチ　ソラ", "2018-04-02", holds={"school": {"学校名": "秘町小学校"}}
        ),
        **place,
    )
    return SimpleNamespace(mother=mother, child=child)


@pytest.fixture(scope="session")
def town_exports(tmp_path_factory):
    """The exports of an invented town of 300, its showcase households included, made once."""
    folder = tmp_path_factory.mktemp("town")
    call_command("make_town", str(folder), "--residents", "300", "--seed", "1", stdout=StringIO())
    return folder


@pytest.fixture
def _in_town():
    """Who asks for it gets the database with the town."""


@pytest.fixture
def town(_in_town, db, town_exports):
    """The town in the register, by the real import."""
    return town_exports


def _import_town(folder):
    from residents.models import Resident  # noqa: PLC0415

    with suppress(SystemExit):
        call_command("import_exports", str(folder / "day00"), "--json", stdout=StringIO())
    assert Resident.objects.exists()
