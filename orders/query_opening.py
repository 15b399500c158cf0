"""The desk's form by which a logistics query is opened from its order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from flows import engine
from flows.effects import Refused
from flows.forms import Given, StepForm
from flows.table import Who
from shops import policy
from shops.scoped_admin import caller_of

from . import queries
from .models import LogisticsQuery, Order
from .query_page import Ask, choices

if TYPE_CHECKING:
    from .admin import LogisticsQueryAdmin

MAY_ASK = (Who.AGENT, Who.LEAD)


def opening(page: LogisticsQueryAdmin, request: HttpRequest, order: Order) -> HttpResponse:
    """GET: the form; `?parcel=` chooses one. POST: starts it."""
    roles = caller_of(request).roles_in(order.shop_id)
    who = next((w for w in MAY_ASK if w.word in roles), None)
    if who is None:
        raise PermissionDenied
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "POST"])
    free = [number for number, _words in choices(order)]
    chosen = request.GET.get("parcel", "") or (free[0] if free else "")
    given = Given(policy.of(order.shop_id).zone, initial={"tracking_number": chosen})
    form = StepForm(Ask, order, given, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            query = _start(request, order, form, who)
        except Refused as refused:
            form.errors.append(refused.why)
        else:
            page.message_user(request, _("已发起物流查询 %s") % query.number, messages.SUCCESS)
            return HttpResponseRedirect(page.address("change", query.pk))
    context = {
        "subject": order, "form": form, "step_label": _("查物流"), "step_tone": "",
        "step_address": page.address("open", order.pk), "here": reverse("admin:orders_order_change", args=[order.pk]),
    }  # fmt: skip
    title = f"{_('查物流')} · {order.number}"
    return page.page(request, "desk/opening.html", title, context, status=400 if form.wrong else 200)


def _start(request: HttpRequest, order: Order, form: StepForm, who: Who) -> LogisticsQuery:
    told = form.inputs
    query = queries.begin(order.pk, order.shop_id, tracking_number=told.get("tracking_number") or "")
    words = {"words": told["words"]} if told.get("words") else {}
    started: LogisticsQuery = engine.start(
        query, who=who, by=caller_of(request).by[:80], at=timezone.now(), inputs=words
    )
    return started
