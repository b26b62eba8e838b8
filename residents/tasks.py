"""Background work of the register."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from residents.importing import inbox
from residents.importing.refusal import ImportBusy


@shared_task
def sync_inbox() -> None:
    """Take in what the core systems have left in the inbox; safe to run at any time, twice too."""
    try:
        inbox.look(settings.INBOX, timezone.now())
    except ImportBusy:
        # The import that runs now is the work; the next beat looks again.
        return
