"""A ticket that somebody at the desk opens: a customer has called, or something is to be told them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from flows.asks import Asks
from flows.effects import Refused
from flows.engine import start
from flows.forms import Given, StepForm
from flows.shown import own_shops, shops_shown
from flows.table import Who
from orders.models import Order
from orders.phones import is_whole
from shops import policy
from shops.scoped_admin import caller_of

from . import customers
from .asks import Words
from .case import may_open
from .models import Ticket
from .states import Channel, Kind, Side
from .steps.opening import begun

if TYPE_CHECKING:
    from .admin import TicketAdmin

SPEAKERS = [(Side.CUSTOMER.value, gettext_lazy("客户说的")), (Side.NOTE.value, gettext_lazy("我的备注"))]


class Opening(Asks):
    shop = serializers.CharField(label=gettext_lazy("店铺"), max_length=40)
    kind = serializers.ChoiceField(label=gettext_lazy("类型"), choices=Kind.choices, default=Kind.OTHER)
    channel = serializers.ChoiceField(label=gettext_lazy("渠道"), choices=Channel.choices, default=Channel.PHONE)
    order = serializers.CharField(label=gettext_lazy("订单号"), max_length=80, required=False, allow_blank=True)
    buyer = serializers.CharField(label=gettext_lazy("买家 ID"), max_length=120, required=False, allow_blank=True)
    name = serializers.CharField(label=gettext_lazy("称呼"), max_length=80, required=False, allow_blank=True)
    phone = serializers.CharField(label=gettext_lazy("电话"), max_length=40, required=False, allow_blank=True)
    words = Words(label=gettext_lazy("说了什么"))
    side = serializers.ChoiceField(label=gettext_lazy("谁说的"), choices=SPEAKERS, default=Side.CUSTOMER.value)
    mine = serializers.BooleanField(label=gettext_lazy("由我负责"), required=False, default=True)


class AboutOrder(Opening):
    """Of an order whose buyer is known: nothing is asked that it tells."""

    shop = order = buyer = name = phone = None  # type: ignore[assignment]


def opened(page: TicketAdmin, request: HttpRequest, order: Order | None) -> HttpResponse:
    shops = [s for s in own_shops(request) if may_open(caller_of(request), s.pk)]
    if not shops or (order is not None and order.shop_id not in {s.pk for s in shops}):
        raise PermissionDenied
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "POST"])
    form = _form(request, shops, order)
    if request.method == "POST" and form.is_valid():
        try:
            ticket = _start(request, shops, order, form.inputs)
        except Refused as refused:
            form.errors.append(refused.why)
        else:
            page.message_user(request, _("已新开工单 %s") % ticket.number, messages.SUCCESS)
            return HttpResponseRedirect(page.address("change", ticket.pk))
    return _shown(page, request, order, form)


def _form(request: HttpRequest, shops: list[Any], order: Order | None) -> StepForm:
    shown = [s for s in shops if s.pk in shops_shown(request)] or shops
    first = order.shop if order else shown[0]
    known = {"mine": True, "shop": first.code}
    given = Given(policy.of(first.pk).zone, initial=known, choices={"shop": [(s.code, s.name) for s in shown]})
    posted = request.POST if request.method == "POST" else None
    return StepForm(AboutOrder if order else Opening, order, given, posted)


def _start(request: HttpRequest, shops: list[Any], order: Order | None, told: dict[str, Any]) -> Ticket:
    """Raises Refused for an order or a shop that is none of theirs."""
    now, caller = timezone.now(), caller_of(request)
    shop = order.shop if order else next((s for s in shops if s.code == told["shop"]), None)
    if shop is None:
        raise Refused(_("没有这个店铺"), "input")
    if order is None and (number := str(told.get("order") or "").strip()):
        order = Order.objects.filter(shop=shop, number=number).first()
        if order is None:
            raise Refused(_("本店没有这个订单"), "input")
    customer = _customer(shop.pk, order, told, now)
    mine = {"agent": caller.by, "assigned_at": now, "assigned_why": "opened"} if told.get("mine") else {}
    ticket = begun(
        shop_id=shop.pk, kind=told["kind"], channel=told["channel"], order=order, customer=customer,
        opened_by="desk", **mine,
    )  # fmt: skip
    who = Who.AGENT if "agent" in caller.roles_in(shop.pk) else Who.LEAD
    return start(ticket, who=who, by=caller.by, at=now, inputs={"words": told["words"], "side": told["side"]})  # type: ignore[no-any-return]


def _customer(shop: int, order: Order | None, told: dict[str, Any], now: Any) -> Any:
    """The order's buyer; else who was named: by the platform's id, or else by the phone."""
    if order is not None and (buyer := customers.of_order(order, at=now)) is not None:
        return buyer
    name, phone, buyer_id = (str(told.get(k) or "").strip() for k in ("name", "phone", "buyer"))
    if not (name or phone or buyer_id):
        return None
    if not buyer_id and is_whole(phone):
        return customers.of_phone(shop, name, phone, at=now)
    nobody = f"desk:{now.timestamp():.6f}"  # of a name alone, or a piece of a number: nobody we know
    known = customers.Told(shop, buyer_id, name, phone, conversation="" if buyer_id else nobody)
    return customers.known([known], at=now)[known.key]


def _shown(page: TicketAdmin, request: HttpRequest, order: Order | None, form: StepForm) -> HttpResponse:
    here = page.address("changelist")
    if order is not None:
        here = reverse("admin:orders_order_change", args=[order.pk])
    context = {
        "subject": order, "form": form, "step_label": _("新开工单"), "step_tone": "", "here": here,
        "step_address": page.address("open", *([order.pk] if order else [])),
    }  # fmt: skip
    return page.page(request, "desk/opening.html", _("新开工单"), context, status=400 if form.wrong else 200)
