"""The desk's tasks, rung by Celery and by what happens to tickets."""

from __future__ import annotations

import threading

from celery import shared_task
from django.db import close_old_connections
from django.utils import timezone

from rows.bell import Bell

from .assign.giving import assign_due
from .figures import counting

_asked, _busy = threading.Event(), threading.Lock()


@shared_task(name="tickets.tasks.assign", ignore_result=True)
def assign() -> None:
    """Give out what waits. One at a time in a process: a second ring makes the first look once more."""
    _asked.set()
    if not _busy.acquire(blocking=False):
        return
    try:
        close_old_connections()
        while _asked.is_set():
            _asked.clear()
            now = timezone.now()
            assign_due(at=now, now=now)
    finally:
        _busy.release()


bell = Bell(lambda: assign.apply_async(expires=5))


@shared_task(name="tickets.tasks.count_figures", ignore_result=True)
def count_figures() -> None:
    """Bring the figures up to now."""
    close_old_connections()
    counting.count(at=timezone.now())
