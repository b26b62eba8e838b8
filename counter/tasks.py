"""Background work over all layers."""

from celery import shared_task
from django.utils import timezone

from counter import retention


@shared_task
def dispose() -> None:
    """Dispose of what is over its time; a night that broke off is gone on with by the next one."""
    for _outcome in retention.dispose(timezone.now()):
        pass
