"""Why a file is not applied: refused (nothing changed) or held (someone must look first)."""

from __future__ import annotations

from uuid import UUID


class FileRefused(Exception):
    """The file cannot be used: reason code and a Japanese sentence without personal data."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


class FileHeld(FileRefused):
    """The file can be read, but what it would change is so unlikely that nothing is changed yet."""


class FileReplayed(FileRefused):
    """The same file was applied or is held, as delivery `repeats`; it stops none of the others."""

    def __init__(self, repeats: UUID, *, held: bool = False) -> None:
        state = "保留中" if held else "反映済み"
        super().__init__(
            "replay", f"同じファイルは{state}です（受領 {repeats}）。何も変えていません。"
        )
        self.repeats = repeats


class ImportBusy(Exception):
    """Another import holds the lock; two never run at once."""


class ImportFailed(Exception):
    """The database failed and nothing was applied; the text has its SQLSTATE and no data."""

    def __init__(self, sqlstate: str) -> None:
        what = next((said for code, said in _WHAT if sqlstate.startswith(code)), "")
        super().__init__(f"{what}SQLSTATE {sqlstate}")


_WHAT = (
    ("08", "接続が切れました。"),
    ("53100", "ディスクがいっぱいです。"),
    ("53", "メモリーか接続の数が足りません。"),
    ("57P", "データベースが止められました。"),
    ("58", "ディスクかOSの異常です。"),
)
