"""Background work of consent."""

from celery import shared_task

from consent import engagements, measures


@shared_task
def close_expired_engagements() -> int:
    """Close engagements past their time, so that a forgotten window does not stay a way in."""
    return engagements.close_expired()


@shared_task
def lift_ended_measures() -> int:
    """End the protective measures two people have ended, once the hold is over."""
    return measures.lift_due()
