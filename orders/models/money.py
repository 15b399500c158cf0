"""What came in for an order, what went back, and the ledger whose sum is the balance shown."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from flows.models import InsertOnly


class Payment(models.Model):
    """One payment, as the shop reports it. key: the payment's own number; "" for the order's only one."""

    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="payments")
    key = models.CharField(_("支付单号"), max_length=100, blank=True)
    amount = models.BigIntegerField(_("金额"))
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name, verbose_name_plural = _("付款"), pgettext_lazy("plural", "付款")
        constraints = [
            models.UniqueConstraint(fields=["order", "key"], name="payment_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="payment_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.key}"


class Entry(InsertOnly):
    """One line of an order's ledger: positive in, negative out. Append-only; cause: what it was booked for, once."""

    KINDS = [
        ("paid", _("付款")), ("corrected", _("付款更正")), ("carried_in", _("转入")), ("carried_out", _("转出")),
        ("refunded", _("退款")),
    ]  # fmt: skip
    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="entries")
    kind = models.CharField(_("类别"), max_length=12, choices=KINDS)
    amount = models.BigIntegerField(_("金额"))
    cause = models.CharField(_("缘由"), max_length=150)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name, verbose_name_plural = _("收支明细"), pgettext_lazy("plural", "收支明细")
        constraints = [models.UniqueConstraint(fields=["order", "cause"], name="entry_once")]

    def __str__(self) -> str:
        return f"{self.order_id} {self.kind} {self.amount}"


class Refund(models.Model):
    """A refund that was told to the shop's back end: a placeholder for the refund flow, which replaces it.

    It knows only what must not go wrong meanwhile: one per cause, one key for its life, pulled back only while unsent.
    """

    OPEN, CANCELLED, SUCCEEDED, FAILED, WRONG = "open", "cancelled", "succeeded", "failed", "wrong"
    STATUSES = [(OPEN, _("退款中")), (CANCELLED, _("已撤回")), (SUCCEEDED, _("退款成功")), (FAILED, _("退款失败")),
                (WRONG, _("金额不符"))]  # fmt: skip
    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="refunds")
    cause = models.CharField(_("缘由"), max_length=60)  # cancel, stock_out:12, swap:12, outside:KEY
    key = models.CharField(_("退款单号"), max_length=100)
    amount = models.BigIntegerField(_("金额"))
    status = models.CharField(_("结果"), max_length=10, choices=STATUSES, default=OPEN)
    event = models.BigIntegerField(null=True)  # the outbox event that carries the instruction
    voucher = models.CharField(_("凭证"), max_length=100, blank=True)
    why = models.CharField(_("说明"), max_length=200, blank=True)
    at = models.DateTimeField(_("时间"))
    settled_at = models.DateTimeField(_("到账时间"), null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("退款"), pgettext_lazy("plural", "退款")
        constraints = [
            models.UniqueConstraint(fields=["order", "key"], name="refund_key"),
            models.UniqueConstraint(
                fields=["order", "cause"], condition=~Q(status="cancelled"), name="refund_once_per_cause"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_amount"),
        ]
        indexes = [models.Index(fields=["key"], name="refund_by_key")]

    def __str__(self) -> str:
        return self.key
