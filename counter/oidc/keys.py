"""Private keys of client and demo provider: made once, kept as JWK in a file only its owner reads."""

from __future__ import annotations

import json
import os
from pathlib import Path

from joserfc.jwk import ECKey, RSAKey


def client_key(path: Path) -> RSAKey:
    """The key our client signs its assertions with (private_key_jwt, RS256)."""
    if not path.exists():
        _keep(path, RSAKey.generate_key(2048, auto_kid=True))
    return RSAKey.import_key(json.loads(path.read_text()))


def provider_key(path: Path) -> ECKey:
    """The key the demo's provider signs id_tokens with (ES256)."""
    if not path.exists():
        _keep(path, ECKey.generate_key("P-256", auto_kid=True))
    return ECKey.import_key(json.loads(path.read_text()))


def _keep(path: Path, key: RSAKey | ECKey) -> None:
    """Write it whole or not at all; who comes second keeps the first one's."""
    draft = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(key.as_dict(private=True), file)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
