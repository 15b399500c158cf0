"""What is asked of the door for one subject, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(slots=True)
class Want:
    """One subject's share of a step. at: when it happened, where not at the door's time; version: what was seen."""

    pk: int
    inputs: Mapping[str, Any] = field(default_factory=dict)
    at: datetime | None = None
    version: int | None = None
    trigger: str = ""
    why: str = ""


@dataclass(slots=True)
class Taken:
    """What became of one subject. why "" and moved: it took `step`; else `code` and `why` say why it did not."""

    subject: Any
    moved: bool = False
    step: str = ""
    why: str = ""
    code: str = ""  # Refused's, or of a report: "outranked", "again" (one more of what moved it last), "error"
    recorded: bool = False  # a report left something behind, whether or not it moved
    error: Exception | None = None

    @property
    def noted(self) -> bool:
        """A fact that moved nothing, since a stronger one is known or it says the same: recorded, not refused."""
        return self.code in ("outranked", "again")
