"""Object storage that speaks S3: what lies in a bucket, read where it is and never copied to disk.

The library finds server and keys by itself (AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, a role of the
machine …); nothing of them is told to anybody, what it raises neither.
"""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from http import HTTPStatus
from typing import IO, Any

from residents.importing.on_disk import LOST
from residents.importing.refusal import FileRefused

SCHEME = "s3://"
_BUFFER = 1 << 17
NEAR = 1 << 23  # bytes that take as long as another request
_PAUSES = (1, 3, 9)  # seconds before what broke off is gone on with
_GONE = (HTTPStatus.NOT_FOUND, HTTPStatus.PRECONDITION_FAILED)


class BucketAway(Exception):
    """The bucket cannot be read now: a sentence for operators."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class Stored:
    """One object as it was listed; `etag` tells its content from any other under the same key."""

    key: str
    size: int
    etag: str
    modified: datetime


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket and the folder in it, which ends with a slash; "" is all of the bucket."""

    name: str
    prefix: str

    def __str__(self) -> str:
        return f"{SCHEME}{self.name}/{self.prefix}"


def at(address: str) -> Bucket:
    """The bucket of s3://bucket/folder. Raises BucketAway."""
    name, _, folder = address.removeprefix(SCHEME).partition("/")
    if not name:
        raise BucketAway(
            "設定INBOXか命令のアドレスが「s3://バケット/フォルダー」の形ではありません。"
        )
    return Bucket(name, f"{folder.strip('/')}/" if folder.strip("/") else "")


def listed(bucket: Bucket) -> list[Stored]:
    """Every object of the folder and below it. Raises BucketAway."""
    with _told(bucket):
        pages = _client().get_paginator("list_objects_v2")
        return [
            Stored(each["Key"], each["Size"], each["ETag"], each["LastModified"])
            for page in pages.paginate(Bucket=bucket.name, Prefix=bucket.prefix)
            for each in page.get("Contents", ())
        ]


def is_there(bucket: Bucket, stored: Stored) -> bool:
    """Whether it is still as listed and may be read. Raises BucketAway."""
    with _told(bucket):
        try:
            _client().head_object(Bucket=bucket.name, Key=stored.key, IfMatch=stored.etag)
        except _errors().ClientError as error:
            if _status(error) in _GONE:
                return False
            raise
    return True


def opened(bucket: Bucket, stored: Stored) -> IO[bytes]:
    """Its bytes, asked for as they are read; reading raises FileRefused where that breaks off."""
    return io.BufferedReader(_Reader(bucket, stored), _BUFFER)


class _Reader(io.RawIOBase):
    """Reads one object through one request as long as nobody seeks and the line holds.

    Every request names the content by its ETag, so that all passes read the same bytes or none.
    """

    def __init__(self, bucket: Bucket, stored: Stored) -> None:
        self._bucket, self._stored = bucket, stored
        self._at = 0
        self._body: Any = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._stored.size}[whence]
        if start + offset != self._at:
            self._drop()
            self._at = start + offset
        return self._at

    def readinto(self, buffer: Any) -> int:
        if self._at >= self._stored.size:
            return 0
        data = self._some(len(buffer))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)

    def close(self) -> None:
        self._drop()
        super().close()

    def _some(self, most: int) -> bytes:
        for pause in (*_PAUSES, None):
            try:
                if data := self._read(most):
                    return data
            except _broken() as error:
                if _status(error) in _GONE:
                    raise self._lost("読んでいるあいだになくなったか、置き換えられました") from None
            self._drop()
            if pause:
                time.sleep(pause)
        raise self._lost("最後まで読めませんでした")

    def _read(self, most: int) -> bytes:
        if self._body is None:
            self._body = _client().get_object(
                Bucket=self._bucket.name,
                Key=self._stored.key,
                IfMatch=self._stored.etag,
                Range=f"bytes={self._at}-",
            )["Body"]
        data: bytes = self._body.read(most)
        return data

    def _lost(self, what: str) -> FileRefused:
        name = self._stored.key.rpartition("/")[2]
        return FileRefused(
            LOST,
            f"{name}は、{what}。何も変えていません。見回りは、あとでもう一度読みます。"
            "命令で取り込んだときは、もう一度実行してください。",
        )

    def _drop(self) -> None:
        if self._body is not None:
            self._body.close()
        self._body = None


@cache
def _client() -> Any:
    """One for each process; it may be used by several threads."""
    import boto3  # 15 MB and a quarter of a second that a folder's inbox should not pay
    from botocore.config import Config

    retries = {"mode": "standard", "total_max_attempts": 3}
    config = Config(retries=retries, connect_timeout=10, read_timeout=60)
    return boto3.Session().client("s3", config=config)


def _errors() -> Any:
    from botocore import exceptions

    return exceptions


def _broken() -> tuple[type[Exception], ...]:
    """What the library raises where the other side is away or says no."""
    from urllib3.exceptions import HTTPError

    return (_errors().ClientError, _errors().BotoCoreError, HTTPError, OSError)


@contextmanager
def _told(bucket: Bucket) -> Iterator[None]:
    """Turn whatever goes wrong into a sentence; what was raised may quote requests and addresses."""
    try:
        yield
    except _broken() as error:
        raise BucketAway(_sentence(bucket, error)) from None


def _sentence(bucket: Bucket, error: Exception) -> str:
    kind = type(error).__name__
    if isinstance(error, _errors().NoCredentialsError):
        return "バケットを読む鍵がありません。環境変数AWS_ACCESS_KEY_IDなどを確かめてください。"
    if not isinstance(error, _errors().ClientError):
        return f"バケット「{bucket.name}」に届きません（{kind}）。接続先と回線を確かめてください。"
    code = error.response["Error"].get("Code", "")
    if code == "NoSuchBucket":
        return (
            f"バケット「{bucket.name}」がありません。設定INBOXか命令のアドレスを確かめてください。"
        )
    if _status(error) in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return (
            f"バケット「{bucket.name}」を読むことが許されていません（{code}）。"
            "鍵と、一覧と読み取りの権限を確かめてください。"
        )
    return f"バケット「{bucket.name}」がエラーを返しました（{code}）。"


def _status(error: Exception) -> int:
    response = getattr(error, "response", None) or {}
    return int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
