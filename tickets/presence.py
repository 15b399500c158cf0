"""Who else is at a ticket's page: told by each page's own live question, forgotten half a minute after the last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from .models import Looking

LASTS = timedelta(seconds=30)


@dataclass(frozen=True)
class Here:
    """A colleague who looks at the ticket."""

    login: str
    name: str
    typing: bool

    @property
    def initials(self) -> str:
        """What stands in the circle: the last two characters of a Chinese name, the first two of a login."""
        return self.name[-2:] if not self.name.isascii() else self.name[:2].upper()


def look(ticket: int, user: int, at: datetime, *, typing: bool = False) -> None:
    """This person looks at it now: one statement."""
    Looking.objects.bulk_create(
        [Looking(ticket_id=ticket, user_id=user, seen_at=at, typing=typing)], update_conflicts=True,
        unique_fields=["user", "ticket"], update_fields=["seen_at", "typing"],
    )  # fmt: skip


def forget(user: int, at: datetime) -> None:
    """What this person no longer looks at: so the table has a few rows for everybody who works."""
    Looking.objects.filter(user=user, seen_at__lt=at - LASTS).delete()


def others(ticket: int, user: int, at: datetime) -> list[Here]:
    """Who else looks at it: one statement."""
    rows = Looking.objects.filter(ticket=ticket, seen_at__gt=at - LASTS).exclude(user=user).select_related("user")
    return [Here(r.user.get_username(), name_of(r.user), r.typing) for r in rows.order_by("pk")]


def name_of(user: Any) -> str:
    return str(user.get_full_name() or user.get_username())


def stamp(here: Sequence[Here]) -> str:
    """The same while the same people do the same."""
    return ".".join(f"{h.login}{'*' if h.typing else ''}" for h in here)
