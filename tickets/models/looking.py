"""Who looks at a ticket just now, and whom a note has called."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Looking(models.Model):
    """One person at one ticket's page: written over every few seconds, worth nothing half a minute later."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, db_index=False, related_name="+")
    ticket = models.ForeignKey("tickets.Ticket", models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()
    typing = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "ticket"], name="looking_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.ticket_id}"


class Mention(models.Model):
    """A colleague, by login, whom a note calls; until they have opened the ticket."""

    ticket = models.ForeignKey("tickets.Ticket", models.PROTECT, related_name="+")
    name = models.CharField(max_length=150)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["name"], name="mention_unseen", condition=models.Q(seen_at=None))]

    def __str__(self) -> str:
        return f"{self.ticket_id} @{self.name}"
