"""In the composer: hints below the words while they are written, and a lead's reason for what the rules block."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from shops.scoped_admin import caller_of

from ..asks import LONGEST_WORDS
from ..models import Ticket
from ..quality import Severity
from ..slots import Slot, register
from . import before, shown


class Hints(Slot):
    """Asks nothing of the database: htmx does, once words stand there."""

    name = "quality"
    template = "desk/quality/slot.html"

    def bring(self, request: HttpRequest, ticket: Ticket, case: Any) -> dict[str, Any]:
        leads = "lead" in caller_of(request).roles_in(ticket.shop_id)
        return {"address": reverse("admin:tickets_qualityfinding_check", args=[ticket.pk]), "leads": leads}


register(Hints())


def hints(request: HttpRequest, ticket: Ticket, words: str, at: datetime) -> dict[str, Any]:
    """What the partial shows of this draft."""
    draft = words[:LONGEST_WORDS]
    findings = before.findings(ticket, draft, at) if draft.strip() else []
    worst_first = sorted(findings, key=lambda finding: finding.severity is not Severity.BLOCK)
    found = [shown.hint(draft, finding) for finding in worst_first]
    return {
        "hints": found,
        "blocked": any(one.finding.severity is Severity.BLOCK for one in found),
        "leads": "lead" in caller_of(request).roles_in(ticket.shop_id),
    }
