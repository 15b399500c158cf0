"""The bell of the inbox."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from rows.bell import Bell


@shared_task(name="hooks.tasks.apply", ignore_result=True)
def apply() -> None:
    """Apply what has come."""
    from .process import run  # what the view needs of this module is the bell alone

    run(at=timezone.now())


BELL = Bell(apply.delay)
