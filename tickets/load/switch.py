"""Everybody's own switch: here, away, gone. It asks every half minute, which is the desk's sign of life."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from shops.access import Caller
from shops.roles import ANSWERS
from shops.scoped_admin import caller_of

from ..assign import seats
from ..models import Seat, Status


def answers(caller: Caller) -> bool:
    """Whether the caller answers the customers of any shop."""
    return any(ANSWERS & set(roles) for roles in caller.roles.values())


def seat_shown(request: HttpRequest) -> Seat | None:
    """The caller's own; none for who answers nobody."""
    if not answers(caller_of(request)):
        return None
    user: Any = request.user
    return Seat.objects.filter(user=user.pk).first() or Seat(user=user)


def seat(request: HttpRequest) -> HttpResponse:
    """GET: the sign of life, and the switch as it stands (a lead may have turned it). POST: turns it."""
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "POST"])
    if not answers(caller_of(request)):
        raise PermissionDenied
    if request.method == "POST":
        return _put(request)
    if not getattr(request, "htmx", False):
        return HttpResponseRedirect(reverse("admin:index"))
    seats.alive(request.user.pk or 0, at=timezone.now())
    return _switch(request)


def _put(request: HttpRequest) -> HttpResponse:
    status = request.POST.get("status", "")
    if status not in Status.values:
        return HttpResponse(status=400)
    own = seats.seat_for(request.user)
    seats.put(own, status, by=request.user.get_username(), at=timezone.now())
    if getattr(request, "htmx", False):
        return _switch(request)
    then = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(then, allowed_hosts=None)
    return HttpResponseRedirect(then if safe else reverse("admin:index"))


def _switch(request: HttpRequest) -> HttpResponse:
    response = TemplateResponse(request, "load/switch.html", {"seat": seat_shown(request), "again": True})
    response["Cache-Control"] = "no-store"
    return response
