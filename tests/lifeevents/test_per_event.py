"""What a life event has its own way, laid over what it inherits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifeevents import archive, per_event, versions

SHIPPED = archive.load(versions.STARTER)
EVENTS = {
    "move_in": {},
    "move_in_abroad": {"includes": [{"event": "move_in", "guard": True}]},
    "death": {},
}
FIELDS = st.dictionaries(st.sampled_from("abc"), st.integers(0, 2), max_size=3)
ENTRIES = st.builds(
    lambda fields, ways: {**fields, **({"per_event": ways} if ways else {})},
    FIELDS,
    st.dictionaries(st.sampled_from(list(EVENTS)), FIELDS.filter(bool), max_size=3),
)


def test_an_event_has_the_way_of_the_event_it_inherits_from_until_it_has_its_own():
    catalogue = archive.read(SHIPPED)
    at_home, abroad = (
        catalogue.for_event(event).procedures["nhi.join"] for event in ("move_in", "move_in_abroad")
    )

    assert abroad.papers == at_home.papers == ("paper.nhi_move_in",)
    assert abroad.papers != catalogue.procedures["nhi.join"].papers
    assert "転出証明書" in {each.name for each in at_home.documents}
    assert "転出証明書" not in {each.name for each in abroad.documents}


@given(entry=ENTRIES, said=FIELDS, event=st.sampled_from(list(EVENTS)))
def test_what_is_put_for_one_event_is_seen_there_and_leaves_the_others(entry, said, event):
    document = {"events": EVENTS, "procedures": {"p": entry}}
    before = {each: per_event.seen(entry, each, document) for each in EVENTS}
    wanted = {**before[event], **said}

    put = per_event.put(entry, event, wanted, document)

    assert per_event.seen(put, event, document) == wanted
    heirs = {"move_in", "move_in_abroad"} if event == "move_in" else {event}
    for each in EVENTS.keys() - heirs:
        assert per_event.seen(put, each, document) == before[each]
    assert per_event.put(put, event, wanted, document) == put


@pytest.mark.parametrize("section", per_event.WORDED)
def test_no_shipped_entry_repeats_for_an_event_what_the_event_would_have_anyway(section):
    for code, entry in SHIPPED[section].items():
        for event in SHIPPED["events"]:
            seen = per_event.seen(entry, event, SHIPPED)
            assert per_event.put(entry, event, seen, SHIPPED) == entry, code
