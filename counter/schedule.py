"""What runs by itself, and how often. A task finds its own work, so a missed turn costs nothing."""

from typing import Any

from celery.schedules import crontab


def _every(seconds: int, task: str) -> dict[str, Any]:
    # Turns that pile up while no worker runs are dropped: the next one does their work.
    return {"task": task, "schedule": float(seconds), "options": {"expires": seconds}}


SCHEDULE = {
    "take in what the core systems delivered": _every(60, "residents.tasks.sync_inbox"),
    "carry out what operators decided": _every(60, "consent.tasks.carry_out_decisions"),
    "dispose of what is over its time": {
        "task": "counter.tasks.dispose",
        "schedule": crontab(hour="3", minute="40"),
    },
    "end protective measures whose hold is over": _every(300, "consent.tasks.lift_ended_measures"),
    "seal measures anew after a change of keys": {
        "task": "consent.tasks.reseal_measures",
        "schedule": crontab(hour="4", minute="20"),
    },
    "close expired engagements": _every(300, "consent.tasks.close_expired_engagements"),
}
