"""Who is whose spouse, parent and child in one household, read from 続柄 codes (pure).

続柄 is stated towards the head (世帯主): up to four codes, `20,20` is 子の子, `20,12` is 子の妻
(住民記録システム標準仕様書 1.1.11). What the codes leave open stays open: nobody is guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

HEAD = ("02",)
SPOUSE_CODES = frozenset({"11", "12", "13", "14"})
CHILD = "20"
FATHER, MOTHER = "51", "52"
PARENT_CODES = frozenset({FATHER, MOTHER})
WIFE_CODES = frozenset({"12", "14"})
WORDS = {
    "02": "世帯主",
    "11": "夫",
    "12": "妻",
    "13": "夫（未届）",
    "14": "妻（未届）",
    "20": "子",
    "51": "父",
    "52": "母",
    "71": "兄",
    "74": "弟",
    "81": "姉",
    "84": "妹",
    "96": "縁故者",
    "99": "同居人",
}
CODES = {word: code for code, word in WORDS.items()}


@dataclass(frozen=True, slots=True)
class Member:
    """One household member: sex (1 男, 2 女) and the 続柄 codes towards the head."""

    sex: str
    codes: tuple[str, ...]


def spouse_of(key: str, members: Mapping[str, Member]) -> str | None:
    """The spouse (夫・妻, 未届 included) of a member, when the codes name exactly one."""
    codes = members[key].codes
    if codes == HEAD or _is_spouse_of_head(codes):
        couple = [k for k, m in members.items() if m.codes == HEAD or _is_spouse_of_head(m.codes)]
        heads = [k for k in couple if members[k].codes == HEAD]
        return _only(k for k in couple if k != key) if len(heads) == 1 else None
    if codes and codes[-1] in SPOUSE_CODES:
        if codes[:-1] == HEAD or codes[-2] in SPOUSE_CODES:  # no such 続柄 (妻の夫 …)
            return None
        return _only(
            k
            for k, m in members.items()
            if m.codes == codes[:-1] and _fits(m, codes[-1]) and not _has_another(k, key, members)
        )
    return _only(
        k
        for k, m in members.items()
        if codes
        and m.codes[:-1] == codes
        and m.codes[-1] in SPOUSE_CODES
        and spouse_of(k, members) == key
    )


def _has_another(key: str, spouse: str, members: Mapping[str, Member]) -> bool:
    """Whether the codes make somebody else the spouse of this member just as well."""
    member = members[key]
    return any(
        k != spouse and m.codes[:-1] == member.codes and _fits(member, m.codes[-1])
        for k, m in members.items()
        if m.codes and m.codes[-1] in SPOUSE_CODES
    )


def children_of(key: str, members: Mapping[str, Member]) -> tuple[str, ...]:
    """The children of a member in the household, in the order of `members`."""
    codes = members[key].codes
    if not codes:
        return ()
    if codes == HEAD or _is_spouse_of_head(codes):
        own = (*codes, CHILD)  # 妻の子: the spouse's by an earlier marriage
        return tuple(k for k, m in members.items() if m.codes in ((CHILD,), own))
    if codes[0] in PARENT_CODES and len(codes) == 1:
        return tuple(k for k, m in members.items() if m.codes in (HEAD, (*codes, CHILD)))
    line = codes[:-1] if codes[-1] in SPOUSE_CODES else codes
    alike = [k for k, m in members.items() if m.codes == line]
    if len(alike) > 1 and codes == line:
        return ()
    return tuple(k for k, m in members.items() if m.codes == (*line, CHILD))


def parents_of(key: str, members: Mapping[str, Member]) -> tuple[str, ...]:
    """The parents of a member in the household: those whose child the codes make them."""
    return tuple(k for k in members if k != key and key in children_of(k, members))


def codes_of(words: str) -> tuple[str, ...]:
    """The codes of a 続柄 as it is written (子の子 is `20,20`); () for words it does not know."""
    codes = tuple(CODES.get(word, "") for word in words.split("の"))
    return codes if all(codes) else ()


def codes_of_child(parent: Member) -> tuple[str, ...]:
    """The 続柄 codes a newborn gets in this parent's household (子, 子の子 …); () where 続柄 is blank."""
    if not parent.codes:
        return ()
    if parent.codes == HEAD or _is_spouse_of_head(parent.codes):
        return (CHILD,)
    line = parent.codes[:-1] if parent.codes[-1] in SPOUSE_CODES else parent.codes
    return (*line, CHILD)


def towards(head: Member, member: Member) -> tuple[str, ...]:
    """続柄 codes towards a new head, where both are held towards an earlier one who is gone.

    () where the codes leave it open: siblings need their ages, a grandchild its own parent.
    """
    if member is head:
        return HEAD
    if _is_spouse_of_head(head.codes):
        if member.codes[:1] == (CHILD,):
            return member.codes
        return member.codes[1:] if member.codes[:2] == (*head.codes, CHILD) else ()
    if head.codes == (CHILD,) and _is_spouse_of_head(member.codes):
        return (MOTHER,) if member.codes[0] in WIFE_CODES else (FATHER,)
    return ()


def in_words(codes: tuple[str, ...]) -> str:
    """続柄 as it is written: 子の子 for `20,20`; an unknown code is shown raw."""
    return "の".join(WORDS.get(code, code) for code in codes)


def _is_spouse_of_head(codes: tuple[str, ...]) -> bool:
    return len(codes) == 1 and codes[0] in SPOUSE_CODES


def _fits(member: Member, spouse_code: str) -> bool:
    return member.sex == ("1" if spouse_code in WIFE_CODES else "2")


def _only(keys: Iterable[str]) -> str | None:
    found = list(keys)
    return found[0] if len(found) == 1 else None
