"""Stretches: where a file is cut to be compared, and what is told to be the same."""

import io
from itertools import accumulate
from types import SimpleNamespace

import numpy as np
import pytest
import xxhash
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from residents import feed
from residents.importing import columns, gates, line_hashes, line_store, picking, stretches, survey
from residents.importing.arrival import Arrival
from residents.importing.line_hashes import Accepted
from residents.models import Delivery
from tests.residents.exports import as_csv, person

PEOPLE = [f"{place:010}" for place in range(1, 41)]
FEW = settings(max_examples=40, deadline=None)
files = st.lists(st.sampled_from(PEOPLE), min_size=0, max_size=40)


def arrived(content):
    """Those bytes as a file that passed the gates."""
    juki = feed.feed("juki")
    arrival = Arrival("名", len(content), timezone.now(), lambda: io.BytesIO(content))
    found = columns.read(juki.columns, juki)
    return gates.Received(arrival, SimpleNamespace(feed=juki), found, "")


def surveyed(numbers, *, each_row=False, name="見本　花子"):
    return survey.survey(
        arrived(as_csv("juki", [person(each, 氏名=name) for each in numbers]).encode()),
        each_row=each_row,
    )


def test_a_line_that_is_new_or_gone_changes_the_stretch_it_is_in_and_the_one_before():
    whole = surveyed(PEOPLE * 10).stretches
    for gone in range(40):
        fewer = surveyed([*PEOPLE[:gone], *PEOPLE[gone + 1 :], *(PEOPLE * 9)]).stretches
        same = np.isin(fewer["key"][:, 0], whole["key"][:, 0])
        assert np.count_nonzero(~same) <= 1
    assert len(whole) > 20


@FEW
@given(st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=200), st.integers(300, 5000))
def test_what_is_read_at_once_changes_nothing(numbers, at_once):
    expected = surveyed(numbers, each_row=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(survey, "_CHUNK", at_once)
        found = surveyed(numbers, each_row=True)

    assert found.keys.tolist() == expected.keys.tolist()
    assert found.rows == expected.rows == len(numbers)
    text = expected.received.arrival.open().read()
    begins = [*accumulate(found.sizes.tolist(), initial=len(found.header))]
    assert begins[-1] == len(text)
    for (key, _), begin, size in zip(found.stretches, begins, found.sizes.tolist(), strict=False):
        assert key.tobytes() == xxhash.xxh3_128_digest(text[begin : begin + size])


@FEW
@given(st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=60), st.data())
def test_lines_are_found_again_by_their_places(numbers, data):
    found = surveyed(numbers)
    which = data.draw(st.sets(st.integers(0, len(found.stretches) - 1)))
    wanted = data.draw(st.sets(st.integers(0, found.rows - 1), min_size=1))
    stretch, rows = (np.array(sorted(each), np.int64) for each in (which, wanted))

    every = picking.with_keys(found).keys
    places = stretches.places(found.stretches, stretch)
    assert picking.keys(found, stretch).tolist() == every[places].tolist()
    with picking.picked(found, rows) as (_, lines):
        told = [(line, cells[0]) for line, cells in lines]
    assert told == [(place + 2, numbers[place]) for place in sorted(wanted)]


@pytest.mark.django_db
@FEW
@given(
    nights=st.lists(files, min_size=2, max_size=4),
    bad=st.sets(st.sampled_from(PEOPLE), max_size=3),
    many=st.sampled_from([0, 9]),
)
def test_exactly_what_differs_is_told(nights, bad, many):
    """Of lines that come once, those new; of what was accepted, whose lines are missing."""
    found, before, basis = None, None, None
    for after in nights:
        new = surveyed(after, each_row=found is None)
        if before is not None:
            found = line_hashes.compare(new, basis)
            _check(found, before, after, bad)
        rows = range(len(after)) if found is None else found.rows.tolist()
        accepted = Accepted()
        for place in rows:
            if after[place] not in bad:
                accepted.add(place, after[place])
        before, basis = (
            after,
            Delivery.objects.create(
                feed="juki", kind="full", file_name="x", sha256="", as_of=timezone.now()
            ),
        )
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(line_hashes, "_MANY", many)
            line_hashes.store(basis, new, accepted, differences=found, rejected=bad, ends=True)


def _check(found, before, after, bad):
    known = {*before} - bad
    twice = {each for each in PEOPLE if before.count(each) > 1 or after.count(each) > 1}
    rows = found.rows.tolist()
    told, gone = {after[place] for place in rows}, {*found.vanished}
    assert {*after} - known <= told <= ({*after} - known) | twice
    assert (known - {*after}) | bad <= gone <= (known - {*after}) | bad | twice
    unchanged = [place for place in range(len(after)) if place not in {*rows}]
    assert found.of(PEOPLE).tolist() == unchanged
    assert found.of(PEOPLE[::3]).tolist() == [
        place for place in unchanged if after[place] in PEOPLE[::3]
    ]


@given(st.lists(st.integers(0, 60), unique=True), st.sets(st.integers(0, 60)), st.integers(1, 70))
def test_whose_a_row_is_is_remembered_in_any_order(accepted_rows, asked, together):
    accepted = Accepted()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(line_hashes, "_TOGETHER", together)
        for row in accepted_rows:
            accepted.add(row, f"{row:03}")

    found = accepted.numbers(np.array(sorted(asked), np.int64)).tolist()

    assert found == [b"%03d" % row if row in accepted_rows else b"" for row in sorted(asked)]


def test_parts_have_whole_stretches_and_no_more_lines_than_they_may(monkeypatch):
    monkeypatch.setattr(line_store, "_MOST", 20)
    found = surveyed(PEOPLE * 10).stretches
    cuts = [*line_store.cuts(found)]

    assert [each for some, _ in cuts for each in range(some.start, some.stop)] == [
        *range(len(found))
    ]
    assert [each for _, lines in cuts for each in range(lines.start, lines.stop)] == [*range(400)]
    assert all(
        lines.stop - lines.start <= 20 or some.stop - some.start == 1 for some, lines in cuts
    )


few_keys = st.lists(st.tuples(st.integers(1, 3), st.integers(1, 3)), max_size=8)


@given(few_keys, few_keys)
def test_a_key_is_found_again_where_both_sides_have_it_once(new, old):
    found = stretches.matches(*(np.array(each, np.uint64).reshape(-1, 2) for each in (new, old)))

    for key, at in zip(new, found.tolist(), strict=True):
        if at >= 0:
            assert old[at] == key
            assert (new.count(key), old.count(key)) == (1, 1)
        elif (new.count(key), old.count(key)) == (1, 1):
            assert [each[0] for each in old].count(key[0]) > 1  # only looked at once more
