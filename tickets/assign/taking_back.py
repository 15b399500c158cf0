"""Who has gone loses the tickets on which a customer still waits: what they had when they went, and no more."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from flows import engine
from flows.table import Who
from flows.wants import Want
from shops import durations
from shops.models import Member

from ..models import QueuePolicy, Seat, Status, Ticket
from ..states import OWED
from ..tables import TICKET
from .rules import DEFAULT, Rule, Rules, rules_of

BATCH = 500


def take_back(*, at: datetime, now: datetime) -> int:
    """-> how many tickets went back into the queue.

    Gone is who has said so, who has given no sign of life for longer than the ticket's queue bears, whose login is
    closed, and who is of the shop no more. What somebody claimed, or was given by a lead, after they had gone stays
    theirs: it was meant so. Under the version that was seen, so that an answer of the same moment stands.
    """
    return _from_who_left(at) + _from_who_is_away(at, now)


def _from_who_left(at: datetime) -> int:
    """Whoever is a member of the shop no more sees its tickets no more, however busy they are in another one; but for
    who sees all shops."""
    found = list(held_by_who_left().order_by("pk").values_list("pk", "version", "agent")[:BATCH])
    return _release([(pk, version, _("%s 已不在这家店铺，收回") % agent) for pk, version, agent in found], at)


def held_by_who_left() -> QuerySet[Ticket]:
    """Asked every second: reads those on which a customer waits (the index `ticket_held`), not all that ever were."""
    members = Member.objects.filter(shop=OuterRef("shop"), user__username=OuterRef("agent"))
    people = Seat.objects.filter(user__username=OuterRef("agent"), user__is_superuser=False)
    owed = Ticket.objects.filter(state__in=OWED, waiting_since__isnull=False).exclude(agent="")
    return owed.filter(Exists(people), ~Exists(members))


def _from_who_is_away(at: datetime, now: datetime) -> int:
    gone = {s.user.get_username(): s for s in _gone(now)}
    if not gone:
        return 0
    held = Ticket.objects.filter(agent__in=list(gone), state__in=OWED, waiting_since__isnull=False).order_by("pk")
    tickets = list(held.only("pk", "version", "shop_id", "desk", "kind", "agent", "assigned_at")[:BATCH])
    rules = rules_of(t.shop_id for t in tickets) if tickets else Rules()
    whys = [(t, _why(gone[t.agent], t, rules.of(t.shop_id, t.desk, t.kind), now)) for t in tickets]
    return _release([(t.pk, t.version, why) for t, why in whys if why], at)


def _release(those: Iterable[tuple[int, int, str]], at: datetime) -> int:
    """those: (ticket, the version that was seen, why)."""
    wants = [Want(pk, {"why": why}, version=version, why=why) for pk, version, why in those]
    taken = engine.take_many(TICKET, "release", wants, who=Who.SYSTEM, by="system", at=at) if wants else []
    return sum(t.moved for t in taken)


def _gone(now: datetime) -> list[Seat]:
    """Those who may have gone, by the shortest silence that any queue bears."""
    shortest = QueuePolicy.objects.order_by("silent_after").values_list("silent_after", flat=True).first()
    silence = min(DEFAULT.silent_after, DEFAULT.silent_after if shortest is None else shortest)
    off = Q(status=Status.OFF, since__isnull=False)
    silent = Q(last_seen__lt=now - timedelta(seconds=silence))
    return list(Seat.objects.filter(off | silent | Q(user__is_active=False)).select_related("user"))


def _why(seat: Seat, ticket: Ticket, rule: Rule, now: datetime) -> str:
    """In words; empty where this one stays."""
    had, name = ticket.assigned_at, str(seat)
    if not seat.user.is_active:
        return _("%s 的账号已停用，收回") % name
    if seat.status == Status.OFF and seat.since is not None:
        return _("%s 已下线而客户还在等，收回") % name if had is None or had < seat.since else ""
    quiet = timedelta(seconds=rule.silent_after)
    if seat.last_seen is not None and seat.last_seen + quiet < now and (had is None or had < seat.last_seen + quiet):
        silence = durations.words(int((now - seat.last_seen).total_seconds()) // 60 * 60)
        return _("%(name)s 已 %(n)s没有动静而客户还在等，收回") % {"name": name, "n": silence}
    return ""
