"""Every refusal of the API in one form: problem details (RFC 9457) in plain Japanese, with a remedy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions, serializers, status
from rest_framework.response import Response
from rest_framework.views import exception_handler

MEDIA_TYPE = "application/problem+json"


class Unprocessable(exceptions.APIException):
    """The request has the right form, but what it says cannot be used; `errors` name each place."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "unprocessable"

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = errors
        super().__init__()


class PlaceSerializer(serializers.Serializer):
    """One place of the request that is wrong."""

    pointer = serializers.CharField(help_text="リクエスト本文の中の場所（JSON Pointer）")
    detail = serializers.CharField(help_text="何をどう直せばよいか")


class ProblemSerializer(serializers.Serializer):
    """What was refused, why, and what to do."""

    type = serializers.CharField(help_text="エラーの種類（URN）")
    title = serializers.CharField(help_text="エラーの見出し")
    status = serializers.IntegerField(help_text="HTTPステータスコード")
    detail = serializers.CharField(help_text="何が起きたか")
    remedy = serializers.CharField(help_text="どうすればよいか")
    errors = PlaceSerializer(many=True, required=False, help_text="直すところ")


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer a refusal; anything else goes up to `elsewhere.server_error`. (EXCEPTION_HANDLER.)"""
    response = exception_handler(error, context)
    if response is None:
        return None
    response.data = problem(_code(error), response.status_code)
    places = [{"pointer": place, "detail": text} for place, text in _places(error)]
    if places:
        response.data["errors"] = places
    response.content_type = MEDIA_TYPE
    return response


def problem(code: str, status_code: int) -> dict[str, Any]:
    """One problem detail; nothing of the request is in it."""
    title, detail, remedy = _words(code)
    return {
        "type": f"urn:kakanai:problem:{code.replace('_', '-')}",
        "title": title,
        "status": status_code,
        "detail": detail,
        "remedy": remedy,
    }


def _code(error: Exception) -> str:
    if isinstance(error, Http404):
        return "not_found"
    if isinstance(error, PermissionDenied):
        return "permission_denied"
    assert isinstance(error, exceptions.APIException)
    if isinstance(error, exceptions.ValidationError):
        return "invalid"
    return error.default_code


def _places(error: Exception) -> Iterator[tuple[str, str]]:
    if isinstance(error, Unprocessable):
        yield from error.errors.items()
    if isinstance(error, exceptions.ValidationError):
        yield from _walk("", error.detail)


def _walk(pointer: str, detail: Any) -> Iterator[tuple[str, str]]:
    """The framework's nested messages as pointers; its list of rows is empty where a row is right."""
    if isinstance(detail, str):
        yield pointer, str(detail)
    elif isinstance(detail, Mapping):
        for key, inner in detail.items():
            here = "" if key == "non_field_errors" else f"/{_escaped(str(key))}"
            yield from _walk(pointer + here, inner)
    else:
        for place, inner in enumerate(detail):
            yield from _walk(pointer if isinstance(inner, str) else f"{pointer}/{place}", inner)


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def _words(code: str) -> tuple[str, str, str]:
    """Title, detail and remedy of a kind of refusal."""
    words = {
        "invalid": (
            _("送られた内容の形に誤りがあります。"),
            _("必須の項目がないか、値の形が決まりと違います。"),
            _("errors に示した場所を直して、もう一度送ってください。"),
        ),
        "unprocessable": (
            _("送られた内容を使えません。"),
            _("形は正しいものの、受け付けられない値があります。"),
            _("errors に示した場所を直して、もう一度送ってください。"),
        ),
        "parse_error": (
            _("JSONとして読めません。"),
            _("リクエスト本文が正しいJSONではありません。"),
            _("UTF-8のJSONを送ってください。"),
        ),
        "not_authenticated": (
            _("サインインが必要です。"),
            _("ご本人の受付を見るには、サインインが必要です。"),
            _("サインインしてから、もう一度お試しください。"),
        ),
        "permission_denied": (
            _("このアカウントでは使えません。"),
            _("この窓口は、住民ご本人のためのものです。"),
            _("住民ご本人のアカウントでサインインしてください。"),
        ),
        "not_found": (
            _("見つかりません。"),
            _("その番号やコードのものはないか、ご覧いただけません。"),
            _("番号やコードを確かめてください。"),
        ),
        "method_not_allowed": (
            _("その操作はできません。"),
            _("このアドレスでは使えないHTTPメソッドです。"),
            _("/api/v1/schema で使えるメソッドを確かめてください。"),
        ),
        "not_acceptable": (
            _("その形では返せません。"),
            _("返せるのはJSONだけです。"),
            _("Acceptヘッダーを application/json にしてください。"),
        ),
        "unsupported_media_type": (
            _("その形では受け取れません。"),
            _("受け取れるのはJSONだけです。"),
            _("Content-Typeヘッダーを application/json にしてください。"),
        ),
        "too_large": (
            _("送られた内容が大きすぎます。"),
            _("リクエスト本文が1MBを超えています。"),
            _("必要な項目だけを送ってください。"),
        ),
        "server_error": (
            _("サーバーで問題が起きました。"),
            _("リクエストは処理されていません。"),
            _("少し待って、もう一度お試しください。続くときは、市の担当へお知らせください。"),
        ),
        "unavailable": (
            _("いまは答えられません。"),
            _("ほかの処理が終わるのを待っています。リクエストは処理されていません。"),
            _("Retry-Afterヘッダーの秒数だけ待って、もう一度お試しください。"),
        ),
        "throttled": (
            _("回数が多すぎます。"),
            _("短い間に多くのリクエストがありました。"),
            _("Retry-Afterヘッダーの秒数だけ待って、もう一度お試しください。"),
        ),
    }
    refused = (
        _("受け付けられません。"),
        _("このリクエストは受け付けられません。"),
        _("/api/v1/schema で使い方を確かめてください。"),
    )
    return words.get(code, refused)
