"""The rule of a procedure as a sentence; each chip opens a small editor for its condition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from counter.office.conditions import ConditionForm, GroupForm, ReasonedForm, ReasonForm
from lifeevents import editions, wording
from lifeevents.catalogue_check import GROUPS
from lifeevents.editions import Edition
from lifeevents.rules import editing, patterns, sentences
from lifeevents.rules.patterns import Tree
from residents.facts import Fact, Of

Entry = Mapping[str, Any]
SOURCES = ("本人申告", "導出")


@dataclass(frozen=True, slots=True)
class Place:
    """Which clause of which rule is edited (edit), or gets another beside it (add, group)."""

    slot: str
    at: str
    do: str

    @property
    def is_adding(self) -> bool:
        """Whether a new condition is made."""
        return self.do in ("add", "group")


@dataclass(frozen=True, slots=True)
class Editor:
    """The editor that stands open under a rule; without a form a fact is to be chosen first."""

    place: Place
    title: str
    form: ReasonedForm | None
    facts: list[tuple[str, list[tuple[str, str]]]] = field(default_factory=list)
    fact: str = ""
    can_swap: bool = False
    can_remove: bool = True


def place_of(said: Mapping[str, str]) -> Place | None:
    """The place a request names, if any."""
    if said.get("do") not in ("edit", "add", "group"):
        return None
    return Place(said.get("slot", "rule"), said.get("at", ""), said["do"])


def editor(
    entry: Entry, edition: Edition, place: Place, *, fact: str = "", data: Any = None
) -> Editor:
    """The editor of a place, bound to what was sent; raises NoSuchPlace."""
    tree = tree_of(entry, place.slot)
    called = wording.names(edition)
    node = editing.at(tree, place.at)
    read = sentences.clause(node, called, place.at, inside="/where" in place.at)
    if place.do == "group" or (place.do == "edit" and read.kind == "group"):
        return _group_editor(entry, edition, place, node, read, data)
    if place.do == "edit" and read.kind != "simple" and not (fact or read.kind == "always"):
        reasons = {"because": read.because, "because_no": read.because_no}
        alone = ReasonForm(data, adding=False, initial=reasons)
        return Editor(place, sentences.words(read), alone, can_swap=bool(read.joiner))
    simple = patterns.read(node, called.vocabulary) if place.do == "edit" else None
    inside = read.is_inside
    key = fact or (simple.fact if simple else "")
    form = None
    if key in called.vocabulary and called.vocabulary[key].type in patterns.OF_KIND:
        form = ConditionForm(
            data,
            vocabulary=called.vocabulary,
            key=key,
            inside=inside,
            adding=place.is_adding,
            simple=simple,
            reasons=("", "") if place.is_adding else (read.because, read.because_no),
        )
    title = _("条件を加える") if place.is_adding else sentences.words(read)
    offered = _facts(called.vocabulary, entry, inside)
    return Editor(place, title, form, offered, key, can_remove=not place.is_adding)


def tree_of(entry: Entry, slot: str) -> Tree:
    """A procedure's rule, or the condition of a document (いつでも where it has none)."""
    if slot.startswith("documents/"):
        document = editing.at(dict(entry), "/" + slot.removesuffix("/when"))
        return document.get("when", True)
    return editing.at(dict(entry), f"/{slot}")


def with_tree(entry: Entry, slot: str, tree: Tree) -> dict[str, Any]:
    """The procedure with another rule in a slot."""
    above, _slash, name = f"/{slot}".rpartition("/")
    holder = dict(editing.at(dict(entry), above))
    is_always = tree is True or tree == {"op": "literal", "value": True}
    if name == "when" and is_always:
        holder.pop("when", None)
    else:
        holder[name] = tree
    changed: dict[str, Any] = editing.put(dict(entry), above, holder)
    return changed


def _group_editor(
    entry: Entry, edition: Edition, place: Place, node: Tree, read: sentences.Clause, data: Any
) -> Editor:
    adding = place.is_adding
    form = GroupForm(
        data,
        groups=groups(entry, edition),
        adding=adding,
        group=None if adding else patterns.read_group(node),
        reasons=("", "") if adding else (read.because, read.because_no),
    )
    title = _("人についての条件を加える") if adding else sentences.words(read)
    return Editor(place, title, form, can_remove=not adding)


def groups(entry: Entry, edition: Edition) -> list[tuple[str, str]]:
    """The groups of people a procedure's rules may speak of: everyone's, and its events' own."""
    catalogue = editions.catalogue(edition)
    events = [catalogue.events[code] for code in entry["events"] if code in catalogue.events]
    own = {role for event in events for role in (*event.roles, event.subject_role)}
    known = [name for name in wording.GROUPS if name in own or name in GROUPS]
    return [(name, wording.group(name)) for name in [*known, *sorted(own - set(known))]]


def _facts(
    vocabulary: Mapping[str, Fact], entry: Entry, inside: bool
) -> list[tuple[str, list[tuple[str, str]]]]:
    """The facts to choose from, by where they come from; a household has no birthday."""
    shared = entry["for"] in wording.SHARED and not inside
    offered = sorted(
        (
            (_source(fact), fact.label.removesuffix("の該当"), key)
            for key, fact in vocabulary.items()
            if fact.type in patterns.OF_KIND and not (shared and fact.of is Of.PERSON)
        ),
        key=lambda each: (SOURCES.index(each[0]) if each[0] in SOURCES else 2, *each),
    )
    return [
        (source, [(key, label) for _source, label, key in same])
        for source, same in groupby(offered, key=lambda each: each[0])
    ]


def _source(fact: Fact) -> str:
    return {"本人申告": "本人申告", "導出": "導出"}.get(fact.source, fact.source.split(" ")[0])
