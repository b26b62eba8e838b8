"""支援措置: which facts of a protected person and their household are masked."""

from __future__ import annotations

MASKED_PREFIXES = (
    "address",
    "postal_code",
    "municipality_code",
    "town",
    "previous_",
    "moved_to",
    "contact.",
    "school.",
    "property_tax.",
    "light_vehicle.",
    "ltc.facility",
)


def is_masked(fact_key: str) -> bool:
    """Whether a fact can tell where a protected person is (住所, 連絡先, 学校, 所有地 …)."""
    return fact_key.startswith(MASKED_PREFIXES)
