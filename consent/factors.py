"""The second factor of a member of staff (二要素認証): six digits of a phone, a passkey, spare codes.

Sources: RFC 6238 (TOTP, a code is good once), NIST SP 800-63B-4 §3.2.4 and §4.2 (recovery).
"""

from __future__ import annotations

import logging
import unicodedata
from hmac import compare_digest

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt, encrypt
from django.db import transaction

from consent.models import Account

TOTP, PASSKEY, SPARE = (
    Authenticator.Type.TOTP.value,
    Authenticator.Type.WEBAUTHN.value,
    Authenticator.Type.RECOVERY_CODES.value,
)
LAST = "last_step"
"""In a TOTP factor's data: the 30 seconds whose code was used last. Nothing older is taken again."""
SEALED = ("secret", "seed")
log = logging.getLogger(__name__)


class WrongCode(Exception):
    """The digits are none of this account's codes now."""


class UsedCode(WrongCode):
    """The digits were right, and have been used."""


def kinds(account: Account) -> set[str]:
    """Which kinds of factor the account has: of TOTP, PASSKEY and SPARE."""
    return set(Authenticator.objects.filter(user=account).values_list("type", flat=True))


def is_enrolled(account: Account) -> bool:
    """Whether the account can prove a second factor; spare codes alone are none."""
    return bool(kinds(account) - {SPARE})


def enrolled() -> set[int]:
    """The accounts that can prove a second factor."""
    rows = Authenticator.objects.exclude(type=SPARE)
    return set(rows.values_list("user_id", flat=True))


def new_secret() -> str:
    """A fresh TOTP secret in base32."""
    return totp.generate_totp_secret()


@transaction.atomic
def enrol(account: Account, secret: str, code: str) -> None:
    """Make the phone that shows `code` the account's only one. Raises WrongCode."""
    step = _step_of(secret, _digits(code))
    if step is None:
        raise WrongCode
    Authenticator.objects.filter(user=account, type=TOTP).delete()
    made = totp.TOTP.activate(account, secret).instance
    made.data[LAST] = step
    made.save()
    log.info("Account %s enrolled a phone.", account.pk)


@transaction.atomic
def spare_codes(account: Account) -> list[str]:
    """Ten fresh codes, each good once, in place of the former ones; to be shown once."""
    Authenticator.objects.filter(user=account, type=SPARE).delete()
    log.info("Account %s got spare codes.", account.pk)
    return list(RecoveryCodes.activate(account).generate_codes())


@transaction.atomic
def prove(account: Account, code: str) -> str:
    """Use a code of the account's phone or a spare one; its kind. Raises WrongCode or UsedCode."""
    digits = _digits(code)
    rows = {row.type: row for row in _locked(account)}
    if TOTP in rows and _uses_step(rows[TOTP], digits):
        kind = TOTP
    elif SPARE in rows and RecoveryCodes(rows[SPARE]).validate_code(digits):
        kind = SPARE
    else:
        raise WrongCode
    used = Authenticator.objects.get(pk=rows[kind].pk)
    _seal_anew(used)
    used.record_usage()
    return kind


def spare_codes_left(account: Account) -> int:
    """How many spare codes have not been used."""
    row = Authenticator.objects.filter(user=account, type=SPARE).first()
    return len(RecoveryCodes(row).get_unused_codes()) if row else 0


def secret_of(account: Account) -> str | None:
    """The TOTP secret in plain, for the demo's accounts only; None if there is no phone."""
    assert account.demo
    row = Authenticator.objects.filter(user=account, type=TOTP).first()
    return decrypt(row.data["secret"]) if row else None


def demo_code(account: Account) -> str | None:
    """The first code a demo account may use now; None if those of this minute are used up."""
    row = Authenticator.objects.filter(user=account, type=TOTP).first()
    secret = secret_of(account)
    if row is None or secret is None:
        return None
    here = list(totp.yield_hotp_counters_from_time())
    middle = here[len(here) // 2]
    fresh = [step for step in here if step > row.data.get(LAST, 0) and step >= middle]
    return totp.format_hotp_value(totp.hotp_value(secret, fresh[0])) if fresh else None


def make_demo_phone(account: Account) -> None:
    """Give a demo account without any factor a phone whose secret the demo publishes."""
    assert account.demo
    if not is_enrolled(account):
        totp.TOTP.activate(account, new_secret())


@transaction.atomic
def take_away(account: Account) -> None:
    """Remove every factor: the next sign-in enrols anew."""
    Authenticator.objects.filter(user=account).delete()
    log.info("Account %s lost its second factors.", account.pk)


def _locked(account: Account) -> list[Authenticator]:
    found = Authenticator.objects.select_for_update().filter(user=account, type__in=(TOTP, SPARE))
    return list(found)


def _uses_step(row: Authenticator, digits: str) -> bool:
    """Whether the digits are the phone's; the row then remembers them. Raises UsedCode.

    allauth remembers used codes in the cache, which each web process has of its own and which
    forgets them while their neighbours are still taken.
    """
    step = _step_of(decrypt(row.data["secret"]), digits)
    if step is None:
        return False
    if step <= row.data.get(LAST, 0):
        raise UsedCode
    row.data[LAST] = step
    row.save(update_fields=["data"])
    return True


def _step_of(secret: str, digits: str) -> int | None:
    for step in totp.yield_hotp_counters_from_time():
        if compare_digest(totp.format_hotp_value(totp.hotp_value(secret, step)), digits):
            return int(step)
    return None


def _seal_anew(row: Authenticator) -> None:
    """Under the first of FIELD_KEYS, so that a former one can be taken away after a while."""
    row.data |= {name: encrypt(decrypt(row.data[name])) for name in SEALED if name in row.data}
    row.save(update_fields=["data"])


def _digits(code: str) -> str:
    """What was typed as ASCII digits: an IME gives full-width ones, phones show a gap."""
    folded = unicodedata.normalize("NFKC", code)
    return "".join(each for each in folded if each in "0123456789")
