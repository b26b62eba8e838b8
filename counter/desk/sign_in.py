"""Signing in at a terminal, and locking it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, unquote, urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh

from consent.models import Account
from counter.desk.access import WINDOW, DeskRequest, anyone, staff
from counter.desk.screen import town_name
from counter.entry import lockout, session, waiting
from counter.legible import TextField, refuse_unseen

TERMINAL_COOKIE = "terminal"
A_YEAR = 365 * 24 * 3600


class SignInForm(AuthenticationForm):
    """Name, password and which window this terminal stands at."""

    terminal = TextField(
        label=_("端末"),
        max_length=60,
        help_text=_("窓口の名前です。だれが、どの端末で見たかの記録に残ります。例：1番窓口"),
        error_messages={"required": _("端末の名前を入力してください。例：1番窓口")},
    )
    error_messages = {
        "invalid_login": _(
            "職員番号とパスワードの組み合わせを確かめて、もう一度入力してください。"
        ),
        "inactive": _("この職員番号は使えません。所属の管理者に連絡してください。"),
    }

    def get_invalid_login_error(self) -> ValidationError:
        """Someone who is locked out learns until when, whatever was typed."""
        assert self.request
        until = lockout.locked_until(self.request, self.cleaned_data["username"])
        return (
            ValidationError(lockout.sentence(until)) if until else super().get_invalid_login_error()
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("職員番号")
        self.fields["username"].validators.append(refuse_unseen)
        self.fields["username"].error_messages = {"required": _("職員番号を入力してください。")}
        self.fields["password"].error_messages = {"required": _("パスワードを入力してください。")}
        for field in self.fields.values():
            field.widget.attrs["class"] = "input"


class SignIn(LoginView):
    """The way in; the first of two steps. Keeps the terminal's name for next time in a cookie."""

    template_name = "desk/login.html"
    form_class = SignInForm
    redirect_authenticated_user = False

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        # A part of a page that finds the session gone must not be filled with the sign-in page.
        if getattr(request, "htmx", False):
            return HttpResponseClientRefresh()
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        return {"terminal": unquote(self.request.COOKIES.get(TERMINAL_COOKIE, ""))}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        ended = _ENDED.get(self.request.GET.get("ended", ""), "")
        facts = {"town": town_name(), "is_demo": settings.MODE == "demo", "ended": ended}
        return super().get_context_data(**kwargs, **facts)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """The password was right: go on to the second factor. Nobody is signed in yet."""
        account, terminal = form.get_user(), form.cleaned_data["terminal"]
        if account.kind != Account.Kind.STAFF:
            raise PermissionDenied
        then = self.get_redirect_url() or _first_page(account)
        waiting.begin(self.request, account, terminal=terminal, then=then)
        response = redirect("entry:code")
        response.set_cookie(
            TERMINAL_COOKIE,
            quote(terminal),  # cookies are ASCII
            max_age=A_YEAR,
            httponly=True,
            samesite="Strict",
            secure=settings.SESSION_COOKIE_SECURE,
        )
        return response


def _first_page(account: Account) -> str:
    """Who does not serve people works in the office."""
    serves = account.groups.filter(name__in=WINDOW).exists()
    return reverse("desk:home" if serves else "office:events")


sign_in = anyone(SignIn.as_view())


@staff(*WINDOW)
@require_POST
def lock(request: DeskRequest) -> HttpResponse:
    """Lock the terminal: sign out, and come back to the same page after signing in again."""
    page = request.POST.get("next", "")
    logout(request)
    is_ours = url_has_allowed_host_and_scheme(page, allowed_hosts={request.get_host()})
    query = f"?{urlencode({'next': page})}" if is_ours else ""
    return redirect(f"{reverse('desk:login')}{query}")


_ENDED = {
    session.IDLE: _(
        "しばらく操作がなかったため、終了しました。入り直すと、同じ画面から続けられます。"
    ),
    session.TOO_LONG: _("入ってから長い時間がたったため、終了しました。入り直すと、続けられます。"),
}
