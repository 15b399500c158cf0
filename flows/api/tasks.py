"""Answers that were kept for repeated requests are emptied when nobody repeats them any more."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from .keys import forget

KEPT = timedelta(days=7)


@shared_task(name="flows.api.tasks.forget", ignore_result=True)
def forget_task() -> int:
    """-> answers emptied; their keys stay taken."""
    return forget(timezone.now() - KEPT)
