"""The outbox's task and its bell."""

from __future__ import annotations

import threading

from celery import shared_task
from django.utils import timezone

from rows.bell import Bell

from . import listening, send

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


@shared_task(name="outbox.tasks.listen", ignore_result=True)
def listen() -> None:
    """Hear within the house what has happened, until nothing is due."""
    while listening.listen(at=timezone.now()) == listening.BATCH:
        pass


listen_bell = Bell(lambda: listen.apply_async(expires=5))
bell = Bell(lambda: deliver.apply_async(expires=5))
ring = bell.ring
