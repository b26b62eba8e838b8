"""Where handed-over files stay while they come: in memory alone, and no more than may."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

_EVERY = 0.5  # seconds


class InMemory(FileUploadHandler):
    """Keeps every file whole in memory; beyond `most` bytes in all it keeps none and reads to the end.

    `came` is told now and then how many bytes have come.
    """

    chunk_size = 1 << 20

    def __init__(self, most: int, came: Callable[[int], None]) -> None:
        super().__init__()
        self.is_too_large = False
        self._most, self._came, self._reached, self._told_at = most, came, 0, 0.0
        self._file = io.BytesIO()

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin with nothing."""
        super().new_file(*args, **kwargs)
        self._file = io.BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep a part. Stops quietly where it becomes too much, so that a page can say so."""
        self._reached += len(raw_data)
        if self._reached > self._most:
            self.is_too_large, self._file = True, io.BytesIO()
            raise StopUpload(connection_reset=False)
        self._file.write(raw_data)
        if time.monotonic() - self._told_at > _EVERY:
            self._told_at = time.monotonic()
            self._came(self._reached)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        """The file as a form takes it."""
        self._file.seek(0)
        return InMemoryUploadedFile(
            self._file, self.field_name, self.file_name or "", self.content_type or "",
            file_size, self.charset, self.content_type_extra,
        )  # fmt: skip
