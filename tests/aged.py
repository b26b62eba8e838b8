"""Rows as old as asked for, one kind for each retention rule."""

from datetime import UTC, date
from uuid import uuid4

from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from consent import engagements, measures
from consent import retention as holds
from consent.models import AccessEntry, Account, Decision, Engagement, FactorReset, RetentionHold
from lifeevents.finishing import finish
from lifeevents.models import Answer, Bundle, Submission
from residents.models import BeforeImage, Delivery, Protection, Rejection
from tests import makers

TIMES = {"finished": "finished_at", "submitted": "submitted_at"}


class Aged:
    """aged.make(code, at, person): a row the rule is for, counted from `at`; its model and key."""

    def __init__(self, clerk, officer):
        self.clerk, self.officer = clerk, officer

    def make(self, code, at, person):
        return getattr(self, code)(at, person)

    def rejection(self, at, person, **changes):
        delivery = makers._delivery("juki", at)
        delivery.save()
        Delivery.objects.filter(pk=delivery.pk).update(received_at=at)
        columns = {"宛名番号": person.number, "氏名": person.name}
        made = Rejection.objects.create(
            delivery=delivery, line=2, reason="x", message="x", columns=columns, **changes
        )
        return Rejection, made.pk

    def rejection_resolved(self, at, person):
        return self.rejection(at, person, resolved_at=at)

    def before_image(self, at, person):
        delivery = makers._delivery("juki", at)
        delivery.applied_at = at
        delivery.save()
        image = {"table": "residents_resident", "ref": person.pk, "row": {"name": person.name}}
        return BeforeImage, BeforeImage.objects.create(delivery=delivery, **image).pk

    def gone_resident(self, at, person):
        return _set(person, gone_at=at)

    def gone_holding(self, at, person):
        return _set(makers.make_holding(person, "pension"), gone_at=at)

    def ended_protection(self, at, person):
        delivery = makers._delivery("protection", at)
        delivery.save()
        return Protection, makers.make_protection(person, kind="3", delivery=delivery).pk

    def draft_desk(self, at, person, state="open", **changes):
        made = makers.make_bundle(person, self.clerk)
        if state == "finished":
            finish(made, version=made.version, by=self.clerk, leave_open=True)
        if state in ("submitted", "finished"):
            Submission.objects.create(bundle=made, content={})
        Answer.objects.filter(bundle=made).update(at=at)
        counted = {"started_at": at, TIMES.get(state, "started_at"): at}
        return _set(made, state=state, **counted, **changes)

    def draft_online(self, at, person):
        return self.draft_desk(at, person, channel=Bundle.Channel.ONLINE)

    def taken_over(self, at, person):
        return self.draft_desk(at, person, channel=Bundle.Channel.ONLINE, submitted_at=at)

    def cancelled(self, at, person):
        return self.draft_desk(at, person, "cancelled")

    def submitted(self, at, person):
        return self.draft_desk(at, person, "submitted")

    def finished(self, at, person):
        return self.draft_desk(at, person, "finished")

    def log_detail(self, at, person):
        return AccessEntry, old_entry(at, person.pk)

    def engagement(self, at, person):
        made = engagements.begin("trial", [person.pk], reference="R-1", by=self.clerk)
        _set(made, closed_at=at)
        return Engagement, made.pk

    def resident_account(self, at, person):
        return self._account(at, kind="resident", ref=person.pk)

    def former_staff(self, at, person):
        return self._account(at, kind="staff", is_active=False)

    def ended_measure(self, at, person):
        made = measures.set_up(wish(person), by=self.officer)
        second = Account.objects.get(username="kato")
        people = {"asked_by": self.officer.account_id, "confirmed_by": second}
        return _set(made, ended_at=at, lifts_at=at, **people)

    def held_delivery(self, at, person):
        delivery = makers._delivery("juki", at)
        delivery.save()
        return _set(delivery, state="held", received_at=at, applied_at=None)

    def decision(self, at, person):
        delivery = makers._delivery("juki", at)
        delivery.save()
        made = Decision.objects.create(
            delivery=delivery, kind="take_back", asked_by_id=self.clerk.account_id,
            state="done", confirmed_by_id=self.officer.account_id, protected=[person.pk],
        )  # fmt: skip
        return _set(made, ended_at=at)

    def lifted_hold(self, at, person):
        return self.past_hold(timezone.now(), person, lifted_at=at)

    def past_hold(self, at, person, **changes):
        until = timezone.localdate(at)
        made = holds.place(why="訴訟", until=until, by=self.clerk, bundle="20200101-0001")
        return _set(RetentionHold.objects.get(pk=made), **changes)

    def session(self, at, person):
        made = Session.objects.create(session_key=uuid4().hex, session_data="", expire_date=at)
        return Session, made.pk

    def sign_in_attempt(self, at, person):
        made = AccessAttempt.objects.create(username=str(uuid4()), failures_since_start=1)
        return _set(made, attempt_time=at)

    def sign_in_failure(self, at, person):
        return _set(AccessFailureLog.objects.create(username=str(uuid4())), attempt_time=at)

    def sign_in(self, at, person):
        return _set(AccessLog.objects.create(username=str(uuid4())), attempt_time=at)

    def former_factor(self, at, person):
        _, user = self._account(timezone.now(), kind="staff", is_active=False)
        made = Authenticator.objects.create(user_id=user, type="totp", data={})
        return _set(made, created_at=at, last_used_at=at)

    def factor_reset(self, at, person):
        _, lost = self._account(timezone.now(), kind="staff")
        made = FactorReset.objects.create(account_id=lost, asked_by_id=self.clerk.account_id)
        return _set(made, asked_at=at, decided_at=at)

    def _account(self, at, **changes):
        made = Account.objects.create(username=str(uuid4()), display_name="消える　名", **changes)
        return _set(made, date_joined=at, last_login=at)


def wish(applicant, *together, against=(), kind="1", starts_on=date(2026, 11, 22)):
    """支援措置 asked for by someone, for themself and those with them."""
    return measures.Wish(
        applicant=applicant.pk,
        together=tuple(each.pk for each in together),
        against=against,
        kind=kind,
        cause="violence",
        opinion="police" if kind == "1" else "",
        scopes=measures.SCOPES,
        starts_on=starts_on,
    )


def old_entry(at, ref):
    """An AccessEntry of long ago about one person, as the door wrote it then; its id."""
    entry = uuid4()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO consent_accessentry (id, at, action, actor_kind, account_id, role, office,"
            " terminal, channel, purpose, reference, reason, found_by, engagement, search_id)"
            " VALUES (%s, %s, 'reveal', 'staff', 1, 'senior', '市民課', '1番窓口', 'desk', 'birth',"
            " '20190101-0001', '届出の審査', '', %s, %s)",
            [entry, at.astimezone(UTC), uuid4(), uuid4()],
        )
        cursor.execute(
            "INSERT INTO consent_accesssubject (entry_id, ref, categories) VALUES (%s, %s, %s)",
            [entry, ref, ["basic"]],
        )
    return entry


def _set(made, **columns):
    type(made)._base_manager.filter(pk=made.pk).update(**columns)
    return type(made), made.pk
