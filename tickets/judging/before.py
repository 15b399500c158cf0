"""Before a reply leaves: what the rules say of it. What they block goes only with a lead's reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from flows.effects import Refused
from flows.table import Who
from shops import policy
from shops.access import is_key
from shops.models import Member
from shops.punctuation import listed

from ..checking import checks
from ..models import Ticket
from ..quality import Finding, Scene, Severity, check
from . import rules, talks

SHORTEST_WHY = 2


def findings(ticket: Ticket, words: str, at: datetime) -> list[Finding]:
    """Everything that stands against this draft: four statements."""
    said = talks.lately(ticket)
    calendar = policy.of(ticket.shop_id).calendar
    scene = Scene(ticket.kind, ticket.channel, talks.lines(ticket, said, calendar), _promised(ticket, at))
    return check(words, scene, rules.holding(ticket.shop_id).rules)


def blocked(ticket: Ticket, words: str, at: datetime) -> list[Finding]:
    """Those that keep the words from leaving. One statement, four where there is something to look at twice."""
    holding = rules.holding(ticket.shop_id)
    blocking = [rule for rule in holding.rules if rule.severity is Severity.BLOCK and rule.patterns]
    if not check(words, Scene(ticket.kind), blocking):
        return []
    return [finding for finding in findings(ticket, words, at) if finding.severity is Severity.BLOCK]


def _promised(ticket: Ticket, at: datetime) -> Any:
    zone = policy.of(ticket.shop_id).calendar.zone
    return rules.promises(ticket.shop_id, at.astimezone(zone).date())


@checks
def look(ticket: Ticket, words: str, given: Mapping[str, Any]) -> None:
    """A lead who says why may send what the rules block; the reason is kept with the message."""
    if not words or not (stopped := blocked(ticket, words, ticket.moment)):
        return
    if len(str(given.get("why") or "").strip()) >= SHORTEST_WHY and leads(ticket):
        return
    raise Refused(
        _("有不能发的内容：%s。请改写；确需发送的，由主管填写原因后发送。")
        % listed(_("“%(passage)s”（%(rule)s）") % {"passage": f.passage, "rule": f.label} for f in stopped)
    )


def leads(ticket: Ticket) -> bool:
    """Whether who takes the step under way leads the shop, in whichever of several roles they answer."""
    if ticket.caller == Who.LEAD:
        return True
    if not ticket.actor or is_key(ticket.actor):
        return False
    roles = Member.objects.filter(shop=ticket.shop_id, user__username=ticket.actor).values_list("roles", flat=True)
    return any("lead" in held for held in roles)
