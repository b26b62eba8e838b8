"""Kinship from 続柄 codes: what they name is found, what they leave open stays open."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lifeevents.kinship import Member, children_of, codes_of_child, in_words, spouse_of

MAN, WOMAN = "1", "2"


def household(**members):
    return {
        key: Member(sex, tuple(codes.split(",")) if codes else ())
        for key, (sex, codes) in members.items()
    }


def test_husband_and_wife_are_each_others_spouse():
    family = household(father=(MAN, "02"), mother=(WOMAN, "12"), son=(MAN, "20"))

    assert spouse_of("father", family) == "mother"
    assert spouse_of("mother", family) == "father"
    assert spouse_of("son", family) is None


@pytest.mark.parametrize("code", ["11", "12", "13", "14"])
def test_every_kind_of_spouse_counts_unregistered_ones_too(code):
    family = household(head=(WOMAN, "02"), other=(MAN, code))

    assert spouse_of("head", family) == "other"
    assert spouse_of("other", family) == "head"


def test_two_wives_or_two_heads_are_a_mistake_nobody_guesses_about():
    wives = household(father=(MAN, "02"), one=(WOMAN, "12"), two=(WOMAN, "12"))
    heads = household(one=(MAN, "02"), two=(MAN, "02"), mother=(WOMAN, "12"))

    for family in (wives, heads):
        assert {spouse_of(key, family) for key in family} == {None}


def test_a_childs_wife_is_the_wife_of_the_son_and_not_of_the_daughter():
    family = household(
        grandfather=(MAN, "02"), son=(MAN, "20"), daughter=(WOMAN, "20"), wife=(WOMAN, "20,12")
    )

    assert spouse_of("wife", family) == "son"
    assert spouse_of("son", family) == "wife"
    assert spouse_of("daughter", family) is None


def test_a_childs_wife_stays_open_between_two_sons():
    family = household(
        grandfather=(MAN, "02"), one=(MAN, "20"), two=(MAN, "20"), wife=(WOMAN, "20,12")
    )

    assert spouse_of("wife", family) is None
    assert spouse_of("one", family) is None
    assert spouse_of("two", family) is None


def test_a_daughter_is_not_given_her_absent_brothers_wife():
    family = household(grandfather=(MAN, "02"), daughter=(WOMAN, "20"), wife=(WOMAN, "20,12"))

    assert spouse_of("daughter", family) is None
    assert spouse_of("wife", family) is None


def test_the_heads_parents_are_not_taken_for_a_couple_nor_for_the_heads_spouse():
    family = household(head=(WOMAN, "02"), father=(MAN, "51"), mother=(WOMAN, "52"))

    assert spouse_of("head", family) is None
    assert spouse_of("father", family) is None
    assert children_of("mother", family) == ("head",)


def test_someone_whose_relationship_is_blank_has_no_kin_in_the_household():
    family = household(father=(MAN, "02"), mother=(WOMAN, "12"), child=(MAN, "20"), blank=(MAN, ""))

    assert spouse_of("blank", family) is None
    assert children_of("blank", family) == ()
    assert codes_of_child(family["blank"]) == ()
    assert spouse_of("mother", family) == "father"


def test_both_parents_have_the_children_of_the_head():
    family = household(
        mother=(WOMAN, "02"), father=(MAN, "13"), first=(MAN, "20"), second=(WOMAN, "20")
    )

    assert children_of("mother", family) == children_of("father", family) == ("first", "second")


def test_the_wifes_own_child_is_hers_and_not_the_heads():
    family = household(father=(MAN, "02"), mother=(WOMAN, "12"), hers=(MAN, "12,20"))

    assert children_of("mother", family) == ("hers",)
    assert children_of("father", family) == ()


def test_grandchildren_are_the_children_of_the_only_child_and_of_the_childs_wife():
    family = household(
        grandmother=(WOMAN, "02"),
        son=(MAN, "20"),
        wife=(WOMAN, "20,12"),
        grandchild=(WOMAN, "20,20"),
    )

    assert children_of("son", family) == children_of("wife", family) == ("grandchild",)
    assert children_of("grandmother", family) == ("son",)


def test_a_grandchild_of_two_children_is_given_to_neither():
    family = household(
        grandmother=(WOMAN, "02"), one=(WOMAN, "20"), two=(WOMAN, "20"), child=(MAN, "20,20")
    )

    assert children_of("one", family) == children_of("two", family) == ()


@pytest.mark.parametrize(
    ("parent", "child"),
    [
        ("02", "20"),
        ("12", "20"),
        ("13", "20"),
        ("20", "20,20"),
        ("20,12", "20,20"),
        ("20,20", "20,20,20"),
        ("84", "84,20"),
        ("99", "99,20"),
        ("2X", "2X,20"),
    ],
)
def test_a_newborn_is_the_child_of_its_parents_line(parent, child):
    assert codes_of_child(Member(WOMAN, tuple(parent.split(",")))) == tuple(child.split(","))


def test_relationships_are_written_as_the_register_writes_them():
    assert in_words(("20", "20")) == "子の子"
    assert in_words(("20", "12")) == "子の妻"
    assert in_words(("13",)) == "夫（未届）"
    assert in_words(("2Y",)) == "2Y"


CODES = st.lists(
    st.sampled_from(["02", "11", "12", "13", "14", "20", "2X", "51", "52", "71", "84", "96", "99"]),
    max_size=4,
).map(tuple)
FAMILIES = st.dictionaries(
    st.sampled_from("abcdefgh"),
    st.builds(Member, st.sampled_from(["0", "1", "2"]), CODES),
    min_size=1,
)


TWO_HUSBANDS = {
    "a": Member("2", ("20",)),
    "b": Member("1", ("20", "11")),
    "c": Member("1", ("20", "13")),
}


@given(FAMILIES)
@example(TWO_HUSBANDS)
def test_whoever_has_a_spouse_is_the_spouse_of_that_spouse(family):
    for key in family:
        spouse = spouse_of(key, family)
        assert spouse != key
        assert spouse is None or spouse_of(spouse, family) == key


@given(FAMILIES)
def test_nobody_is_their_own_child_and_children_are_found_once(family):
    for key in family:
        children = children_of(key, family)
        assert key not in children
        assert len(children) == len(set(children))


@given(CODES)
def test_a_newborn_in_a_household_is_found_among_the_parents_children(codes):
    parent = Member(WOMAN, codes)
    born = codes_of_child(parent)
    family = {"parent": parent, "newborn": Member("0", born)}

    assert not born or "newborn" in children_of("parent", family)
