"""What the desk's forms of a ticket know: colleagues to give it to, tickets to merge it into, orders, dates."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Count
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from flows.forms import Given
from shops import policy
from shops.models import Member
from shops.roles import ANSWERS

from . import presence
from .models import Seat, Status, Ticket
from .states import LIVE, OPEN

TAKEN = ("quick_reply", "with_blanks", "why")  # beside the words; several parts of the page may ask for one
MORNING = time(10)


def given(ticket: Ticket, case: Any, step: str) -> Given:
    zone = policy.of(ticket.shop_id).zone
    if step in ("assign", "transfer"):
        return Given(zone, choices={"to": members(ticket)})
    if step == "merge":
        return Given(zone, choices={"into": [(t.number, _titled(t)) for t in mergeable(ticket)]})
    if step == "link":
        orders = [(o.number, f"{o.get_state_display()}") for o in case.page.orders]
        return Given(zone, suggests={"order": orders})
    if step == "follow_up":
        return Given(zone, presets={"at": presets(ticket.shop_id, timezone.now())})
    if step == "classify":
        return Given(zone, initial={"kind": ticket.kind, "desk": ticket.desk, "title": ticket.title})
    return Given(zone)


def members(ticket: Ticket) -> list[tuple[str, str]]:
    """(login, name and how they stand) of who answers customers in this shop, but for who has the ticket; who is
    there comes first."""
    rows = Member.objects.filter(shop=ticket.shop_id, user__is_active=True).select_related("user", "user__seat")
    there = [m.user for m in rows.order_by("user__username") if _answers(m) and m.user.get_username() != ticket.agent]
    carried = carried_by([u.get_username() for u in there], ticket.shop_id)
    seats = {u.get_username(): getattr(u, "seat", None) for u in there}
    order = {Status.ONLINE: 0, Status.AWAY: 1}
    found = []
    for user in sorted(there, key=lambda u: order.get(status_of(seats[u.get_username()]), 2)):
        login = user.get_username()
        parts = (presence.name_of(user), status_of(seats[login]).label, _("手上 %s 张") % carried.get(login, 0))
        found.append((login, " · ".join(str(p) for p in parts)))
    return found


def status_of(seat: Seat | None) -> Status:
    return Status(seat.status) if seat is not None else Status.OFF


def carried_by(logins: list[str], shop: int) -> dict[str, int]:
    """{login: how many open tickets of this shop they have}: one statement."""
    rows = Ticket.objects.filter(shop=shop, agent__in=logins, state__in=OPEN).values_list("agent")
    return dict(rows.annotate(n=Count("pk")).order_by())


def _answers(member: Member) -> bool:
    return bool(ANSWERS & set(member.roles))


def mergeable(ticket: Ticket) -> list[Ticket]:
    """The customer's other tickets that are open."""
    if ticket.customer_id is None:
        return []
    others = Ticket.objects.filter(customer=ticket.customer_id, state__in=LIVE).exclude(pk=ticket.pk)
    return list(others.order_by("-pk")[:20])


def _titled(ticket: Ticket) -> str:
    parts = (ticket.number, ticket.get_kind_display(), ticket.title, ticket.get_state_display())
    return " · ".join(str(p) for p in parts if p)


def presets(shop: int, now: datetime) -> list[tuple[str, str]]:
    """When one usually comes back to a customer, in the shop's own zone."""
    calendar = policy.of(shop).calendar
    today = calendar.local(now)
    morning = today.replace(hour=MORNING.hour, minute=0, second=0, microsecond=0)
    monday = morning + timedelta(days=7 - today.weekday())
    named = [
        (today + timedelta(hours=1), _("1 小时后")), (today + timedelta(hours=4), _("4 小时后")),
        (morning + timedelta(days=1), _("明天 10:00")), (morning + timedelta(days=3), _("三天后 10:00")),
        (monday, _("下周一 10:00")),
    ]  # fmt: skip
    return [(at.replace(second=0, microsecond=0, tzinfo=None).isoformat("T", "minutes"), str(w)) for at, w in named]


def preview(ticket: Ticket, step: str) -> list[str]:
    """What the step does, where it is not plain from its name."""
    told = {
        "merge": _("这张工单会关闭，对话并到另一张里一起看；之后还可以“拆分出来”。"),
        "ask_internal": _("客户的回复计时停下，内部协作开始计时；写的话只有同事看得到。"),
        "transfer": _("对方会在“我的工单”里看到，原因写进经过。"),
        "release": _("回到未分派的队列，由下一位空闲的客服接。"),
    }
    return [told[step]] if step in told else []


def spoken(request: HttpRequest, ticket: Ticket) -> dict[str, Any]:
    """What the composer has sent, as the step asks for it."""
    posted = request.POST
    given: dict[str, Any] = {"words": posted.get("words", "")}
    if posted.get("mode") == "note":
        return given | {"mentions": posted.getlist("mentions")}
    return given | {name: v for name in TAKEN if (v := next((s for s in posted.getlist(name) if s.strip()), ""))}
