"""Binding a signed-in person to their resident (trust: basic four items come from the card, never typed).

Whoever is not bound learns one thing only, to come to a counter: nothing tells nobody, several and a
protected person apart (I3), nor does what the database is asked, and so the time it takes (R7): where
nobody is meant, everything is asked of a stand-in whose answers are thrown away.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from uuid import UUID

from django.contrib.auth.models import Group

from consent import log
from consent.actors import Actor, actor_of
from consent.frozen import lets_in
from consent.models import AccessEntry, Account
from consent.passage import passage
from residents import matching, register
from residents.models import Resident

ROLE = "resident"
NOBODY = Actor(0, Account.Kind.RESIDENT, ROLE, "", "", "online")
"""Who asks while it is not known who it is."""


@dataclass(frozen=True, slots=True)
class Card:
    """氏名, 住所, 生年月日 and 性別 ("1", "2") as the card says them, and whose sign-in it is."""

    issuer: str
    subject: str = field(repr=False)
    name: str = field(repr=False)
    address: str = field(repr=False)
    birth_date: date = field(repr=False)
    sex: str = field(repr=False)

    @property
    def username(self) -> str:
        """The account's name: a digest of the provider's pairwise id, never a name or a number."""
        return "r-" + sha256(f"{self.issuer}\n{self.subject}".encode()).hexdigest()[:40]


def bind(card: Card) -> Account | None:
    """The account bound to the one living resident of the card; None leads to the counter.

    None where nobody or several match, where the household stands under 支援措置 (but not against
    who lives there), and where sign-in or resident is bound otherwise already. Each attempt is one
    AccessEntry.
    """
    with passage():
        found = matching.find(card.name, card.address, card.birth_date, card.sex)
        stand_in = Resident.objects.filter(state=register.LIVING_HERE).order_by("pk").first()
        ref = found[0] if found else stand_in.pk if stand_in else UUID(int=0)
        may_sign_in = _may_sign_in(ref)
        own = Account.objects.filter(username=card.username).first()
        bound = Account.objects.filter(ref=ref).first()
        if len(found) != 1 or not may_sign_in or not _is_free(own, bound):
            log.record(AccessEntry.Action.BIND, {}, by=NOBODY)
            return None
        account = own or _account(card, ref)
        by = actor_of(account, terminal="", channel="online")
        log.record(AccessEntry.Action.BIND, {ref: ["basic"]}, by=by)
        return account


def _may_sign_in(ref: UUID) -> bool:
    """Whether this person is served online: no measure there, or one against who lives there."""
    person = register.read([ref]).get(ref)
    if person is None:
        return False
    let_in = lets_in(person)
    return let_in or not person.protected


def _is_free(own: Account | None, bound: Account | None) -> bool:
    """A sign-in or a resident that belongs elsewhere is never rebound."""
    return own == bound and (own is None or own.is_active)


def _account(card: Card, ref: UUID) -> Account:
    account = Account(username=card.username, kind=Account.Kind.RESIDENT, ref=ref)
    account.set_unusable_password()
    account.save()
    account.groups.add(Group.objects.get(name=ROLE))
    return account
