"""What runs by itself, and how often. A task finds its own work, so a missed turn costs nothing."""

SCHEDULE = {
    "close expired engagements": {
        "task": "consent.tasks.close_expired_engagements",
        "schedule": 300.0,
    },
}
