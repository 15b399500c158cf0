"""Each agent's figures of quality: the mean score, and how many answers came within 15 s and 20 s."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Avg, Count, Q, Sum

from ..models import QualityShare
from ..quality.figures import FIRST_LIMIT


@dataclass(frozen=True)
class OfAgent:
    """talks: conversations in which they spoke. score: mean of 0 to 100. answers: owed to waiting customers; in_time:
    within 15 s (the first) or 20 s of working time. first: mean seconds of first answers; firsts_in_time of firsts."""

    agent: str
    talks: int
    score: float
    answers: int
    in_time: int
    waited: int
    firsts: int
    firsts_in_time: int
    first: float | None

    @property
    def share(self) -> float | None:
        return self.in_time / self.answers if self.answers else None

    @property
    def average(self) -> float | None:
        return self.waited / self.answers if self.answers else None


def by_agent(shops: Iterable[int], begin: datetime, end: datetime) -> list[OfAgent]:
    """Of conversations closed in [begin, end), the lowest score first: one statement."""
    rows = (
        QualityShare.objects.filter(shop__in=sorted(shops), at__gte=begin, at__lt=end)
        .values("agent")
        .annotate(
            talks=Count("pk"), mean=Avg("score"), owed=Sum("answers"), timely=Sum("in_time"), seconds=Sum("waited"),
            firsts=Count("first"), firsts_in_time=Count("pk", filter=Q(first__lte=FIRST_LIMIT)),
            mean_first=Avg("first"),
        )
        .order_by("mean", "agent")
    )  # fmt: skip
    return [
        OfAgent(
            row["agent"], row["talks"], row["mean"], row["owed"], row["timely"], row["seconds"], row["firsts"],
            row["firsts_in_time"], row["mean_first"],
        )
        for row in rows
    ]  # fmt: skip
