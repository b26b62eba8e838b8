"""People and measures in the lists of those who answer for 支援措置."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import Count, Exists, OuterRef

from consent.measure_period import Phase, grace_ends, phase
from consent.models import CoveredPerson
from residents import register
from residents.facts import Known
from residents.models import Protection


@dataclass(frozen=True, slots=True)
class Named:
    """Someone a measure covers; "" where the register has them no more."""

    ref: UUID
    number: str = ""
    name: str = field(default="", repr=False)
    is_applicant: bool = False
    has_left: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One measure in a list; `pk` is None for one the core system sent and nothing is noted of here."""

    pk: UUID | None
    who: Named
    others: int
    kind: str
    ends_on: date | None
    state: Phase
    waits_for: str = ""
    from_core: bool = False
    against: int = 0

    @property
    def grace_ends(self) -> date | None:
        """The last day on which the applicant is still asked after the period."""
        return grace_ends(self.ends_on) if self.ends_on else None


def has_against() -> Exists:
    """Of Protection: whether a 相手方 is known of who is covered."""
    covers = CoveredPerson.objects.filter(ref=OuterRef("pk"), left_at=None, measure__from_core=True)
    return Exists(covers.filter(measure__adverse__isnull=False))


def sent_lines(rows: Collection[Protection], day: date) -> list[Line]:
    """Nameless lines of what was sent, with what is noted here of each."""
    noted = CoveredPerson.objects.filter(
        ref__in=[row.pk for row in rows], left_at=None, measure__from_core=True
    ).annotate(against=Count("measure__adverse"))
    found = {each.ref: each for each in noted}
    kinds = dict(Protection.Kind.choices)
    return [
        Line(
            pk=found[row.pk].measure_id if row.pk in found else None,
            who=Named(row.pk),
            others=0,
            kind=str(kinds.get(row.kind, row.kind)),
            ends_on=row.ends_on,
            state=phase(row.ends_on, day) if row.ends_on else Phase.STANDING,
            from_core=True,
            against=found[row.pk].against if row.pk in found else 0,
        )
        for row in rows
    ]


def named(refs: Collection[UUID]) -> dict[UUID, Named]:
    """Each of them with number and name, as the register has them now."""
    people = register.read(list(refs))
    return {ref: _name(ref, people.get(ref)) for ref in refs}


def _name(ref: UUID, person: register.RegisterPerson | None) -> Named:
    name = person.facts.get("name") if person else None
    if person is None or not isinstance(name, Known):
        return Named(ref)
    return Named(ref, person.number, str(name.value))
