"""Background work of consent."""

from celery import shared_task

from consent import deciding, engagements, measure_ends, measure_sent, resealing


@shared_task
def close_expired_engagements() -> int:
    """Close engagements past their time, so that a forgotten window does not stay a way in."""
    return engagements.close_expired()


@shared_task
def lift_ended_measures() -> int:
    """End the protective measures two people have ended, once the hold is over; follow the core's."""
    return measure_ends.lift_due() + measure_sent.follow()


@shared_task
def carry_out_decisions() -> int:
    """Release, give up or take back what operators decided; one that waited for an import comes now."""
    return deciding.carry_out()


@shared_task
def reseal_measures() -> int:
    """Bring what a former key sealed about 支援措置 under the first one."""
    return resealing.seal_anew().renewed
