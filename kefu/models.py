"""That the clock is alive, in a place that every process sees."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models

SILENT = timedelta(minutes=2)  # promise I-47


class Heartbeat(models.Model):
    """When a part of the deployment was last heard: `clock` is the sweep."""

    CLOCK = "clock"
    name = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.at:%F %T}"


def last_beat() -> datetime | None:
    """The clock's last sign of life; None where it has never run here."""
    return Heartbeat.objects.filter(pk=Heartbeat.CLOCK).values_list("at", flat=True).first()


def is_silent(last: datetime | None, now: datetime) -> bool:
    return last is None or now - last > SILENT
