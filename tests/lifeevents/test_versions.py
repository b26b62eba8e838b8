"""Versions: published once, never changed, in force from their day; a bundle keeps its own."""

import json
from copy import deepcopy
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from lifeevents import archive, versions
from lifeevents.models import CatalogueVersion, Publication

pytestmark = pytest.mark.django_db


@pytest.fixture
def renamed():
    document = deepcopy(dict(versions.shipped_document()))
    document["events"]["birth"]["name"] = "お誕生"
    return document


@pytest.fixture
def newer_shipped(monkeypatch, tmp_path):
    """The program as it is after an update that brings another catalogue."""

    def install(document):
        folder = tmp_path / archive.digest(document)
        folder.mkdir()
        text = json.dumps(document, ensure_ascii=False)
        (folder / "catalogue.json").write_text(text, encoding="utf-8")
        monkeypatch.setattr(versions, "STARTER", folder)

    return install


def publish(document, staff, *, day=None, title="改名"):
    return versions.publish(
        document,
        effective_from=day or timezone.localdate(),
        title=title,
        drafted_by=staff["admin"].pk,
        approved_by=staff["admin2"].pk,
    )


def test_the_shipped_catalogue_is_published_at_its_first_use():
    version, catalogue = versions.current()

    assert Publication.objects.get().origin == "shipped"
    assert version.digest == versions.shipped_digest()
    assert catalogue.events["birth"].name == "出生"
    assert versions.current()[0] == version
    assert Publication.objects.count() == 1


def test_what_a_town_publishes_counts_from_its_day(staff, renamed):
    tomorrow = timezone.localdate() + timedelta(days=1)
    publish(renamed, staff, day=tomorrow)

    assert versions.current()[1].events["birth"].name == "出生"
    assert versions.catalogue_of(versions.in_force(tomorrow)).events["birth"].name == "お誕生"


def test_a_version_may_not_take_effect_before_the_one_it_is_built_on(staff, renamed):
    publish(renamed, staff, day=timezone.localdate() + timedelta(days=9))

    with pytest.raises(versions.TooEarly):
        publish(versions.shipped_document(), staff)


def test_an_older_document_can_be_published_again(staff, renamed):
    publish(renamed, staff)
    again = publish(versions.shipped_document(), staff, title="元に戻す")

    assert again.number == 3
    assert versions.current()[1].events["birth"].name == "出生"
    assert CatalogueVersion.objects.count() == 2


def test_one_person_alone_cannot_publish(staff, renamed):
    versions.latest()
    alone = staff["admin"].pk

    with pytest.raises(IntegrityError, match="published_by_two_people"):
        versions.publish(
            renamed,
            effective_from=timezone.localdate(),
            title="ひとりで",
            drafted_by=alone,
            approved_by=alone,
        )


@pytest.mark.parametrize("model", [CatalogueVersion, Publication])
def test_what_was_published_cannot_be_changed_or_removed(model):
    versions.current()
    table = model._meta.db_table

    for attempt in (f"UPDATE {table} SET published_at = now()", f"DELETE FROM {table}"):
        with (
            pytest.raises(DatabaseError, match="never changes"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(attempt)


def test_a_newer_shipped_catalogue_follows_a_shipped_one(newer_shipped, renamed):
    versions.current()
    newer_shipped(renamed)

    assert versions.current()[1].events["birth"].name == "お誕生"
    assert [each.origin for each in Publication.objects.all()] == ["shipped", "shipped"]
    assert versions.offered() is None


def test_an_older_program_still_running_does_not_publish_its_own_again(newer_shipped, renamed):
    versions.current()
    before = versions.shipped_document()
    newer_shipped(renamed)
    versions.current()
    newer_shipped(before)

    assert versions.current()[1].events["birth"].name == "お誕生"
    assert Publication.objects.count() == 2


def test_a_newer_shipped_catalogue_is_only_offered_to_a_town_with_versions_of_its_own(
    newer_shipped, renamed, staff
):
    publish(renamed, staff)
    assert versions.offered() is None
    shipped = deepcopy(dict(versions.shipped_document()))
    shipped["departments"]["children"]["place"] = "30番"
    newer_shipped(shipped)

    assert versions.current()[1].events["birth"].name == "お誕生"
    assert versions.offered() == Publication.objects.get(number=1).catalogue


def test_the_order_of_a_documents_keys_is_kept(staff, renamed):
    renamed["events"]["birth"]["roles"] = {
        "zoo": {"over": "parents", "where": True},
        "claimant": renamed["events"]["birth"]["roles"]["claimant"],
    }
    digest = publish(renamed, staff).catalogue_id

    stored = CatalogueVersion.objects.get(digest=digest).document
    assert list(stored["events"]["birth"]["roles"]) == ["zoo", "claimant"]
