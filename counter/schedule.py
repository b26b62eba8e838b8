"""What runs by itself, and how often. A task finds its own work, so a missed turn costs nothing."""

from typing import Any


def _every(seconds: int, task: str) -> dict[str, Any]:
    # Turns that pile up while no worker runs are dropped: the next one does their work.
    return {"task": task, "schedule": float(seconds), "options": {"expires": seconds}}


SCHEDULE = {
    "take in what the core systems delivered": _every(60, "residents.tasks.sync_inbox"),
    "close expired engagements": _every(300, "consent.tasks.close_expired_engagements"),
}
