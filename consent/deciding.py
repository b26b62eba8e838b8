"""Deciding about deliveries by two operators: one asks, another confirms, then it is carried out.

A decision is carried out by a task, since it may take minutes; it happens once, and what it did is
written down in the same transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from consent import decisions, operators
from consent.actors import Actor
from consent.models import Account, Decision
from residents.importing import undoing
from residents.importing.refusal import ImportBusy, ImportFailed
from residents.models import Delivery

Kind, State = Decision.Kind, Decision.State
_STATE_FOR = {
    Kind.RELEASE: Delivery.State.HELD,
    Kind.GIVE_UP: Delivery.State.HELD,
    Kind.TAKE_BACK: Delivery.State.APPLIED,
}


class MayNotDecide(Exception):
    """This account does not run the import."""


class NotYourOwn(Exception):
    """Whoever asked cannot be the second person."""


class NotNow(Exception):
    """It is not, or no longer, as the page showed: another was faster, or the delivery moved on."""


def concerned(kind: Decision.Kind, delivery: Delivery) -> list[Delivery]:
    """The deliveries a decision is about: the held set, or what is undone, the newest first; () if none."""
    if delivery.state != _STATE_FOR[kind]:
        return []
    if kind == Kind.TAKE_BACK:
        return undoing.to_undo(delivery.pk)
    of_set = Delivery.objects.filter(set_id=delivery.set_id, state=Delivery.State.HELD)
    return list(of_set.order_by("feed", "as_of", "sequence"))


def ask(kind: Decision.Kind, delivery: UUID, together: Collection[UUID], *, by: Actor) -> Decision:
    """One operator's word; giving up needs no second one and is carried out at once.

    `together` is what the page showed as concerned; the same word twice is one. Raises MayNotDecide
    and NotNow.
    """
    account = _operator(by)
    open_ones = Decision.objects.filter(state__in=[State.ASKED, State.CONFIRMED])
    if same := open_ones.filter(delivery=delivery, kind=kind, asked_by=account).first():
        return same
    found = Delivery.objects.filter(pk=delivery).first()
    members = [each.pk for each in concerned(kind, found)] if found else []
    if not found or set(members) != set(together) or not members:
        raise NotNow
    alone = kind == Kind.GIVE_UP
    try:
        with transaction.atomic():
            return Decision.objects.create(
                delivery=found,
                kind=kind,
                state=State.CONFIRMED if alone else State.ASKED,
                together=members,
                asked_by=account,
                confirmed_at=timezone.now() if alone else None,
            )
    except IntegrityError as taken:
        raise NotNow from taken


def confirm(pk: UUID, *, by: Actor) -> Decision:
    """The second operator's word; said twice it is one. Raises MayNotDecide, NotYourOwn and NotNow."""
    account = _operator(by)
    if same := Decision.objects.filter(pk=pk, confirmed_by=account).first():
        return same
    with transaction.atomic():
        decision = _asked(pk)
        if decision.asked_by_id == account.pk:
            raise NotYourOwn
        members = concerned(Kind(decision.kind), decision.delivery)
        if {each.pk for each in members} == set(decision.together):
            decision.state, decision.confirmed_by = State.CONFIRMED, account
            decision.confirmed_at = timezone.now()
            decision.save()
            return decision
        _end(decision, State.WITHDRAWN, "依頼のあとに、対象の受領が変わったため取り下げました。")
    raise NotNow


def withdraw(pk: UUID, *, by: Actor) -> Decision:
    """Either of them lets it be. Raises MayNotDecide and NotNow."""
    _operator(by)
    with transaction.atomic():
        decision = _asked(pk)
        _end(decision, State.WITHDRAWN, "")
    return decision


def carry_out() -> int:
    """Carry out what is decided, oldest first; returns how many. Waits while an import runs."""
    done = 0
    waiting = Decision.objects.filter(state=State.CONFIRMED).order_by("confirmed_at")
    for pk in list(waiting.values_list("pk", flat=True)):
        try:
            done += _carry_out(pk)
        except ImportBusy:
            break
        except (decisions.NotHeld, decisions.NotApplied, decisions.LaterOnes):
            _fail(pk, "対象の受領が先に変わったため、何もしませんでした。")
        except decisions.TooLate:
            _fail(
                pk,
                "反映する前の行の控えが残っていないため、取り消せません。"
                "正しい全件を取り込んでください。",
            )
        except operators.NotTwoOperators as wrong:
            _fail(pk, str(wrong))
        except ImportFailed as failure:
            _fail(pk, f"データベースの異常でできませんでした（{failure}）。何も変えていません。")
    return done


def _carry_out(pk: UUID) -> bool:
    """What was done and its account of it are one transaction, so that a crash repeats or loses neither."""
    with decisions.working(), transaction.atomic():
        decision = Decision.objects.select_for_update().get(pk=pk)
        if decision.state != State.CONFIRMED:
            return False
        accounts = [each for each in (decision.asked_by, decision.confirmed_by) if each]
        match decision.kind:
            case Kind.RELEASE:
                message = _told(decisions.released(decision.delivery_id, accounts))
            case Kind.GIVE_UP:
                message = _told(decisions.given_up(decision.delivery_id, accounts[0]))
            case _:
                message = _take_back(decision, accounts)
        _end(decision, State.DONE, message)
    return True


def _take_back(decision: Decision, accounts: Sequence[Account]) -> str:
    members = {each.pk for each in undoing.to_undo(decision.delivery_id)}
    if members != set(decision.together):
        raise decisions.NotApplied
    undone = decisions.taken_back(decision.delivery_id, accounts, also_later=True)
    decision.protected, decision.seen = list(undone.protected), list(undone.recall.entries)
    decision.people = undone.recall.people
    return _told(undone.deliveries)


def _told(deliveries: Sequence[Delivery]) -> str:
    return "、".join(f"{each.file_name}：{each.get_state_display()}" for each in deliveries)


def _asked(pk: UUID) -> Decision:
    decision = Decision.objects.select_for_update().filter(pk=pk, state=State.ASKED).first()
    if decision is None:
        raise NotNow
    return decision


def _end(decision: Decision, state: Decision.State, message: str) -> None:
    decision.state, decision.message, decision.ended_at = state, message, timezone.now()
    decision.save()


def _fail(pk: UUID, message: str) -> None:
    decision = Decision.objects.get(pk=pk)
    if decision.state == State.CONFIRMED:
        _end(decision, State.FAILED, message)


def _operator(by: Actor) -> Account:
    account = Account.objects.filter(pk=by.account_id).first()
    if account is None or not operators.is_operator(account):
        raise MayNotDecide
    return account
