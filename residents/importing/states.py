"""The states of a delivery: a table of the steps there are, and the one way to take them."""

from __future__ import annotations

from collections.abc import Sequence

from residents.models import Delivery, DeliveryStep

State = Delivery.State

STEPS: dict[State, frozenset[State]] = {
    State.RECEIVED: frozenset({State.STAGED, State.REFUSED}),
    State.STAGED: frozenset({State.CHECKED, State.HELD, State.REFUSED}),
    State.CHECKED: frozenset({State.APPLIED}),
    State.HELD: frozenset({State.STAGED, State.REFUSED}),
    State.APPLIED: frozenset({State.ROLLED_BACK}),
    State.REFUSED: frozenset(),
    State.ROLLED_BACK: frozenset(),
}
UNFINISHED = (State.RECEIVED, State.STAGED, State.CHECKED)


class NoSuchStep(Exception):
    """A delivery cannot go from its state to that one: a mistake in our code."""


def move(delivery: Delivery, to: State, *, by: Sequence[int] = ()) -> None:
    """Take one step, save the delivery and write the step down. Raises NoSuchStep."""
    if to not in STEPS[State(delivery.state)]:
        raise NoSuchStep(f"{delivery.state} → {to}")
    delivery.state = to
    delivery.save()
    DeliveryStep.objects.create(delivery=delivery, state=to, reason=delivery.reason, by=sorted(by))
