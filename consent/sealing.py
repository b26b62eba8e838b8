"""Sealing what few may read before it reaches the database: words of 支援措置, secrets of second factors.

Each has keys of its own (PROTECTION_KEYS, FIELD_KEYS), so that whoever holds the one opens nothing of
the other. The first of them seals; the others only open what was sealed before.
"""

from __future__ import annotations

import base64
import json
from hashlib import sha256
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


def seal(words: dict[str, Any]) -> bytes:
    """The words of a measure (相手方, 安全な連絡先, 転送), under the first of PROTECTION_KEYS."""
    return _protection().encrypt(json.dumps(words, ensure_ascii=False).encode())


def unseal(sealed: bytes | memoryview) -> dict[str, Any]:
    """The words again; raises InvalidToken where no key fits."""
    words: dict[str, Any] = json.loads(_protection().decrypt(bytes(sealed)))
    return words


def renewed(sealed: bytes | memoryview) -> bytes | None:
    """The same words under the first of PROTECTION_KEYS; None where they are already.

    Raises InvalidToken where no key fits.
    """
    first = Fernet(_derived(settings.PROTECTION_KEYS[0]))
    try:
        first.decrypt(bytes(sealed))
    except InvalidToken:
        return _protection().rotate(bytes(sealed))
    return None


def seal_secret(text: str) -> str:
    """The secret of a second factor, under the first of FIELD_KEYS."""
    sealed = _factors().encrypt(json.dumps({"secret": text}).encode())
    return sealed.decode()


def unseal_secret(sealed: str) -> str:
    """The secret again; raises InvalidToken where none of FIELD_KEYS fits."""
    return str(json.loads(_factors().decrypt(sealed.encode()))["secret"])


def _protection() -> MultiFernet:
    # FIELD_KEYS sealed measures before they had keys of their own: these still open.
    return _keys([*settings.PROTECTION_KEYS, *settings.FIELD_KEYS])


def _factors() -> MultiFernet:
    return _keys(settings.FIELD_KEYS)


def _keys(texts: list[str]) -> MultiFernet:
    return MultiFernet([Fernet(_derived(text)) for text in texts])


def _derived(text: str) -> bytes:
    return base64.urlsafe_b64encode(sha256(text.encode()).digest())
