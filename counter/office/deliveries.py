"""Operators: how fresh each core system's data is, what was delivered, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django import forms
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from consent import deliveries, delivery_sheet
from consent.deliveries import Delivered, Freshness
from counter.office.access import OPERATOR, OfficeRequest, office
from counter.office.screen import show

PAGE = 50
LOOKS = {
    "fresh": ("yes", gettext_lazy("予定どおり")),
    "late": ("open", gettext_lazy("遅れています")),
    "stopped": ("alarm", gettext_lazy("届いていません")),
    "never": ("alarm", gettext_lazy("まだ届いたことがありません")),
}
LOOK_OF = {"applied": "yes", "held": "open", "refused": "alarm"}
WORST_FIRST = ["never", "stopped", "late", "fresh"]


ORDERS = {
    "": "保留のもの、新しく届いたもの",
    "as_of": "新しい時点のもの",
    "feed": "連携データごと",
    "rows": "行の多いもの",
    "rejected": "取込不可の多いもの",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One feed on the board of freshness."""

    feed: Freshness
    look: str
    said: str
    age: str
    every: str


class FilterForm(forms.Form):
    """Which deliveries are listed; it stands in the address."""

    feed = forms.ChoiceField(
        label=gettext_lazy("連携データ"), required=False, widget=forms.Select({"class": "input"})
    )
    state = forms.ChoiceField(
        label=gettext_lazy("状態"), required=False, widget=forms.Select({"class": "input"})
    )
    order = forms.ChoiceField(
        label=gettext_lazy("並び順"), required=False, widget=forms.Select({"class": "input"})
    )
    page = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, data: object) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        everything = [("", _("すべて"))]
        feeds, states = deliveries.names().items(), deliveries.state_names()
        self.fields["feed"].choices = [*everything, *feeds]  # type: ignore[attr-defined]
        self.fields["state"].choices = [*everything, *states]  # type: ignore[attr-defined]
        orders = [(code, _(name)) for code, name in ORDERS.items()]
        self.fields["order"].choices = orders  # type: ignore[attr-defined]


@office(OPERATOR)
@require_safe
def feeds(request: OfficeRequest) -> HttpResponse:
    """How old what the register holds of each core system is."""
    found = sorted(deliveries.freshness(), key=lambda each: WORST_FIRST.index(each.state))
    lines = [_line(each) for each in found]
    late = sum(each.look != "yes" for each in lines)
    return show(request, "office/feeds.html", {"lines": lines, "late": late}, place="feeds")


@dataclass(frozen=True, slots=True)
class Row:
    """One delivery on the board.

    `age` is told of what is in force, with the look of its feed, and of what is held, since it came.
    """

    delivery: Delivered
    look: str
    age: str
    age_look: str


@office(OPERATOR)
@require_safe
def board(request: OfficeRequest) -> HttpResponse:
    """Every delivery, as on a flight board: what waits for people first."""
    form = FilterForm(request.GET or None)
    said = form.cleaned_data if form.is_valid() else {}
    page = said.get("page") or 1
    of, state, order = (said.get(name, "") for name in ("feed", "state", "order"))
    found = deliveries.board(of=of, state=state, order=order, skip=(page - 1) * PAGE, most=PAGE + 1)
    in_force = {each.feed: each for each in deliveries.freshness()}
    context = {
        "form": form,
        "rows": [_row(each, in_force.get(each.feed)) for each in found[:PAGE]],
        "held": deliveries.held(),
        "held_long": deliveries.held_long(),
        "long": deliveries.LONG.days,
        "inbox": deliveries.inbox(),
        "page": page,
        "has_more": len(found) > PAGE,
        "chosen": {"feed": of, "state": state, "order": order},
    }
    return show(request, "office/deliveries.html", context, place="deliveries")


def _row(each: Delivered, feed: Freshness | None) -> Row:
    look = LOOK_OF.get(each.state, "")
    if each.state == "held":
        waited = timezone.now() - each.received_at
        return Row(each, look, told(waited), "alarm" if waited > deliveries.LONG else "open")
    if each.state != "applied" or feed is None or feed.age is None or feed.as_of != each.as_of:
        return Row(each, look, "", "")
    return Row(each, look, told(feed.age), LOOKS[feed.state][0])


@office(OPERATOR)
@require_safe
def one(request: OfficeRequest, pk: UUID) -> HttpResponse:
    """One delivery: what it brought or would change, why it stands where it does, and what may be done."""
    found = delivery_sheet.sheet(pk)
    if found is None:
        raise Http404
    context = {
        "sheet": found,
        "delivery": found.delivery,
        "look": LOOK_OF.get(found.delivery.state, ""),
        "mine": found.open and found.open.asked_by_id == request.actor.account_id,
        "is_running": found.open and found.open.state == "confirmed",
    }
    return show(request, "office/delivery.html", context, place="deliveries")


def find(pk: UUID) -> Delivered:
    """A delivery; 404 where there is none."""
    found = deliveries.one(pk)
    if found is None:
        raise Http404
    return found


def _line(each: Freshness) -> Line:
    look, said = LOOKS[each.state]
    age = told(each.age) if each.age is not None else ""
    return Line(each, look, str(said), age, told(each.every))


def told(span: timedelta) -> str:
    """A length of time as one says it: 3日, 5時間, 12分."""
    minutes = max(int(span.total_seconds() // 60), 0)
    if minutes >= 48 * 60 or minutes % (24 * 60) == 0 and minutes:
        days = minutes // (24 * 60)
        return ngettext("%(n)d日", "%(n)d日", days) % {"n": days}
    if minutes >= 60:
        hours = minutes // 60
        return ngettext("%(n)d時間", "%(n)d時間", hours) % {"n": hours}
    return ngettext("%(n)d分", "%(n)d分", minutes) % {"n": minutes}
