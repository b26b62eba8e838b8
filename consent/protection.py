"""支援措置: which facts of a protected person and their household are masked."""

from __future__ import annotations

MASKED_PREFIXES = (
    "address",
    "new_address",
    "old_address",
    "postal_code",
    "municipality_code",
    "town",
    "previous_",
    "destination_",
    "contact.",
    "school.",
    "property_tax.",
    "light_vehicle.",
    "child_medical.insure",
)
BANK = ".bank_"  # 金融機関の支店


def is_masked(fact_key: str) -> bool:
    """Whether a fact can tell where a protected person is (住所, 連絡先, 学校, 勤務先, 所有地 …)."""
    return fact_key.startswith(MASKED_PREFIXES) or BANK in fact_key
