"""The inbox as it was last looked at: whether it could be, and which objects of a bucket were there."""

from __future__ import annotations

from django.db import models


class InboxLook(models.Model):
    """The last look into an inbox (受け取り場所の見回り), and why it could not be read."""

    place = models.TextField("受け取り場所", primary_key=True)
    at = models.DateTimeField("見た日時")
    wrong = models.TextField("見られなかった理由", blank=True)
    wrong_since = models.DateTimeField("見られなくなった日時", null=True)

    def __str__(self) -> str:
        return self.place


class InboxObject(models.Model):
    """An object in a bucket as it has been since `since` (受け取りのオブジェクト); a name, no content.

    `taken_at` tells that its set was imported, whatever became of it; `again_at`, that reading it
    broke off (`tries` times), and when it is tried again.
    """

    place = models.TextField("バケットとキー", primary_key=True)
    etag = models.TextField()
    size = models.PositiveBigIntegerField("大きさ")
    since = models.DateTimeField("この内容になった日時")
    taken_at = models.DateTimeField("取り込んだ日時", null=True)
    tries = models.PositiveSmallIntegerField("読めなかった回数", default=0)
    again_at = models.DateTimeField("もう一度読む日時", null=True)

    def __str__(self) -> str:
        return self.place
