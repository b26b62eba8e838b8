"""Starting the demo's provider: what it is told, and the command that serves it."""

from __future__ import annotations

import json
import secrets
import sys
from pathlib import Path
from typing import Any

from counter.oidc.keys import client_key

CALLBACK = "online/callback"


def prepare(
    folder: Path, *, issuer: str, ours: str, client_id: str, key: Path, people: list[dict[str, Any]]
) -> None:
    """Write FOLDER/provider.json; `ours` is our own address, ending in /."""
    folder.mkdir(parents=True, exist_ok=True)
    told = {
        "issuer": issuer,
        "port": int(issuer.rpartition(":")[2]),
        "secret": secrets.token_hex(32),
        "client_id": client_id,
        "client_jwks": {"keys": [client_key(key).as_dict(private=False)]},
        "redirect_uri": ours + CALLBACK,
        "people": people,
    }
    (folder / "provider.json").write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")


def command(folder: Path) -> list[str]:
    """What serves it."""
    return [sys.executable, "-m", "counter.oidc.provider", str(folder)]
