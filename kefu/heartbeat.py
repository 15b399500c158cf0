"""The clock's heart: each sweep that ended well beats, and few of the beats are written."""

from __future__ import annotations

import time
from typing import Any

from celery.signals import task_success
from django.utils import timezone

SWEEP = "flows.tasks.sweep"
EVERY = 5.0  # seconds between two writes of a process
_written = -EVERY


def beat(*, force: bool = False) -> None:
    """Write the clock's sign of life, unless this process has just done so."""
    global _written
    if not force and time.monotonic() - _written < EVERY:
        return
    from .models import Heartbeat

    Heartbeat.objects.update_or_create(pk=Heartbeat.CLOCK, defaults={"at": timezone.now()})
    _written = time.monotonic()


def listen() -> None:
    """Connected once the apps are ready."""
    task_success.connect(_swept, dispatch_uid="kefu.heartbeat")


def _swept(sender: Any = None, **_kwargs: Any) -> None:
    if sender is not None and sender.name == SWEEP:
        beat()
