"""Edits of a rule's tree at a place named by a JSON pointer; every edit returns a new tree (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lifeevents.rules.patterns import Grouped, Tree, read_group, write_group

JUNCTIONS = ("and", "or")
REASONS = ("because", "because_no")


class NoSuchPlace(Exception):
    """The rule has nothing at that place (any more)."""


def at(tree: Tree, path: str) -> Tree:
    """The node at a place; raises NoSuchPlace."""
    for step in _steps(path):
        try:
            tree = tree[int(step)] if isinstance(tree, list) else tree[step]
        except (KeyError, IndexError, ValueError, TypeError) as mistake:
            raise NoSuchPlace(path) from mistake
    return tree


def put(tree: Tree, path: str, node: Tree) -> Tree:
    """The tree with another node at a place."""
    at(tree, path)
    return _put(tree, _steps(path), node)


def join(tree: Tree, path: str, junction: str, node: Tree) -> Tree:
    """A condition added to the one at a place: かつ (and) or または (or)."""
    old = at(tree, path)
    if _is_always(old) and junction == "and":
        return put(tree, path, {**_reasons(old), **node})
    if isinstance(old, Mapping) and old["op"] == junction:
        return put(tree, path, {**old, "of": [*old["of"], node]})
    above, _, place = path.rpartition("/")
    parent = at(tree, above.removesuffix("/of")) if above.endswith("/of") else None
    if isinstance(parent, Mapping) and parent["op"] == junction:
        items = [*parent["of"]]
        items.insert(int(place) + 1, node)
        return put(tree, above.removesuffix("/of"), {**parent, "of": items})
    return put(tree, path, {"op": junction, "of": [old, node]})


def remove(tree: Tree, path: str) -> Tree:
    """The tree without the condition at a place; nothing left means いつでも."""
    at(tree, path)
    above, _, place = path.rpartition("/")
    if not path:
        return {"op": "literal", "value": True, **_reasons(tree)}
    if not above.endswith("/of"):
        return put(tree, path, True) if place == "where" else remove(tree, above)
    home = above.removesuffix("/of")
    junction = at(tree, home)
    left = [item for at_, item in enumerate(junction["of"]) if at_ != int(place)]
    if not left:
        return remove(tree, home)
    if len(left) == 1 and not _reasons(junction):
        return put(tree, home, left[0])
    return put(tree, home, {**junction, "of": left})


def swap(tree: Tree, path: str) -> Tree:
    """かつ becomes または, and the other way round."""
    junction = at(tree, path)
    if not isinstance(junction, Mapping) or junction["op"] not in JUNCTIONS:
        raise NoSuchPlace(path)
    return put(tree, path, {**junction, "op": "or" if junction["op"] == "and" else "and"})


def explained(node: Tree, because: str, because_no: str) -> Tree:
    """A condition with its reasons; an empty one is left out.

    Of people who must not be there, the reasons stand with them, so that {who} names them.
    """
    told = {"because": because, "because_no": because_no}
    if not isinstance(node, Mapping):
        node = {"op": "literal", "value": node}
    group = read_group(node)
    if group and group.quantity == "none":
        inner = explained(node["of"], because_no, because)
        return {"op": "not", "of": inner}
    bare = {name: value for name, value in node.items() if name not in REASONS}
    return {**bare, **{name: text for name, text in told.items() if text}}


def regrouped(tree: Tree, path: str, quantity: str, over: str, number: int) -> Tree:
    """The group condition at a place with another quantity or group; its inner condition stays."""
    group = read_group(at(tree, path))
    if group is None:
        raise NoSuchPlace(path)
    return put(tree, path, write_group(Grouped(quantity, over, group.where, number)))


def _is_always(node: Tree) -> bool:
    return node is True or (isinstance(node, Mapping) and node.get("value") is True)


def _reasons(node: Tree) -> dict[str, Any]:
    if not isinstance(node, Mapping):
        return {}
    return {name: node[name] for name in REASONS if name in node}


def _steps(path: str) -> list[str]:
    return path.split("/")[1:]


def _put(tree: Tree, steps: list[str], node: Tree) -> Tree:
    if not steps:
        return node
    step, *rest = steps
    if isinstance(tree, list):
        place = int(step)
        return [*tree[:place], _put(tree[place], rest, node), *tree[place + 1 :]]
    return {**tree, step: _put(tree[step], rest, node)}
