"""The bells of the refunds that wait out their window, and of the questions to courier services."""

from __future__ import annotations

import threading

from celery import shared_task
from django.db import close_old_connections
from django.utils import timezone

from .couriers import working
from .money.window import BATCH, send_due


@shared_task(name="orders.tasks.send_due", ignore_result=True)
def send_due_task() -> None:
    """Send what may go, a batch at a time until nothing is left."""
    close_old_connections()
    while send_due(at=timezone.now()) == BATCH:
        pass


_busy = threading.Lock()


@shared_task(name="orders.tasks.ask_couriers", ignore_result=True)
def ask_couriers() -> None:
    """Ask what is due. One at a time in a process: a service that is slow shall not keep all threads."""
    if not _busy.acquire(blocking=False):
        return
    try:
        close_old_connections()
        working.run(at=timezone.now())
    finally:
        _busy.release()
