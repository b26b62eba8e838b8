"""The demo's provider stays in the demo, its cards are the town's, and keys are their owner's alone."""

import json
import stat
import subprocess
import sys
from datetime import date

import pytest

from consent.binding import Card, bind
from counter.checks import residents_sign_in_at_a_provider_over_https
from counter.oidc import cards, keys, provider


def test_every_card_is_bound_but_the_protected_familys(town):
    bound = {}
    for place, each in enumerate(cards.of_town(town)):
        said = each["claims"]
        card = Card(
            "iss",
            f"sub-{place}",
            said["name"],
            said["address"]["formatted"],
            date.fromisoformat(said["birthdate"]),
            said["gender"],
        )
        bound[each["title"]] = bind(card) is not None

    assert len(bound) == len(json.loads((town / "showcase.json").read_text()))
    assert [title for title, is_bound in bound.items() if not is_bound] == [
        title for title in bound if "支援措置" in title
    ]


@pytest.mark.parametrize(
    ("issuer", "refused"),
    [("", 0), ("https://auth-and-sign.go.jp/api/realms/main", 0), ("http://localhost:8001", 1)],
)
def test_a_deployment_refuses_a_provider_without_https(settings, issuer, refused):
    settings.OIDC_ISSUER = issuer

    assert len(residents_sign_in_at_a_provider_over_https(None)) == refused


def test_a_key_is_made_once_and_read_by_its_owner_alone(tmp_path):
    path = tmp_path / "key.json"

    assert keys.client_key(path).as_dict() == keys.client_key(path).as_dict()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["key.json"]


def test_the_provider_does_not_run_in_production(tmp_path, monkeypatch):
    monkeypatch.setattr(provider, "ROOT", tmp_path)  # where no var/mode says demo

    with pytest.raises(SystemExit, match="production"):
        provider.serve(tmp_path)


def test_the_provider_reaches_no_database():
    """It is told its cards in a file: a process of its own without any model."""
    code = "import counter.oidc.provider, sys; sys.exit('consent.models' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
