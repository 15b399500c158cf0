"""The lead's page: everybody's load, what nobody has and why, tickets moved and statuses turned from here."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from flows import batch
from flows.shown import own_shops, shops_shown
from shops.models import Member, Shop
from shops.roles import ANSWERS
from shops.scoped_admin import caller_of

from ..assign import seats
from ..assign.rules import rules_of
from ..models import Seat, Status, Ticket
from ..tables import TICKET
from . import moving, people, queue

View = Callable[..., HttpResponse]
LONGEST_WHY = 200


def posted(view: View) -> View:
    """POST only."""

    @wraps(view)
    def respond(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs) if request.method == "POST" else HttpResponseNotAllowed(["POST"])

    return respond


def led(request: HttpRequest) -> list[Shop]:
    """The caller's shops that the caller leads. Raises PermissionDenied without any."""
    caller = caller_of(request)
    if not (found := [s for s in own_shops(request) if caller.leads(s.pk)]):
        raise PermissionDenied
    return found


def load(request: HttpRequest) -> HttpResponse:
    """`?agent=` shows this person's open tickets, else those that nobody has."""
    now = timezone.now()
    shops = [s for s in led(request) if s.pk in shops_shown(request)]
    names = {s.pk: s.name for s in shops}
    members, hands = people.hands_of(names, now)
    rows = people.rows(shops, members, hands, now)
    agent = request.GET.get("agent", "")
    agent = agent if any(r.person.login == agent for r in rows) else ""
    start = _number(request.GET.get("from", ""))
    tickets, more = queue.tickets(names, agent, start)
    context = {
        "rows": rows, "groups": queue.groups(names, hands, rules_of(names), now), "statuses": Status.choices,
        "agent": next((r for r in rows if r.person.login == agent), None), "tickets": tickets, "now": now,
        "older": "?" + urlencode({"agent": agent, "from": start + queue.PAGE}) if more else "",
        "many_shops": len(shops) > 1, "to": request.GET.get("to", ""),
    }  # fmt: skip
    return _page(request, "load/page.html", _("负载"), context)


@posted
def move(request: HttpRequest) -> HttpResponse:
    """The ticked ones to somebody; a page with a result per row."""
    caller, asked = caller_of(request), batch.picked(request.POST)[: batch.MOST]
    shops = [s.pk for s in led(request) if "lead" in caller.roles_in(s.pk)]
    tickets = list(Ticket.objects.filter(pk__in=asked, shop__in=shops).order_by("pk"))
    strange = batch.forged(caller, TICKET, asked, tickets)
    to, why = request.POST.get("to", ""), request.POST.get("why", "").strip()[:LONGEST_WHY]
    back = _back(request)
    if not tickets or not to:
        said = _("没有选中任何一张工单") if not tickets else _("请选择移给谁")
        messages.warning(request, said)
        return HttpResponseRedirect(back)
    results = moving.move(
        tickets, "" if to == QUEUE else to, caller=caller, why=why or _("主管调整"), at=timezone.now(),
        versions=batch.versions_of(request.POST, asked),
    )  # fmt: skip
    context = {"results": results, "strange": strange, "back": back, "done": sum(r.moved for r in results)}
    return _page(request, "load/moved.html", _("移动工单的结果"), context)


QUEUE = "-"  # in place of somebody: back into the queue


@posted
def put(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody's switch, turned by a lead of one of their shops."""
    status = request.POST.get("status", "")
    if status not in Status.values:
        return HttpResponse(status=400)
    held = Member.objects.filter(user__seat=pk, shop__in=[s.pk for s in led(request)]).values_list("roles", flat=True)
    seat = Seat.objects.select_related("user").filter(pk=pk).first()
    if seat is None or not any(ANSWERS & set(roles) for roles in held):
        raise Http404
    seats.put(seat, status, by=caller_of(request).by, at=timezone.now())
    words = {"name": seat, "status": Status(status).label}
    messages.success(request, _("%(name)s 已改为%(status)s") % words)
    return HttpResponseRedirect(_back(request))


def _back(request: HttpRequest) -> str:
    agent = request.POST.get("agent", "")[:150]
    return reverse("admin:load") + (f"?{urlencode({'agent': agent})}" if agent else "")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _page(request: HttpRequest, template: str, title: str, context: dict[str, Any]) -> HttpResponse:
    request.current_app = admin.site.name
    whole = {**admin.site.each_context(request), "title": title, **context}
    response = TemplateResponse(request, template, whole)
    response["Cache-Control"] = "no-store"
    return response
