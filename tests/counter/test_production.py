import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from counter import broker
from counter.embedded import mode, secret

PRODUCTION = {
    "KAKANAI_PRODUCTION": "true",
    "SECRET_KEY": "k" * 25 + "0123456789abcdefghijklmno",
    "FIELD_KEYS": "f" * 25 + "0123456789abcdefghijklmno",
    "PROTECTION_KEYS": "p" * 25 + "0123456789abcdefghijklmno",
    "ALLOWED_HOSTS": "counter.example.jp",
    "DATABASE_URL": "postgres://nobody@localhost/none",
    "CELERY_BROKER_URL": "pgmq://",
}


def check(**environment):
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_full_environment_passes_every_deployment_check():
    result = check(**PRODUCTION)

    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("name", [name for name in PRODUCTION if name != "KAKANAI_PRODUCTION"])
def test_production_starts_nothing_of_its_own_and_names_what_is_missing(name):
    result = check(**{key: value for key, value in PRODUCTION.items() if key != name})

    assert result.returncode
    assert name in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("keys", [PRODUCTION["FIELD_KEYS"], "secret0"])
def test_what_is_sealed_about_protection_has_a_good_key_of_its_own(keys):
    result = check(**PRODUCTION | {"PROTECTION_KEYS": keys})

    assert result.returncode
    assert "consent.E002" in result.stderr
    assert keys not in result.stderr


def test_a_demo_does_not_pass_for_a_production():
    result = check()

    assert result.returncode
    assert "counter.E002" in result.stderr


def test_without_a_written_mode_it_is_production(tmp_path):
    assert mode.read(tmp_path, production=False) == "production"


def test_the_environment_can_only_make_it_stricter(tmp_path):
    (tmp_path / "mode").write_text("demo\n")

    assert mode.read(tmp_path, production=False) == "demo"
    assert mode.read(tmp_path, production=True) == "production"


def test_an_unknown_mode_is_refused(tmp_path):
    (tmp_path / "mode").write_text("prodution")

    with pytest.raises(ImproperlyConfigured, match="demo or test"):
        mode.read(tmp_path, production=False)


def test_the_demos_key_is_made_once_and_for_its_owner_only(tmp_path):
    key = secret.read_or_make(tmp_path / "secret_key")

    assert secret.read_or_make(tmp_path / "secret_key") == key
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("url", ["memory://", "filesystem://", "sqla+postgresql://localhost"])
def test_a_broker_that_loses_tasks_is_refused(url):
    with pytest.raises(ImproperlyConfigured, match="lose tasks"):
        broker.transport_options(url, {})


def test_a_password_with_spaces_reaches_the_queue_quoted():
    database = {"HOST": "db", "PORT": 5433, "USER": "app", "PASSWORD": "a b'c", "NAME": "kakanai"}

    assert broker.conninfo(database) == (
        "host=db port=5433 user=app password='a b\\'c' dbname=kakanai"
    )
