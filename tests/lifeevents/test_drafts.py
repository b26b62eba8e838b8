"""Drafts: change sets by one department, checked, approved by a second person, merged into a version."""

import json
from copy import deepcopy
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone
from guardian.shortcuts import assign_perm
from hypothesis import given
from hypothesis import strategies as st

from consent.actors import actor_of
from consent.models import Department
from lifeevents import approval, bundles, changes, drafts, editions, sitting, versions
from lifeevents.models import Draft, DraftEvent, Publication

pytestmark = pytest.mark.django_db

GIFT = {
    "name": "絵本の贈り物",
    "summary": "生まれたお子さまに絵本をお贈りします。",
    "for": "subjects",
    "events": ["birth"],
    "rule": {"op": "literal", "value": True, "because": "{who}が生まれたため"},
    "effective": {"from": None, "until": None},
    "law": "市の要綱",
    "sources": ["市の要綱"],
    "verified": False,
    "deadline": {"text": "1歳の誕生日の前日まで"},
    "department": "children",
    "documents": [],
    "papers": [],
    "online": "complete",
    "kind": "application",
    "requires": [],
}


@pytest.fixture
def admin(staff):
    return actor_of(staff["admin"], terminal="", channel="office")


@pytest.fixture
def admin2(staff):
    return actor_of(staff["admin2"], terminal="", channel="office")


def entry(key):
    return deepcopy(changes.entry(drafts.latest_document(), key))


def put(draft, changed, by):
    drafts.change(draft, changed, version=draft.version, by=by)


def gift_draft(by):
    """A draft that gives every newborn a picture book, its situations made to expect it."""
    event = entry("events/birth")
    event["procedures"].append("birth.book")
    draft = drafts.begin("絵本の贈り物をはじめる", "children", by=by)
    put(draft, {"procedures/birth.book": GIFT, "events/birth": event}, by)
    put(draft, editions.aligned(drafts.edition(draft)), by)
    return draft


def submit(draft, by, day=None):
    day = day or timezone.localdate()
    approval.submit(draft, effective_from=day, note="", version=draft.version, by=by)


def publish(draft, by):
    return approval.publish(draft, version=draft.version, by=by)


def test_a_second_person_publishes_what_the_first_drafted(admin, admin2):
    draft = gift_draft(admin)
    submit(draft, admin)
    publication = publish(draft, admin2)

    assert publication.number == 2
    assert versions.current()[1].procedures["birth.book"].name == "絵本の贈り物"
    assert (
        versions.catalogue_of(Publication.objects.get(number=1))
        .procedures.keys()
        .isdisjoint({"birth.book"})
    )
    kinds = [(each.kind, each.by.username) for each in draft.events.all()]
    assert kinds[0] == ("begun", "admin")
    assert kinds[-2:] == [("submitted", "admin"), ("published", "admin2")]


def test_who_wrote_any_of_it_may_not_approve_it(admin, admin2):
    draft = gift_draft(admin)
    put(draft, {"procedures/birth.book": {**GIFT, "summary": "絵本です。"}}, admin2)
    submit(draft, admin2)

    for writer in (admin, admin2):
        with pytest.raises(approval.NotYourOwn):
            publish(draft, writer)
        with pytest.raises(approval.NotYourOwn):
            approval.send_back(draft, note="", version=draft.version, by=writer)


def test_an_account_without_edit_on_the_department_changes_nothing(admin, sato):
    draft = gift_draft(admin)
    submit(draft, admin)

    with pytest.raises(drafts.MayNotEdit):
        drafts.begin("市民課から", "children", by=sato)
    with pytest.raises(drafts.MayNotEdit):
        drafts.change(draft, {}, version=draft.version, by=sato)
    with pytest.raises(drafts.MayNotEdit):
        publish(draft, sato)


def test_a_department_may_not_change_another_departments_procedure(staff, admin):
    housing = Group.objects.create(name="housing only")
    assign_perm("consent.edit", housing, Department.objects.get(code="housing"))
    staff["suzuki"].groups.set([housing])
    suzuki = actor_of(staff["suzuki"], terminal="", channel="office")
    draft = drafts.begin("住宅課の変更", "housing", by=suzuki)

    put(draft, {"procedures/housing": {**entry("procedures/housing"), "summary": "短く。"}}, suzuki)
    with pytest.raises(drafts.MayNotEdit):
        put(draft, {"procedures/child.allow": None}, suzuki)
    moved = {**entry("procedures/housing"), "department": "children"}
    with pytest.raises(drafts.MayNotEdit):
        put(draft, {"procedures/housing": moved}, suzuki)


def test_a_change_that_was_overtaken_is_refused(admin):
    draft = gift_draft(admin)

    with pytest.raises(drafts.Outdated):
        drafts.change(draft, {"procedures/birth.book": None}, version=draft.version - 1, by=admin)


def test_a_submitted_draft_cannot_be_changed_until_it_is_taken_back(admin):
    draft = gift_draft(admin)
    submit(draft, admin)

    with pytest.raises(drafts.Outdated):
        put(draft, {"procedures/birth.book": None}, admin)
    approval.withdraw(draft, version=draft.version, by=admin)
    put(draft, {"procedures/birth.book": {**GIFT, "summary": "絵本です。"}}, admin)


def test_a_draft_that_fails_a_situation_cannot_be_submitted(admin):
    event = entry("events/birth")
    event["procedures"].append("birth.book")
    draft = drafts.begin("事例を直さない", "children", by=admin)
    put(draft, {"procedures/birth.book": GIFT, "events/birth": event}, admin)

    failing = approval.readiness(draft).failing
    assert failing
    assert all("必要な手続に birth.book@" in wrong[0] for wrong in failing.values())
    with pytest.raises(approval.NotReady):
        submit(draft, admin)


def test_a_draft_with_a_mistake_cannot_be_submitted(admin):
    draft = drafts.begin("担当なし", "children", by=admin)
    wrong = {**entry("procedures/birth.gift"), "rule": {"op": "fact", "key": "zoo"}}
    put(draft, {"procedures/birth.gift": wrong}, admin)

    assert any("「zoo」という項目は" in each for each in approval.readiness(draft).problems)
    with pytest.raises(approval.NotReady):
        submit(draft, admin)


def test_putting_a_thing_back_as_it_was_leaves_no_change(admin):
    draft = drafts.begin("元どおり", "children", by=admin)
    put(draft, {"procedures/birth.gift": {**entry("procedures/birth.gift"), "law": "条例"}}, admin)
    drafts.revert(draft, ["procedures/birth.gift"], version=draft.version, by=admin)

    assert draft.changes == {}
    assert approval.readiness(draft).is_empty


def test_what_two_drafts_changed_is_a_conflict_until_it_is_settled(admin, admin2):
    mine = drafts.begin("わたしの変更", "children", by=admin)
    put(mine, {"procedures/birth.gift": {**entry("procedures/birth.gift"), "law": "A"}}, admin)
    theirs = drafts.begin("先に公開", "children", by=admin2)
    put(theirs, {"procedures/birth.gift": {**entry("procedures/birth.gift"), "law": "B"}}, admin2)
    submit(theirs, admin2)
    publish(theirs, admin)

    assert drafts.conflicts(mine) == ["procedures/birth.gift"]
    with pytest.raises(approval.NotReady):
        submit(mine, admin)
    drafts.resolve(mine, {"procedures/birth.gift": "mine"}, version=mine.version, by=admin)
    assert drafts.conflicts(mine) == []
    assert mine.changes["procedures/birth.gift"]["law"] == "A"


def test_two_procedures_put_into_one_event_can_stand_together(admin, admin2):
    mine = drafts.begin("はがき", "children", by=admin)
    event = entry("events/birth")
    card = {"procedures/birth.card": {**GIFT, "name": "お祝いはがき"}}
    put(
        mine,
        {**card, "events/birth": {**event, "procedures": [*event["procedures"], "birth.card"]}},
        admin,
    )
    theirs = gift_draft(admin2)
    submit(theirs, admin2)
    publish(theirs, admin)

    assert drafts.conflicts(mine) == ["events/birth"]
    assert drafts.may_join(mine, "events/birth")
    drafts.resolve(mine, {"events/birth": "both"}, version=mine.version, by=admin)

    assert mine.changes["events/birth"]["procedures"][-2:] == ["birth.book", "birth.card"]


def test_going_back_to_an_older_version_is_a_draft_like_any_other(admin, admin2):
    first = gift_draft(admin)
    submit(first, admin)
    publish(first, admin2)
    back = drafts.roll_back_to(Publication.objects.get(number=1), by=admin2)

    assert approval.readiness(back).is_ready
    submit(back, admin2)
    publish(back, admin)
    assert "birth.book" not in versions.current()[1].procedures
    assert Publication.objects.first().catalogue_id == versions.shipped_digest()


def test_a_publication_waits_for_its_day(admin, admin2):
    draft = gift_draft(admin)
    submit(draft, admin, timezone.localdate() + timedelta(days=7))
    publish(draft, admin2)

    assert "birth.book" not in versions.current()[1].procedures
    assert "birth.book" in drafts.latest_document()["procedures"]


def test_a_running_bundle_keeps_its_version_and_the_next_family_gets_the_new_one(
    admin, admin2, sato, yamada, yoshida, today
):
    def proposed(bundle):
        return {each.code for each in sitting.sit(bundle, by=sato).proposals}

    running = bundles.start("birth", yamada.mother.pk, applicant="self", on=today, by=sato)
    draft = gift_draft(admin)
    submit(draft, admin)
    publish(draft, admin2)
    following = bundles.start("birth", yoshida.mother.pk, applicant="self", on=today, by=sato)

    assert "birth.book" not in proposed(bundles.find(running.number, by=sato))
    assert "birth.book" in proposed(following)


def test_the_history_of_a_draft_cannot_be_rewritten(admin):
    draft = gift_draft(admin)

    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        DraftEvent.objects.filter(draft=draft).update(note="")


def test_a_published_draft_names_its_publication(admin):
    draft = gift_draft(admin)

    with pytest.raises(IntegrityError, match="published_draft_has_publication"):
        Draft.objects.filter(pk=draft.pk).update(state="published")


def test_the_makers_changes_are_brought_as_a_draft_without_undoing_the_towns(
    admin, admin2, monkeypatch, tmp_path
):
    town = gift_draft(admin)
    submit(town, admin)
    publish(town, admin2)
    shipped = deepcopy(dict(versions.shipped_document()))
    shipped["departments"]["children"]["place"] = "30番"
    (tmp_path / "all.json").write_text(json.dumps(shipped), encoding="utf-8")
    monkeypatch.setattr(versions, "STARTER", tmp_path)

    brought = drafts.bring_shipped(by=admin)

    assert list(brought.changes) == ["departments/children"]
    assert versions.offered() is None
    submit(brought, admin)
    publish(brought, admin2)
    current = versions.current()[1]
    assert current.departments["children"].place == "30番"
    assert "birth.book" in current.procedures


CODES = st.sampled_from(["a", "b", "a/b"])
DOCUMENTS = st.dictionaries(
    st.sampled_from(["events", "procedures"]), st.dictionaries(CODES, st.integers(0, 2))
)


@given(DOCUMENTS, DOCUMENTS)
def test_a_difference_makes_the_new_document_of_the_old(old, new):
    made = changes.merged(old, changes.difference(old, new))

    assert {s: e for s, e in made.items() if e} == {s: e for s, e in new.items() if e}
    assert changes.difference(made, new) == {}


@given(DOCUMENTS, DOCUMENTS, DOCUMENTS)
def test_without_a_conflict_both_sides_changes_are_in_the_merged_document(base, one, other):
    mine, theirs = changes.difference(base, one), changes.difference(base, other)
    if changes.conflicts(base, other, mine):
        return
    made = changes.merged(other, mine)

    for key in (*mine, *theirs):
        assert changes.entry(made, key) == {**theirs, **mine}[key]


FIELDS = st.dictionaries(st.sampled_from("abcd"), st.integers(0, 2), max_size=4)
OBJECTS = st.builds(
    lambda fields, own: {"x": 1, **fields, **({"per_event": own} if own else {})},
    FIELDS,
    st.dictionaries(st.sampled_from(["birth", "death"]), FIELDS.filter(bool), max_size=2),
)


def parts(entry):
    """Every field of an object, and of what events have their own way, by its place."""
    own = entry.get("per_event", {})
    nested = {(event, name): value for event, each in own.items() for name, value in each.items()}
    return {**{name: v for name, v in entry.items() if name != "per_event"}, **nested}


@given(before=OBJECTS, theirs=OBJECTS, mine=OBJECTS)
def test_what_both_changed_stands_together_unless_it_is_the_same_field(before, theirs, mine):
    documents = [{"procedures": {"p": each}} for each in (before, theirs)]

    joined = changes.both(*documents, {"procedures/p": mine}, "procedures/p")

    was, other, own = parts(before), parts(theirs), parts(mine)
    places = {*was, *other, *own}
    torn = [p for p in places if own.get(p) not in (was.get(p), other.get(p))
            and other.get(p) != was.get(p)]  # fmt: skip
    if torn:
        assert joined is None
    else:
        wanted = {p: other.get(p) if own.get(p) == was.get(p) else own.get(p) for p in places}
        assert parts(joined) == {p: value for p, value in wanted.items() if value is not None}
