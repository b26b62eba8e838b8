"""Residents who sign in, and their bundles."""

from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from rest_framework.test import APIClient

from consent.models import Account
from lifeevents import versions
from lifeevents.finishing import finish
from lifeevents.models import Bundle
from tests import entering, makers


@pytest.fixture
def anybody():
    """A program without any sign-in."""
    return APIClient()


@pytest.fixture
def hanako(yamada):
    """山田 花子 as she signs in on her phone."""
    account = Account.objects.create_user(
        "hanako", kind=Account.Kind.RESIDENT, ref=yamada.mother.pk
    )
    account.groups.add(Group.objects.get(name="resident"))
    return account


@pytest.fixture
def tsuyoshi(db):
    """𠮷田 剛, a stranger to 花子."""
    return Account.objects.create_user("tsuyoshi", kind=Account.Kind.RESIDENT, ref=uuid4())


@pytest.fixture
def hanakos_bundle(hanako, yamada, sato):
    """花子's birth, handed in by herself and finished at the counter."""
    bundle = makers.make_bundle(yamada.mother, sato, agree=["insurance", "child"])
    Bundle.objects.filter(pk=bundle.pk).update(filed_by=hanako)
    finish(bundle, version=bundle.version, by=sato, leave_open=True)
    return bundle


def make_bundle(account, number, on, **changes):
    """A bundle an account serves itself."""
    finished = changes.get("state") == Bundle.State.FINISHED
    return Bundle.objects.create(
        **{
            "number": number,
            "event": "birth",
            "catalogue": versions.current()[0],
            "channel": Bundle.Channel.ONLINE,
            "on": on,
            "engagement": uuid4(),
            "served_by": account,
            "finished_at": timezone.now() if finished else None,
            **changes,
        }
    )


def signed_in(account):
    """A client with the account's session."""
    return entering.signed_in(account, APIClient())
