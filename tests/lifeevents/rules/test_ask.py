"""Only questions that matter, the most settling first."""

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lifeevents.rules.ask import Question, rank, relevant
from lifeevents.rules.evaluate import Tri, evaluate
from lifeevents.rules.tree import parse
from residents.facts import Reason, Unknown
from tests.lifeevents.rules.worlds import (
    ATOMS,
    PEOPLE,
    completed,
    completions,
    known,
    possible,
    small_rules,
    unknown_atoms,
    world_of,
    worlds,
)

selves = st.sampled_from(tuple(PEOPLE))
several = st.lists(st.tuples(small_rules().map(parse), selves), min_size=1, max_size=2)
QUESTIONS = [Question(*atom) for atom in ATOMS if atom[0] != "birth_date"]


def read_by(rules, world):
    """The unknown facts any of the rules still waits for; few enough to try all completions."""
    verdicts = [evaluate(rule, world, me) for rule, me in rules]
    atoms = {atom for verdict in verdicts for atom in verdict.missing}
    assume(len(atoms) <= 4)
    return sorted(atoms)


def outcomes(rules, world):
    return [evaluate(rule, world, me).value for rule, me in rules]


def changes(rules, world, atom, others):
    """Whether two answers to one question differ in some verdict, the others completed alike."""
    return any(
        len(
            {
                tuple(outcomes(rules, completed(world, {**values, atom: answer})))
                for answer in possible(world, atom)
            }
        )
        > 1
        for values in completions(world, others)
    )


@settings(max_examples=60, deadline=None)
@given(several, worlds(with_dates=False))
def test_exactly_the_questions_that_can_change_a_verdict_are_asked(rules, world):
    atoms = read_by(rules, world)
    asked = {(question.fact, question.person) for question in relevant(rules, world, QUESTIONS)}

    assert asked <= set(unknown_atoms(world))
    for atom in atoms:
        others = [other for other in atoms if other != atom]
        assert (atom in asked) == changes(rules, world, atom, others)


@settings(max_examples=100, deadline=None)
@given(several, worlds(), st.data())
def test_when_nothing_is_left_to_ask_no_answer_changes_anything(rules, world, data):
    questions = [Question(*atom) for atom in ATOMS]
    waiting = world
    # answers come in one by one, until nothing more is asked
    for _ in range(len(ATOMS) + 1):
        asked = relevant(rules, waiting, questions)
        if not asked:
            break
        atom = (asked[0].fact, asked[0].person)
        answer = data.draw(st.sampled_from(possible(waiting, atom)))
        waiting = completed(waiting, {atom: answer})

    open_ = [atom for atom in unknown_atoms(waiting) if not hasattr(waiting.held(*atom), "value")]
    endings = [
        {atom: data.draw(st.sampled_from(possible(waiting, atom))) for atom in open_}
        for _ in range(2)
    ]
    one, other = (outcomes(rules, completed(waiting, ending)) for ending in endings)
    assert one == other


def both(*rules):
    return {"op": "and", "of": list(rules)}


def either(*rules):
    return {"op": "or", "of": list(rules)}


WORKS, NHI, ABROAD = ({"op": "fact", "key": key} for key in ("works", "holds.nhi", "abroad"))


def test_a_question_whose_answers_lead_to_the_same_verdict_is_not_asked():
    rule = parse(either(both(WORKS, NHI), both({"op": "not", "of": WORKS}, NHI)))

    asked = relevant([(rule, "taro")], world_of({}), QUESTIONS)

    assert asked == [Question("holds.nhi", "taro")]


def test_the_question_that_settles_most_over_the_bundle_comes_first():
    rules = [(parse(both(WORKS, ABROAD)), "taro"), (parse(both(NHI, ABROAD)), "taro")]

    asked = relevant(rules, world_of({}), QUESTIONS)

    assert asked[0] == Question("abroad", "bundle")
    assert len(asked) == 3


def test_i_do_not_know_is_an_answer_and_is_not_asked_again():
    world = world_of({("works", "taro"): Unknown(Reason.DONT_KNOW)})

    assert relevant([(parse(WORKS), "taro")], world, QUESTIONS) == []


def test_a_known_fact_and_one_that_can_be_derived_are_not_asked():
    world = world_of({("works", "taro"): known(True)})
    idle = parse({"op": "fact", "key": "idle"})
    rules = [(parse(both({"op": "fact", "key": "idle"}, NHI)), "baby"), (idle, "taro")]
    questions = [Question("idle", "taro"), Question("works", "taro"), Question("idle", "baby")]

    assert relevant(rules, world, questions) == []


def test_a_withheld_fact_may_be_asked():
    world = world_of({("works", "taro"): Unknown(Reason.WITHHELD)})

    assert relevant([(parse(WORKS), "taro")], world, QUESTIONS) == [Question("works", "taro")]


def test_one_fact_of_the_bundle_is_one_question_whoever_it_is_asked_of():
    questions = [Question("abroad", "taro"), Question("abroad", "bundle")]

    assert relevant([(parse(ABROAD), "taro")], world_of({}), questions) == [questions[0]]


def test_a_choice_nobody_can_make_does_not_make_a_question_relevant():
    rule = parse({"op": "eq", "left": {"op": "fact", "key": "stay"}, "right": "1"})
    offered = [Question("stay", "taro", ("2", "3"))]

    assert relevant([(rule, "taro")], world_of({}), offered) == []


def test_beyond_4096_completions_what_an_undecided_rule_reads_is_asked_and_counted():
    vocabulary_free = world_of({}, vocabulary={}, derived={})
    yes = [{"op": "fact", "key": f"f{n}"} for n in range(40)]
    no = [{"op": "not", "of": fact} for fact in yes]
    pairs = [either(one, other) for one, other in zip(yes, no, strict=True)]
    questions = [Question(f"f{n}", "taro") for n in range(40)]

    ranking = rank([(parse(both(*pairs)), "taro")], vocabulary_free, questions)

    assert len(ranking.questions) == 40
    assert ranking.beyond == 40


def test_partly_known_days_are_compared_as_the_rule_cuts_them():
    adult = {"op": "reaches_age", "date": {"op": "fact", "key": "birth_date"}, "years": 18}
    rule = parse({"op": "le", "left": adult, "right": {"op": "on"}})
    question = Question("birth_date", "taro")

    assert relevant([(rule, "taro")], world_of({}), [question]) == [question]
    assert evaluate(rule, world_of({}), "taro").value is Tri.UNKNOWN
