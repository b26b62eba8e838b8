"""Facts as rules see them: held, derived, or unknown with a reason."""

from dataclasses import replace
from datetime import date

from lifeevents.rules.evaluate import Tri, evaluate
from lifeevents.rules.tree import parse
from residents.facts import Known, Origin, PartialDate, Reason, Source, Unknown, parse_partial_date
from tests.lifeevents.rules.worlds import known, world_of


def test_what_nobody_holds_is_unknown():
    world = world_of({})

    assert world.fact("works", "taro") == Unknown(Reason.NOT_HELD)
    assert world.fact("works", "a stranger") == Unknown(Reason.NOT_HELD)
    assert world.fact("abroad", None) == Unknown(Reason.NOT_HELD)


def test_the_bundles_and_the_households_facts_are_read_there():
    world = replace(world_of({("abroad", "bundle"): known(True)}), household={"size": known(3)})

    assert world.fact("abroad", "bundle") == known(True)
    assert world.fact("abroad", "taro") == known(True)
    assert world.fact("size", "household") == known(3)


def test_a_derived_fact_says_that_it_is_derived():
    world = world_of({("birth_date", "taro"): known(PartialDate.on(date(2008, 4, 1)))})

    derived = Known(date(2026, 3, 31), Origin(Source.DERIVED, "school_ends_on"))
    assert world.fact("school_ends_on", "taro") == derived


def test_a_fact_derived_from_an_incomplete_day_is_incomplete():
    world = world_of({("birth_date", "taro"): known(parse_partial_date("2008-04-00"))})

    value = world.fact("school_ends_on", "taro").value

    assert (value.earliest, value.latest) == (date(2026, 3, 31), date(2027, 3, 31))


def test_an_underivable_fact_has_the_reason_of_what_it_rests_on():
    world = world_of({("works", "taro"): Unknown(Reason.WITHHELD)})

    assert world.fact("idle", "taro") == Unknown(Reason.WITHHELD)


def test_a_held_fact_wins_over_its_derivation():
    world = world_of({("works", "taro"): known(True), ("idle", "taro"): known(True)})

    assert world.fact("idle", "taro") == known(True)


def test_a_text_where_a_day_should_be_is_unknown_to_rules():
    born = parse({"op": "le", "left": {"op": "fact", "key": "birth_date"}, "right": {"op": "on"}})

    for text, value in (("不詳", Tri.UNKNOWN), ("2008-04-01", Tri.YES), ("2008-00-00", Tri.YES)):
        world = world_of({("birth_date", "taro"): known(text)})
        assert evaluate(born, world, "taro").value is value
