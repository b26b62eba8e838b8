"""The keyboard map, and switching the character keys off (WCAG 2.1.4)."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from counter.desk.access import WINDOW, DeskRequest, staff
from counter.desk.screen import SHORTCUTS, show

A_YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Key:
    """What a key does, and the F key that does the same."""

    does: str | Promise
    key: str
    twin: str = ""


KEYS = (
    Key(_("この画面のキー操作を見る"), "?", "F1"),
    Key(_("住民をさがす"), "/", "F2"),
    Key(_("結果や選択肢を上下に移る"), "↑ ↓"),
    Key(_("番号や文字の付いた選択肢を選ぶ（0 は、わからない）"), "0 … 9　A …"),
    Key(_("選んでいる値を直す"), "E", "F4"),
    Key(_("すべて「はい」にする"), "A", "F7"),
    Key(_("すべて「いいえ」にする"), "D", "F6"),
    Key(_("支援措置の確認に印を付ける"), "K", "F7"),
    Key(_("引っ越し先の世帯をさがす（本人確認の段階で）"), "J", "F9"),
    Key(_("次の段階へ進む"), "Enter", "F8"),
    Key(_("前の段階へ戻る"), "Alt+←"),
    Key(_("次の方へ"), "N", "F9"),
    Key(_("端末をロックする"), "Ctrl+L", "F10"),
)


@staff(*WINDOW)
def keys(request: DeskRequest) -> HttpResponse:
    """The map; posting switches the keys without a modifier on or off for this browser."""
    if request.method != "POST":
        return show(request, "desk/keys.html", {"keys": KEYS})
    response = redirect("desk:keys")
    wanted = "off" if request.POST.get("shortcuts") == "off" else "on"
    response.set_cookie(
        SHORTCUTS,
        wanted,
        max_age=A_YEAR,
        httponly=True,
        samesite="Strict",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response
