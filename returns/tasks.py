"""The clock's small work of this floor, rung by Celery."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from . import store


@shared_task(name="returns.tasks.sweep_files", ignore_result=True)
def sweep_files_task() -> int:
    """-> files removed that no row names."""
    return store.sweep(timezone.now())
