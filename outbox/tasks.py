"""The outbox's task and its bell."""

from __future__ import annotations

import threading

from celery import shared_task

from rows.bell import Bell

from . import send

_asked, _busy = threading.Event(), threading.Lock()


@shared_task(name="outbox.tasks.deliver", ignore_result=True)
def deliver() -> None:
    """Deliver until nothing is due. One at a time in a process: a second ring makes the first look once more."""
    _asked.set()
    if not _busy.acquire(blocking=False):
        return
    try:
        while _asked.is_set():
            _asked.clear()
            send.deliver()
    finally:
        _busy.release()


bell = Bell(lambda: deliver.apply_async(expires=5))
ring = bell.ring
