"""Verdicts are sound, and their reasons sufficient and irreducible."""

import itertools
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from lifeevents.rules.evaluate import Tri, evaluate
from lifeevents.rules.tree import parse
from tests.lifeevents.rules.worlds import (
    PEOPLE,
    completed,
    completions,
    holds,
    known,
    possible,
    rules,
    small_rules,
    unknown_atoms,
    world_of,
    worlds,
)

selves = st.sampled_from(tuple(PEOPLE))
few = settings(max_examples=100, deadline=None)


def some_completion(data, world, atoms=None):
    atoms = unknown_atoms(world) if atoms is None else atoms
    return {atom: data.draw(st.sampled_from(possible(world, atom))) for atom in atoms}


def only(world, kept):
    """The world with nothing known but these facts."""
    held = {(atom): world.held(*atom) for atom in kept}
    return world_of(held, world.groups, world.vocabulary, world.derived, world.on)


@few
@given(rules(), worlds(), selves, st.data())
def test_a_decided_verdict_holds_however_the_unknown_turns_out(source, world, me, data):
    verdict = evaluate(parse(source), world, me)
    whole = completed(world, some_completion(data, world))

    if verdict.value is not Tri.UNKNOWN:
        assert holds(source, whole, me) is (verdict.value is Tri.YES)


@few
@given(rules(), worlds(), selves, st.data())
def test_nothing_is_unknown_when_everything_is_known(source, world, me, data):
    whole = completed(world, some_completion(data, world))
    expected = Tri.YES if holds(source, whole, me) else Tri.NO

    assert evaluate(parse(source), whole, me).value is expected


@few
@given(rules(), worlds(), selves)
def test_the_reasons_alone_force_the_verdict_and_none_can_be_left_out(source, world, me):
    rule = parse(source)
    verdict = evaluate(rule, world, me)
    atoms = [(b.fact, b.person) for b in verdict.because if b.fact != "event"]

    if verdict.value is not Tri.UNKNOWN:
        assert verdict.because
        assert evaluate(rule, only(world, atoms), me).value is verdict.value
        for left_out in atoms:
            fewer = [atom for atom in atoms if atom != left_out]
            assert evaluate(rule, only(world, fewer), me).value is Tri.UNKNOWN


@few
@given(rules(), worlds(), selves, st.data())
def test_once_the_missing_is_known_the_verdict_is_decided(source, world, me, data):
    rule = parse(source)
    verdict = evaluate(rule, world, me)

    if verdict.value is Tri.UNKNOWN:
        answers = some_completion(data, world, verdict.missing)
        assert verdict.missing
        assert evaluate(rule, completed(world, answers), me).value is not Tri.UNKNOWN


@few
@given(small_rules(), worlds(with_dates=False), selves)
def test_nothing_missing_can_be_left_out(source, world, me):
    rule = parse(source)
    missing = evaluate(rule, world, me).missing

    for left_out in missing:
        fewer = [atom for atom in missing if atom != left_out]
        answers = itertools.islice(completions(world, fewer), 4096)
        assert any(
            evaluate(rule, completed(world, values), me).value is Tri.UNKNOWN for values in answers
        )


@few
@given(rules(), worlds(), selves)
def test_no_reason_has_an_empty_sentence(source, world, me):
    verdict = evaluate(parse(source), world, me)

    assert all(because.text.endswith("ため") for because in verdict.because)


def test_an_empty_group_has_no_member_that_meets_and_none_that_fails():
    world = world_of({})
    where = {"op": "fact", "key": "works"}

    for op, value in (("exists", Tri.NO), ("all", Tri.YES)):
        verdict = evaluate(parse({"op": op, "over": "nobody", "where": where}), world, "taro")
        assert verdict.value is value
        assert [because.fact for because in verdict.because] == ["event"]


def test_a_count_is_decided_as_soon_as_its_bounds_are():
    nhi = {"op": "holds", "system": "nhi"}
    two = {"op": "ge", "left": {"op": "count", "over": "everyone", "where": nhi}, "right": 2}
    held = {("holds.nhi", name): known(True) for name in ("hanako", "baby")}

    verdict = evaluate(parse(two), world_of(held), "taro")

    assert verdict.value is Tri.YES
    assert {because.person for because in verdict.because} == {"hanako", "baby"}


def test_a_fact_derived_from_itself_stays_unknown():
    circle = {"idle": parse({"op": "not", "of": {"op": "fact", "key": "idle"}})}
    world = replace(world_of({}), derived=circle)

    assert evaluate(parse({"op": "fact", "key": "idle"}), world, "taro").value is Tri.UNKNOWN
