"""The bell of the refunds that wait out their window."""

from __future__ import annotations

from celery import shared_task
from django.db import close_old_connections
from django.utils import timezone

from .money.window import BATCH, send_due


@shared_task(name="orders.tasks.send_due", ignore_result=True)
def send_due_task() -> None:
    """Send what may go, a batch at a time until nothing is left."""
    close_old_connections()
    while send_due(at=timezone.now()) == BATCH:
        pass
