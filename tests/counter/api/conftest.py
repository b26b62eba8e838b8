"""Residents who sign in, their bundles, and counts of requests that start at nothing."""

from uuid import uuid4

import pytest
from django.core.cache import cache
from django.utils import timezone
from rest_framework.test import APIClient

from consent.models import Account
from lifeevents import versions
from lifeevents.models import Application, Bundle


@pytest.fixture(autouse=True)
def _no_requests_counted():
    cache.clear()


@pytest.fixture
def anybody():
    """A program without any sign-in."""
    return APIClient()


@pytest.fixture
def hanako(db):
    """山田 花子 as she signs in on her phone."""
    return Account.objects.create_user("hanako", kind=Account.Kind.RESIDENT, ref=uuid4())


@pytest.fixture
def tsuyoshi(db):
    """𠮷田 剛, a stranger to 花子."""
    return Account.objects.create_user("tsuyoshi", kind=Account.Kind.RESIDENT, ref=uuid4())


@pytest.fixture
def hanakos_bundle(hanako, today):
    """花子's finished bundle: three procedures, one without a deadline."""
    bundle = make_bundle(hanako, "B-20261122-0001", today, state=Bundle.State.FINISHED)
    for procedure, department, deadline in (
        ("birth.vaccine", "maternal", None),
        ("child.allow", "children", "2026-11-25"),
        ("birth.report", "residents", "2026-11-24"),
    ):
        Application.objects.create(
            bundle=bundle,
            procedure=procedure,
            subject="n1",
            department=department,
            state=Application.State.SUBMITTED,
            deadline=deadline,
        )
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
    client = APIClient()
    client.force_login(account)
    return client
