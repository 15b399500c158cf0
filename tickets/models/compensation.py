"""What is given to a customer beside what they are owed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q as If
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..choices import For, Gives


class Compensation(models.Model):
    """amount: fen, of a coupon or gift its worth. by, role: whose word it is. refund: the number of the refund that
    pays it. status: waiting for a lead, given, refused; what a refund pays goes the refund's own way (paid).
    order, customer: whose case it was given in, wherever its ticket is moved to later.
    """

    WAITING, GIVEN, REFUSED, PAID = "waiting", "given", "refused", "paid"
    STATUSES = [(WAITING, _("待批准")), (GIVEN, _("已给出")), (REFUSED, _("未批准")), (PAID, _("走退款"))]
    MONEY = (Gives.CASH, Gives.FREIGHT)

    shop = models.ForeignKey("shops.Shop", models.PROTECT, db_index=False, verbose_name=_("店铺"))
    ticket = models.ForeignKey("tickets.Ticket", models.PROTECT, related_name="compensations", verbose_name=_("工单"))
    order = models.ForeignKey("orders.Order", models.PROTECT, null=True, db_index=False, related_name="+")
    customer = models.ForeignKey("tickets.Customer", models.PROTECT, null=True, db_index=False, related_name="+")
    gives = models.CharField(_("方式"), max_length=10, choices=Gives.choices)
    reason = models.CharField(_("原因"), max_length=10, choices=For.choices)
    amount = models.BigIntegerField(_("金额"))
    sku = models.CharField(_("赠品货号"), max_length=64, blank=True)
    words = models.CharField(_("说明"), max_length=200, blank=True)
    status = models.CharField(_("状态"), max_length=10, choices=STATUSES)
    refund = models.CharField(_("退款单"), max_length=80, blank=True)
    by = models.CharField(_("提出人"), max_length=150)
    role = models.CharField(max_length=10)
    at = models.DateTimeField(_("时间"))
    decided_by = models.CharField(_("批准人"), max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("补偿"), pgettext_lazy("plural", "补偿")
        constraints = [models.CheckConstraint(condition=If(amount__gt=0), name="compensation_amount")]
        indexes = [
            models.Index(fields=["order"], name="compensation_of_order", condition=If(order__isnull=False)),
            models.Index(fields=["customer"], name="compensation_of_buyer", condition=If(order=None)),
            models.Index(fields=["shop", "by", "at"], name="compensation_of_day"),
            models.Index(
                fields=["shop", "decided_by", "decided_at"], name="compensation_approved", condition=~If(decided_by="")
            ),
            models.Index(fields=["shop"], name="compensation_waiting", condition=If(status="waiting")),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.gives} {self.amount}"
