from celery import current_app

from counter.schedule import SCHEDULE


def test_every_scheduled_task_exists():
    current_app.loader.import_default_modules()

    assert {entry["task"] for entry in SCHEDULE.values()} <= set(current_app.tasks)
