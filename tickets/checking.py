"""Who looks at a reply before it leaves: each may refuse it, in words for the agent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .models import Ticket

# (ticket, words, what came with them: "why", "quick_reply" …) raises flows.effects.Refused
Check = Callable[[Ticket, str, Mapping[str, Any]], None]
CHECKS: list[Check] = []


def checks(check: Check) -> Check:
    """Register a look at every reply that a person sends."""
    CHECKS.append(check)
    return check


def look(ticket: Ticket, words: str, given: Mapping[str, Any], among: Sequence[Check] = CHECKS) -> None:
    for check in among:
        check(ticket, words, given)
