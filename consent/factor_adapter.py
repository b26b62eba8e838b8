"""Seals the secrets of second factors, so that a copy of the database alone signs nobody in."""

from __future__ import annotations

from allauth.mfa.adapter import DefaultMFAAdapter

from consent.sealing import seal_secret, unseal_secret


class SealedFactors(DefaultMFAAdapter):
    """What allauth asks before it writes or reads a secret (the setting MFA_ADAPTER)."""

    def encrypt(self, text: str) -> str:
        """Seal a secret under the first of FIELD_KEYS."""
        return seal_secret(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Open a secret; raises InvalidToken if none of FIELD_KEYS fits."""
        return unseal_secret(encrypted_text)
