"""Every address of the desk says who may use it, and keeps to it."""

import pytest
from django.test import Client

from counter.desk import urls
from counter.desk.access import WINDOW

ARGUMENTS = {"number": "20261122-0001", "step": "ask", "key": "p1", "index": 0}
OURS = {"login"}


def address(pattern):
    route = f"/{pattern.pattern}"
    for name, value in ARGUMENTS.items():
        for kind in ("slug", "int"):
            route = route.replace(f"<{kind}:{name}>", str(value))
    return route


@pytest.mark.parametrize("pattern", urls.urlpatterns, ids=lambda each: each.name)
def test_every_view_says_who_may_use_it(pattern):
    audience = pattern.callback.audience

    assert audience == ("anyone",) if pattern.name in OURS else set(audience) <= set(WINDOW)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("pattern", urls.urlpatterns, ids=lambda each: each.name)
def test_nobody_gets_in_without_the_role(pattern, method, browser):
    if pattern.name in OURS:
        return

    assert getattr(browser("admin"), method)(address(pattern)).status_code == 403
    assert getattr(Client(), method)(address(pattern)).url.startswith("/login")


@pytest.mark.parametrize("pattern", urls.urlpatterns, ids=lambda each: each.name)
def test_a_bundle_nobody_has_is_no_page(pattern, browser):
    if "number" not in str(pattern.pattern) or pattern.name == "reveal":
        return
    desk = browser("sato")

    answers = {desk.get(address(pattern)).status_code, desk.post(address(pattern)).status_code}

    assert answers <= {404, 405}
    assert 404 in answers
