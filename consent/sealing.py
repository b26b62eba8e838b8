"""Sealing words that few may read (相手方の氏名、住所): encrypted before they reach the database."""

from __future__ import annotations

import base64
import json
from hashlib import sha256
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


def seal(words: dict[str, Any]) -> bytes:
    """The words, encrypted with the first of FIELD_KEYS."""
    return _keys().encrypt(json.dumps(words, ensure_ascii=False).encode())


def unseal(sealed: bytes | memoryview) -> dict[str, Any]:
    """The words again, with whichever of FIELD_KEYS they were sealed with; raises InvalidToken."""
    words: dict[str, Any] = json.loads(_keys().decrypt(bytes(sealed)))
    return words


def _keys() -> MultiFernet:
    return MultiFernet(
        [Fernet(base64.urlsafe_b64encode(sha256(key.encode()).digest())) for key in _texts()]
    )


def _texts() -> list[str]:
    keys: list[str] = settings.FIELD_KEYS
    return keys
