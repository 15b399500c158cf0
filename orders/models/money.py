"""What came in for an order, what went back, and the ledger whose sum is the balance shown."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from flows.models import InsertOnly


class Payment(models.Model):
    """One payment, as the shop reports it. key: the payment's own number; "" for the order's only one; "cod" for what
    the courier is presumed to have collected. corrections: how often its amount was corrected."""

    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="payments")
    key = models.CharField(_("支付单号"), max_length=100, blank=True)
    amount = models.BigIntegerField(_("金额"))
    at = models.DateTimeField(_("时间"))
    corrections = models.PositiveIntegerField(default=0, db_default=0, editable=False)

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
        ("refunded", _("退款")), ("missed", _("退款未到账")),
    ]  # fmt: skip
    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="entries")
    kind = models.CharField(_("类别"), max_length=12, choices=KINDS)
    amount = models.BigIntegerField(_("金额"))
    cause = models.CharField(_("缘由"), max_length=200)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name, verbose_name_plural = _("收支明细"), pgettext_lazy("plural", "收支明细")
        constraints = [models.UniqueConstraint(fields=["order", "cause"], name="entry_once")]

    def __str__(self) -> str:
        return f"{self.order_id} {self.kind} {self.amount}"
