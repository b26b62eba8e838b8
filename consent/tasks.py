"""Background work of consent."""

from celery import shared_task

from consent import engagements


@shared_task
def close_expired_engagements() -> int:
    """Close engagements past their time, so that a forgotten window does not stay a way in."""
    return engagements.close_expired()
