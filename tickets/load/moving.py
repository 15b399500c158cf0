"""A lead moves tickets to somebody, or back into the queue: one result a ticket."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from flows import engine
from flows.batch import Result
from flows.table import Who
from flows.wants import Want
from shops.access import Caller
from shops.models import Member
from shops.roles import ANSWERS

from ..models import Ticket
from ..tables import TICKET


def move(
    tickets: Sequence[Ticket], to: str, *, caller: Caller, why: str, at: datetime, versions: Mapping[int, int]
) -> list[Result]:
    """tickets: of shops that the caller leads. to: a login, "" for the queue. -> in their order, what became of each.

    Somebody's capacity does not bind a lead, who sees it and decides.
    """
    here = _shops_of(to) if to else frozenset(t.shop_id for t in tickets)
    found = {t.pk: Result(t, _("%s 不是这个店铺的客服") % to) for t in tickets if t.shop_id not in here}
    step, inputs = ("assign", {"to": to, "why": why}) if to else ("release", {"why": why})
    wants = [Want(t.pk, inputs, version=versions.get(t.pk), why=why) for t in tickets if t.pk not in found]
    taken = engine.take_many(TICKET, step, wants, who=Who.LEAD, by=caller.by, at=at) if wants else []
    for t in taken:
        refused = _("出错了，没有改动，请稍后再试") if t.error else t.why
        found[t.subject.pk] = Result(t.subject, "" if t.moved else refused)
    return [found[t.pk] for t in tickets if t.pk in found]


def _shops_of(login: str) -> frozenset[int]:
    """The shops whose customers this person answers."""
    held = Member.objects.filter(user__username=login, user__is_active=True).values_list("shop", "roles")
    return frozenset(shop for shop, roles in held if ANSWERS & set(roles))
