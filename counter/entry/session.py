"""How long a member of staff stays signed in: not longer idle than allowed, never a whole night.

The limits are kept in the session on the server; a cookie that lives on opens nothing.
Sources: trust.md §5.5; NIST SP 800-63B-4 §2.2.3 (inactivity and overall timeouts).
"""

from __future__ import annotations

import time
from collections.abc import MutableMapping
from typing import Any

from django.conf import settings

ENTERED = "entered"
"""In the session of whoever proved both factors: when that was, when a factor was last proved, and when
something was last done."""
IDLE, TOO_LONG, UNPROVED = "idle", "long", "unproved"
FRESH = 300
"""Seconds for which a proof is good for what is hard to undo."""
WARNING = 120
"""Seconds before the end at which it is said (WCAG 2.2.1 asks for 20)."""
GRAIN = 30
"""Seconds within which being busy is not written again."""

Session = MutableMapping[str, Any]


def begin(session: Session) -> None:
    """Note that both factors have been proved now."""
    now = time.time()
    session[ENTERED] = {"at": now, "proved": now, "seen": now}


def over(session: Session) -> str | None:
    """Why a session of staff is no longer good, or None: UNPROVED, IDLE or TOO_LONG."""
    entered, now = session.get(ENTERED), time.time()
    if entered is None:
        return UNPROVED
    if now - entered["at"] >= settings.SESSION_COOKIE_AGE:
        return TOO_LONG
    if now - entered["seen"] >= settings.STAFF_IDLE_SECONDS:
        return IDLE
    return None


def keep(session: Session) -> None:
    """Note that something was done."""
    if time.time() - session[ENTERED]["seen"] >= GRAIN:
        stay(session)


def stay(session: Session) -> None:
    """Begin the idle time anew at once."""
    session[ENTERED] = {**session[ENTERED], "seen": time.time()}


def note_proof(session: Session) -> None:
    """Note that the second factor has been proved once more."""
    session[ENTERED] = {**session[ENTERED], "proved": time.time()}


def is_proof_fresh(session: Session) -> bool:
    """Whether the second factor was proved minutes ago."""
    return bool(time.time() - session[ENTERED]["proved"] < FRESH)


def left(session: Session) -> int:
    """Seconds until the session ends if nothing is done."""
    entered, now = session[ENTERED], time.time()
    idle = entered["seen"] + settings.STAFF_IDLE_SECONDS
    return max(0, round(min(idle, entered["at"] + settings.SESSION_COOKIE_AGE) - now))
