"""A stock-out and every attempt to settle it with the customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField

from flows.machine import machine
from flows.models import InsertOnly, Subject, only_states
from flows.registry import bind

from ..states import Q
from ..tables.stock_out import STOCK_OUT

if TYPE_CHECKING:
    from ..goods import Goods
    from ..money import Purse


class StockOut(machine(STOCK_OUT), Subject):  # type: ignore[misc]
    """lines: [{"line", "quantity"}] that are missing; later reports add to them: one open stock-out an order.

    choice: what the customer takes instead: {"sku", "title", "quantity", "unit_price", "paid"}; amounts in fen.
    difference: the choice's price less what was paid for the missing lines. refund_of: "order" or "lines".
    """

    root = "order"
    goods: Goods
    purse: Purse

    state = FSMField(_("状态"), choices=Q.choices, protected=True, editable=False)
    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="stock_outs", verbose_name=_("订单"))
    lines = models.JSONField(_("缺货商品"), default=list)
    promised_for = models.DateTimeField(_("承诺到货"), null=True)
    choice = models.JSONField(_("换成"), default=dict)
    difference = models.BigIntegerField(_("差价"), default=0)
    refund_of = models.CharField(_("退款范围"), max_length=5, blank=True)
    contacts_made = models.PositiveIntegerField(_("联系次数"), default=0)

    class Meta:
        verbose_name, verbose_name_plural = _("缺货"), pgettext_lazy("plural", "缺货")
        constraints = [
            models.UniqueConstraint(fields=["shop", "number"], name="stock_out_number"),
            models.UniqueConstraint(fields=["order"], condition=~models.Q(state="resolved"), name="stock_out_one_open"),
            only_states(STOCK_OUT),
        ]
        indexes = [
            models.Index(fields=["shop", "state", "-id"], name="stock_out_queue"),
            models.Index(fields=["shop", "created_at"], name="stock_out_by_day"),
        ]

    def cases(self) -> frozenset[str]:
        return frozenset({self.order.payment})


bind(STOCK_OUT, StockOut)


class Contact(InsertOnly):
    """One logged attempt: how the customer was spoken to, and what was offered instead."""

    stock_out = models.ForeignKey(StockOut, models.PROTECT, related_name="contacts")
    channel = models.CharField(_("方式"), max_length=20)
    words = models.CharField(_("内容"), max_length=1000, blank=True)
    offered = models.JSONField(_("推荐商品"), default=list)
    none_why = models.CharField(_("未推荐原因"), max_length=200, blank=True)
    by = models.CharField(_("客服"), max_length=80)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name, verbose_name_plural = _("联系记录"), pgettext_lazy("plural", "联系记录")

    def __str__(self) -> str:
        return f"{self.stock_out_id} {self.at:%F %T}"
