"""What a town starts with, the demo's staff, and that neither gets into production."""

import json
from io import StringIO
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from guardian.shortcuts import get_perms, remove_perm

from consent import reference
from consent.actors import actor_of
from consent.checks import no_demo_accounts
from consent.models import Account, Category, Department, Purpose, ReferenceGrant
from residents import feed


def test_every_category_of_the_register_exists(db):
    used = {fact.category for fact in feed.facts().values()}

    assert used <= set(Category.objects.values_list("code", flat=True))


def test_every_purpose_speaks_of_existing_categories_and_asks_for_none_twice(db):
    categories = set(Category.objects.values_list("code", flat=True))

    for purpose in Purpose.objects.all():
        assert {*purpose.by_law, *purpose.by_consent} <= categories
        assert not {*purpose.by_law} & {*purpose.by_consent}


def test_loading_again_changes_nothing_a_town_has_changed(db):
    Department.objects.filter(code="residents").update(name="市民サービス課")
    clerk = Group.objects.get(name="clerk")
    before = set(get_perms(clerk, Category.objects.get(code="tax")))

    reference.load()

    assert Department.objects.get(code="residents").name == "市民サービス課"
    assert set(get_perms(clerk, Category.objects.get(code="tax"))) == before == {"see"}


def test_a_role_that_stands_gets_what_the_file_adds_and_never_again_what_was_taken(db):
    clerk, basic = Group.objects.get(name="clerk"), Category.objects.get(code="basic")
    remove_perm("consent.see", clerk, basic)
    remove_perm("consent.see", clerk, Category.objects.get(code="tax"))
    ReferenceGrant.objects.filter(role="clerk", code="tax").delete()  # as if the file were older

    reference.load()

    assert "see" in get_perms(clerk, Category.objects.get(code="tax"))
    assert "see" not in get_perms(clerk, basic)


@pytest.mark.parametrize(
    "sql", ["UPDATE consent_purpose SET notice = ''", "DELETE FROM consent_purpose"]
)
def test_a_published_notice_is_neither_changed_nor_removed(db, sql):
    with (
        pytest.raises(DatabaseError, match="raise its version"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


@pytest.mark.parametrize(
    ("role", "sees", "reveals"),
    [("clerk", True, False), ("senior", True, True), ("admin", False, False)],
)
def test_a_role_sees_and_reveals_what_the_file_says(db, role, sees, reveals):
    may = get_perms(Group.objects.get(name=role), Category.objects.get(code="basic"))

    assert ("see" in may, "reveal" in may) == (sees, reveals)


def test_the_demo_staff_are_made_once_and_printed_as_json(staff):
    printed = StringIO()

    call_command("create_demo_staff", stdout=printed)

    logins = json.loads(printed.getvalue())
    assert {login["user"] for login in logins} == set(staff)
    assert Account.objects.filter(demo=True).count() == len(logins)


def test_no_demo_staff_are_made_in_production(settings, db):
    settings.MODE = "production"

    with pytest.raises(CommandError):
        call_command("create_demo_staff")


def test_deploying_with_demo_staff_is_an_error(staff):
    assert [error.id for error in no_demo_accounts()] == ["consent.E001"]


def test_deploying_without_demo_staff_is_not(db):
    Account.objects.filter(demo=True).delete()

    assert no_demo_accounts() == []


def test_an_actor_acts_in_the_role_and_office_of_the_account(staff):
    actor = actor_of(staff["takahashi"], terminal="2番窓口", channel="desk")

    assert (actor.role, actor.office, actor.kind) == ("senior", "市民課", "staff")
    assert (actor.terminal, actor.channel) == ("2番窓口", "desk")


def test_only_a_resident_account_is_bound_to_a_person(staff):
    with pytest.raises(IntegrityError, match="only_residents_are_bound"), transaction.atomic():
        Account.objects.filter(username="sato").update(ref=uuid4())
