"""Random rules and worlds, and a two-valued evaluator written from the definitions alone."""

import itertools
import operator
from dataclasses import replace
from datetime import date

from hypothesis import strategies as st

from lifeevents.rules import dates
from lifeevents.rules.tree import parse
from lifeevents.rules.world import Person, World
from residents.facts import Fact, FactType, Known, Of, Origin, PartialDate, Reason, Source, Unknown

ON = date(2026, 4, 1)
ORIGIN = Origin(Source.REGISTER, "住民基本台帳")
PEOPLE = {"hanako": "山田 花子さん", "taro": "山田 太郎さん", "baby": "生まれたお子さん"}
GROUPS = {"everyone": ("hanako", "taro", "baby"), "children": ("taro", "baby"), "nobody": ()}
DAYS = tuple(
    date(*day)
    for day in (
        (2004, 2, 29),
        (2008, 3, 31),
        (2008, 4, 1),
        (2008, 4, 2),
        (2026, 4, 1),
        (2026, 4, 2),
    )
)
VALUES = {
    FactType.BOOL: (True, False),
    FactType.NUMBER: (-1, 0, 1, 2, 3, 4),
    FactType.CHOICE: ("1", "2", "3"),
    FactType.DATE: DAYS,
}


def fact(key, kind, of=Of.PERSON, label="", choices=()):
    return Fact(key, of, kind, label or key, "basic", "住民基本台帳", choices)


VOCABULARY = {
    declared.key: declared
    for declared in (
        fact("works", FactType.BOOL),
        fact("holds.nhi", FactType.BOOL, label="国民健康保険"),
        fact("dogs", FactType.NUMBER),
        fact("stay", FactType.CHOICE, choices=(("1", "永住"), ("2", "留学"), ("3", "その他"))),
        fact("birth_date", FactType.DATE, label="生年月日"),
        fact("abroad", FactType.BOOL, Of.BUNDLE),
        fact("idle", FactType.BOOL),
        fact("school_ends_on", FactType.DATE),
    )
}
DERIVED = {
    "idle": parse({"op": "not", "of": {"op": "fact", "key": "works"}}),
    "school_ends_on": parse(
        {
            "op": "next_march_31",
            "date": {"op": "reaches_age", "date": {"op": "fact", "key": "birth_date"}, "years": 18},
        }
    ),
}
ATOMS = tuple(
    (declared.key, home)
    for declared in VOCABULARY.values()
    if declared.key not in DERIVED
    for home in (("bundle",) if declared.of is Of.BUNDLE else PEOPLE)
)


def known(value):
    return Known(value, ORIGIN)


def world_of(held, groups=GROUPS, vocabulary=VOCABULARY, derived=DERIVED, on=ON):
    """A world from {(key, person or "bundle"): value}; what is left out is not held."""
    people = {
        name: Person(name, label, {key: v for (key, home), v in held.items() if home == name})
        for name, label in PEOPLE.items()
    }
    bundle = {key: value for (key, home), value in held.items() if home == "bundle"}
    return World(on, "move_in", people, groups, bundle, {}, derived, vocabulary)


def partial_year(year):
    return PartialDate(date(year, 1, 1), date(year, 12, 31), f"{year}-00-00")


def facts_of(key):
    owners = st.sampled_from(("it", "self"))
    return owners.map(lambda of: {"op": "fact", "key": key, "of": of})


def day_values():
    fact_day = st.one_of(facts_of("birth_date"), facts_of("school_ends_on"))
    aged = st.builds(
        lambda op, day, years: {"op": op, "date": day, "years": years},
        st.sampled_from(("reaches_age", "birthday")),
        fact_day,
        st.sampled_from((0, 18, 22)),
    )
    added = st.builds(lambda day, n: {"op": "add", "date": day, "days": n}, fact_day, st.just(1))
    return st.one_of(fact_day, aged, added)


def fixed_days():
    literal = st.sampled_from(DAYS).map(lambda day: {"op": "date", "value": day.isoformat()})
    return st.one_of(st.just({"op": "on"}), literal)


def comparisons(left, right, ops=("eq", "ne", "lt", "le", "gt", "ge")):
    return st.builds(
        lambda op, one, other: {"op": op, "left": one, "right": other},
        st.sampled_from(ops),
        left,
        right,
    )


def leaves(with_dates=True):
    plain = [
        *(facts_of(key) for key in ("works", "idle", "holds.nhi", "abroad")),
        st.sampled_from((True, False, {"op": "same_person"})),
        comparisons(facts_of("dogs"), st.integers(0, 3)),
        comparisons(facts_of("dogs"), facts_of("dogs")),
        comparisons(facts_of("stay"), st.sampled_from(("1", "2")), ("eq", "ne")),
        facts_of("stay").map(lambda value: {"op": "in", "value": value, "of": ["1", "2"]}),
        facts_of("dogs").map(lambda v: {"op": "between", "value": v, "low": 1, "high": 2}),
    ]
    if with_dates:
        plain.append(comparisons(day_values(), fixed_days()))
        plain.append(comparisons(day_values(), day_values()))
        plain.append(
            facts_of("birth_date").map(
                lambda value: {
                    "op": "between",
                    "value": value,
                    "low": {"op": "date", "value": "2008-04-01"},
                    "high": {"op": "on"},
                }
            )
        )
    return st.one_of(plain)


def branches(children):
    several = st.lists(children, min_size=1, max_size=3)
    groups = st.sampled_from(tuple(GROUPS))
    over = st.builds(
        lambda op, group, where: {"op": op, "over": group, "where": where},
        st.sampled_from(("exists", "all")),
        groups,
        children,
    )
    counted = st.builds(
        lambda group, where: {"op": "count", "over": group, "where": where}, groups, children
    )
    return st.one_of(
        st.builds(lambda op, of: {"op": op, "of": of}, st.sampled_from(("and", "or")), several),
        children.map(lambda child: {"op": "not", "of": child}),
        over,
        comparisons(counted, st.integers(0, 3)),
        comparisons(counted, facts_of("dogs")),
        comparisons(counted, counted),
        counted.map(lambda value: {"op": "between", "value": value, "low": 1, "high": 2}),
    )


def rules(with_dates=True):
    return st.recursive(leaves(with_dates), branches, max_leaves=5)


def small_rules():
    return st.recursive(leaves(with_dates=False), branches, max_leaves=3)


def worlds(with_dates=True):
    """Some facts known, some incomplete, the rest unknown."""
    values = {}
    for key, home in ATOMS:
        kind = VOCABULARY[key].type
        # numbers at the ends stay for completions, so that there is always a lower and a higher one
        held = VALUES[kind][1:-1] if kind is FactType.NUMBER else VALUES[kind]
        choices = [known(value) for value in held]
        if kind is FactType.DATE and with_dates:
            choices += [known(partial_year(2008)), known(partial_year(2026))]
        unknown = [Unknown(Reason.NOT_ASKED)] * len(choices)
        values[key, home] = st.sampled_from((*choices, *unknown))
    return st.fixed_dictionaries(values).map(world_of)


def unknown_atoms(world, atoms=ATOMS):
    return [atom for atom in atoms if not is_exact(world.held(*atom))]


def is_exact(value):
    if isinstance(value, Known) and isinstance(value.value, PartialDate):
        return value.value.exact is not None
    return isinstance(value, Known)


def possible(world, atom):
    """The values an unknown or incomplete fact may turn out to have."""
    held = world.held(*atom)
    values = VALUES[VOCABULARY[atom[0]].type]
    if isinstance(held, Known):
        return [day for day in values if held.value.earliest <= day <= held.value.latest]
    return values


def completed(world, values):
    """The world once these facts are known."""
    people = {
        name: replace(
            person,
            facts={**person.facts, **{k: known(v) for (k, h), v in values.items() if h == name}},
        )
        for name, person in world.people.items()
    }
    bundle = {**world.bundle, **{k: known(v) for (k, h), v in values.items() if h == "bundle"}}
    return replace(world, people=people, bundle=bundle)


def completions(world, atoms):
    """Every way these facts may turn out, as {atom: value}."""
    for values in itertools.product(*(possible(world, atom) for atom in atoms)):
        yield dict(zip(atoms, values, strict=True))


def holds(source, world, me, it=None):
    """What a rule says of a world in which everything is exactly known, by the definitions alone."""
    it = it or me
    if not isinstance(source, dict):
        return source
    op = source["op"]
    if op in COMPARING:
        left, right = (holds(source[side], world, me, it) for side in ("left", "right"))
        return COMPARING[op](left, right)
    return MEANINGS[op](source, world, me, it)


def value_of(source, world, me, it):
    key, person = source["key"], it if source["of"] == "it" else me
    if key == "idle":
        return not world.held("works", person).value
    if key == "school_ends_on":
        born = world.held("birth_date", person).value
        return dates.next_march_31(dates.reaches_age(born, 18))
    return world.held(key, world.home(key, person)).value


def members(source, world, me, it):
    return [holds(source["where"], world, me, member) for member in GROUPS[source["over"]]]


COMPARING = {name: getattr(operator, name) for name in ("eq", "ne", "lt", "le", "gt", "ge")}
MEANINGS = {
    "fact": value_of,
    "on": lambda source, world, me, it: world.on,
    "date": lambda source, world, me, it: date.fromisoformat(source["value"]),
    "same_person": lambda source, world, me, it: me == it,
    "and": lambda source, *at: all(holds(child, *at) for child in source["of"]),
    "or": lambda source, *at: any(holds(child, *at) for child in source["of"]),
    "not": lambda source, *at: not holds(source["of"], *at),
    "in": lambda source, *at: holds(source["value"], *at) in source["of"],
    "between": lambda source, *at: (
        holds(source["low"], *at) <= holds(source["value"], *at) <= holds(source["high"], *at)
    ),
    "exists": lambda source, *at: any(members(source, *at)),
    "all": lambda source, *at: all(members(source, *at)),
    "count": lambda source, *at: sum(members(source, *at)),
    "reaches_age": lambda s, *at: dates.reaches_age(holds(s["date"], *at), s["years"]),
    "birthday": lambda s, *at: dates.birthday(holds(s["date"], *at), s["years"]),
    "add": lambda s, *at: dates.add(holds(s["date"], *at), days=s["days"]),
}
