"""The clock's bell: the rows remember, this only looks."""

from __future__ import annotations

import time

from celery import shared_task
from django.db import close_old_connections
from django.utils import timezone

from .recount import follow_calendar
from .sweep import BATCH, sweep

PATIENCE = 50  # seconds that one task may go on; the next one takes over


@shared_task(name="flows.tasks.sweep", ignore_result=True)
def sweep_task() -> int:
    """Sweep until nothing is due. -> rows claimed."""
    close_old_connections()
    end, total = time.monotonic() + PATIENCE, 0
    while time.monotonic() < end:
        claimed = sweep(at=timezone.now())
        total += claimed
        if claimed < BATCH:
            break
    return total


@shared_task(name="flows.tasks.follow_calendar", ignore_result=True)
def follow_calendar_task() -> int:
    """Recount the clocks of shops whose calendar has changed. -> clocks that moved."""
    close_old_connections()
    return follow_calendar(at=timezone.now())
