"""Numbers the ledgers give out: 宛名番号 and 世帯番号 with their check digit, and plain serials."""

from __future__ import annotations


def check_digit(digits: str) -> str | None:
    """モジュラス11 (M11W2～7): weights 2…7 from the right; remainder 0 gives 0.

    住民記録システム標準仕様書 1.1.13 does not say what remainder 1 (a digit of ten) gives: None.
    """
    total = sum(int(digit) * (2 + place % 6) for place, digit in enumerate(reversed(digits)))
    match total % 11:
        case 0:
            return "0"
        case 1:
            return None
        case remainder:
            return str(11 - remainder)


class Checked:
    """Ten-digit numbers, nine rising digits and the check digit; those without one are skipped."""

    def __init__(self, start: int) -> None:
        self.last = start

    def next(self) -> str:
        """The next number, as text with its leading zeros."""
        while True:
            self.last += 1
            digits = f"{self.last:09}"
            if check := check_digit(digits):
                return digits + check


class Plain:
    """Rising numbers of a fixed width."""

    def __init__(self, start: int, width: int) -> None:
        self.last = start
        self.width = width

    def next(self) -> str:
        """The next number, as text with its leading zeros."""
        self.last += 1
        return f"{self.last:0{self.width}}"
